"""The stepper in a real browser, from a file without a server: keys, links, panels, fields, edits, hostile documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.edits import Edit
from sandbox.protocol.trace import Sent, of
from sandbox.views.html.offline import page as offline
from sandbox.views.stepper import closed, document, script
from sandbox.views.stepper.closed import questions
from sandbox.views.timeline import moments
from tests.support import sample_runs as samples
from tests.support.browsing import new_context, on
from tests.support.hostile import BAD, poisoned


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = new_context(browser, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    p = context.new_page()
    errors: list[str] = []

    def local(route: Any) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            errors.append(f"request to {route.request.url}")
            route.abort()

    context.route("**/*", local)
    p.on("pageerror", lambda e: errors.append(str(e)))
    yield p
    assert errors == []
    context.close()


def opened(page: Any, folder: Path, doc: dict[str, Any], place: str = "") -> Any:
    file = folder / "run.html"
    file.write_text(offline(doc, "A run"), encoding="utf-8")
    page.goto(file.as_uri() + place)
    page.wait_for_selector('.stepper[data-ready="true"]')
    return page


def at(page: Any, n: int) -> None:
    page.wait_for_selector(f'.stepper[data-step="{n}"]')  # data-step is the truth; the address lags by 0.3 s


def address_has(page: Any, n: int) -> None:
    page.wait_for_url(lambda url: url.endswith(f"#step={n}"))


def test_keys_clicks_deep_link_and_reload(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked()]), "#step=4")
    at(page, 4)
    on(page)
    at(page, 5)
    page.keyboard.press("End")
    at(page, 25)
    on(page)
    at(page, 25)
    page.keyboard.press("Home")
    at(page, 1)
    assert page.locator('.row[data-n="9"]').is_hidden(), "what is to come is not drawn"
    page.keyboard.press("End")
    page.locator('.row[data-n="9"] .lab').click()
    at(page, 9)
    address_has(page, 9)
    page.reload()
    at(page, 9)
    page.get_by_role("button", name="To the step that decided").or_(page.locator(".verdict button")).first.click()
    at(page, 23)
    assert page.locator(".what h3").text_content() == "23. Checks: audience fails"
    assert page.locator('[aria-live="polite"]').text_content() == (
        "The compromised accounts service sends the same request on to transactions. Step 23. Transactions: Checks: audience fails."
    )


def test_the_current_step_is_in_view_wherever_one_enters(page: Any, tmp_path: Path) -> None:
    for n in (2, 13, 23, 25):
        page.goto("about:blank")
        opened(page, tmp_path, document([samples.blocked()]), f"#step={n}")
        box, band = page.locator(".seq").bounding_box(), page.locator(f'.row[data-n="{n}"]').bounding_box()
        assert box["y"] + 40 < band["y"], n
        assert band["y"] + band["height"] < box["y"] + box["height"], n


def test_stepping_moves_nothing_but_the_content(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked()]))
    boxes = []
    page.get_by_role("button", name="Who knows what").click()
    for _ in range(22):
        boxes.append([page.locator(part).bounding_box() for part in (".seq", ".story", ".parties", ".bar")])
        on(page)
    assert all(b == boxes[0] for b in boxes)


def test_panels_show_the_moment(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked()]), "#step=22")
    assert "GET /transactions HTTP/1.1" in page.locator(".panel pre").first.text_content()
    page.locator(".tabs").get_by_role("button", name="Token").click()
    assert "2027-01-15 08:05:00, in 4 min" in page.locator(".panel").text_content()
    on(page)
    assert page.locator(".checks li.bad b").text_content() == "audience", "checks open on their own tab"
    page.keyboard.press("Shift+ArrowLeft")
    assert page.locator(".tabs [aria-pressed=true]").text_content() == "Token", "the tab chosen for requests is kept"


def test_cards_switch_between_knowledge_and_state(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked()]), "#step=21")
    page.get_by_role("button", name="Who knows what", exact=True).first.click()
    mallory = page.locator(".party.evil", has_text="Mallory")
    assert "access_token" in mallory.text_content()
    assert mallory.locator("dd.new").count() >= 1
    page.get_by_role("button", name="State of each party").click()
    assert "signed in" in page.locator("section.party:has(h4:text-is('Budget'))").text_content()


def test_what_is_still_a_question_is_not_there(page: Any, tmp_path: Path) -> None:
    doc = closed(document([samples.blocked()]), {})
    opened(page, tmp_path, doc, "#step=99")
    at(page, 22)
    assert "401" not in json.dumps(doc["panes"])
    assert page.locator(".verdict").text_content() == "?One question open"
    assert page.locator(".row.secret").is_visible()
    page.get_by_role("button", name="Answer to go on").click()
    at(page, 22)
    assert page.locator(".answers button").first.evaluate("(b) => b.matches(':focus')")


def test_a_page_without_a_server_asks_first_too_and_opens_with_the_answer(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked()]) | {"asks": True}, "#step=99")
    at(page, 22)
    assert "Attack blocked" not in page.locator(".stepper").inner_text()
    page.keyboard.press("2")
    at(page, 24)
    assert "Attack blocked" in page.locator(".verdict").text_content()
    assert "You said: No: it was issued for accounts." in page.locator(".ask.yes").text_content()
    page.reload()
    page.get_by_role("button", name="Show all").click()
    assert "Attack blocked" in page.locator(".verdict").text_content()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_the_newest_answer_is_in_sight(page: Any, tmp_path: Path, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    doc = document([simulation.run(library.get("missing-aud-replay"))])
    opened(page, tmp_path, doc | {"asks": True}, "#step=99")
    asked = len(questions(doc))
    assert asked == 3
    for _ in range(asked):
        page.keyboard.press("End")
        page.keyboard.press("1")
        if page.locator(".ask .submit").count():
            page.locator(".ask .submit").click()
    page.locator(".ask").nth(asked - 1).wait_for()
    box, last = page.locator(".asked").bounding_box(), page.locator(".ask").last.bounding_box()
    assert last["y"] >= box["y"] - 1
    assert last["y"] + last["height"] <= box["y"] + box["height"] + 1
    assert box["y"] + box["height"] <= height


def test_several_answers_and_an_order_are_given_by_keys_and_told_apart(page: Any, tmp_path: Path) -> None:
    doc = document([simulation.run(library.get("code-flow"))])
    asked = {q["kind"]: q for q in questions(doc).values()}
    key = {option["id"]: str(place) for q in (asked["order"],) for place, option in enumerate(q["options"], 1)}
    opened(page, tmp_path, doc | {"asks": True}, "#step=99")
    for place in range(1, len(asked["knows"]["options"]) + 1):
        page.keyboard.press(str(place))
    page.keyboard.press("1")  # taken back
    assert page.locator(".answers [aria-pressed=true]").count() == len(asked["knows"]["options"]) - 1
    page.get_by_role("button", name="That is my answer").click()
    right = ", ".join(o["text"] for o in asked["knows"]["options"] if o["id"] in asked["knows"]["right"])
    page.locator(".ask.no", has_text=f"Right is: {right}").wait_for()
    page.keyboard.press("End")
    page.keyboard.press("2")
    page.keyboard.press("End")
    submit = page.get_by_role("button", name="That is my answer")
    assert page.locator(".veil").is_visible(), "the diagram beside it would tell the order"
    assert not [row for row in page.locator(".row[data-n]").all() if row.is_visible()]
    page.keyboard.press("ArrowLeft")
    assert page.locator(".row.now[data-n]").is_visible()
    page.keyboard.press("End")
    for id in asked["order"]["right"]:
        assert submit.is_disabled()
        page.keyboard.press(key[id])
    assert page.locator(".answers kbd").all_text_contents() == [f"{asked['order']['right'].index(id) + 1}." for id in key]
    submit.click()
    page.locator(".ask.yes", has_text="That is right.").wait_for()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert page.locator(".verdict b").text_content() == "Completed"
    page.locator(".row .lab", has_text="GET /cb").first.click()
    lit = page.locator(".screen .address mark").all_text_contents()  # what Alice sees: her address bar, with what matters lit up
    assert [text.partition("=")[0] for text in lit] == ["code", "state"]
    page.locator(".row .lab", has_text="200 login page").click()
    assert page.locator(".screen .page label").all_text_contents()[0].startswith("username")


def test_next_goes_by_sentence_and_with_shift_by_message(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked()]))
    stops = []
    while True:
        page.keyboard.press("ArrowRight")
        stop = int(page.locator(".stepper").get_attribute("data-step"))
        if stops and stop == stops[-1]:
            break
        stops.append(stop)
    sentences = [int(n) for n in page.locator(".chapter .num").all_text_contents()]
    assert len(stops) <= len(sentences) + 2, "a stop for each sentence, and one for each question"
    assert stops == sorted(set(stops))
    page.keyboard.press("Shift+ArrowLeft")
    assert int(page.locator(".stepper").get_attribute("data-step")) == stops[-1] - 1


def test_what_is_routine_is_one_row_that_opens(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([simulation.run(library.get("code-pkce"))]), "#step=49")
    fold = page.locator(".chip.fold", has_text="behind the scenes").first
    hidden = page.locator(".row.minor:visible").count()
    fold.click()
    assert fold.get_attribute("aria-expanded") == "true"
    assert page.locator(".row.minor:visible").count() >= hidden + 2


def test_two_runs_move_together(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked(), samples.succeeded()]))
    page.get_by_role("button", name="First difference").click()
    at(page, 22)
    on(page)
    assert page.locator(".what h3").all_text_contents() == ["23. Checks: audience fails", "23. 2 checks pass, audience not performed"]


def test_a_run_without_steps_shows_why(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.nothing()]))
    page.keyboard.press("ArrowRight")
    assert "There is no authorization server here." in page.locator(".verdict").text_content()


def test_edits_are_sent_until_they_are_acknowledged(page: Any, tmp_path: Path) -> None:
    """As in the app: each trigger carries all events that no document has acknowledged."""
    doc = document([samples.blocked()], editable=True)
    start = """
      const doc = JSON.parse(document.getElementById('run').textContent), sent = [];
      const stepper = mount(document.getElementById('stepper'), doc);
      stepper.root.classList.remove('offline');
      stepper.send = (name, events) => { sent.push(events.map((e) => [e.seq, e.event, e.message, e.field, e.value])); document.body.dataset.sent = JSON.stringify(sent); };
      window.acknowledge = (ack) => stepper.update({ ...doc, ack });
    """
    data = json.dumps(doc).replace("<", "\\u003c")
    file = tmp_path / "app.html"
    file.write_text(
        f'<!doctype html><meta charset="utf-8"><div id="stepper"></div><script type="application/json" id="run">{data}</script><script type="module">{script()}{start}</script>'
    )
    page.goto(file.as_uri() + "#step=11")
    at(page, 11)
    page.get_by_role("button", name="Edit", exact=False).click()
    page.locator('.field[data-path="form.code"]').click()
    assert page.locator(".edit input").input_value() == samples.CODE
    page.locator(".edit input").fill("stolen")
    page.keyboard.press("Home")
    at(page, 11)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Leave out").click()
    page.evaluate("acknowledge(2)")
    page.get_by_role("button", name="Run again").click()
    message = "login/budget>auth:POST /token#1"
    first, second = [1, "edit", message, "form.code", "stolen"], [2, "edit", message, "form.code", None]
    sent = json.loads(page.locator("body").get_attribute("data-sent"))
    assert sent[:2] == [[first], [first, second]]
    assert [event[:3] for event in sent[2]] == [[3, "edit", message]]


def test_a_field_says_what_it_is_and_who_looked_at_it(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked()]), "#step=22")
    page.locator(".tabs").get_by_role("button", name="Token").click()
    page.locator('.field[data-path="headers.authorization.claims.aud"]').click()
    note = page.locator(".note")
    assert "Whom the token is for." in note.text_content()
    assert "RFC 7519 §4.1.3" in note.text_content()
    failed = note.locator("li.bad").first.text_content()
    assert all(words in failed for words in ("Transactions, audience", "failed", samples.TRANSACTIONS, samples.ACCOUNTS))
    page.wait_for_url(lambda url: url.endswith("#step=22&field=headers.authorization.claims.aud"))
    page.reload()
    page.wait_for_selector(".note")
    assert page.locator('.field[aria-pressed="true"]').get_attribute("data-path") == "headers.authorization.claims.aud"
    page.locator(".note li.bad button").first.click()
    at(page, 23)
    assert page.locator(".note").count() == 0


def test_fields_are_reached_by_keyboard_and_arrows_still_step(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked()]), "#step=11")
    page.locator('.field[tabindex="0"]').focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.locator(".note h4").text_content() == "authorization"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(".note h4").text_content() == "content-type"
    page.keyboard.press("Escape")
    assert page.locator(".note").count() == 0
    page.keyboard.press("Shift+ArrowRight")
    at(page, 13)


def test_a_link_to_a_field_that_is_not_there_says_so(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked()]), "#step=11&field=form.<b>nothing</b>")
    assert "no such field" in page.locator(".note").text_content()


def test_the_verdict_and_the_sentences_are_reached_by_keyboard(page: Any, tmp_path: Path) -> None:
    opened(page, tmp_path, document([samples.blocked()]), "#step=24")
    page.get_by_role("button", name="message", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="← Back").focus()
    page.keyboard.press("Enter")
    at(page, 23)
    page.locator(".segments button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".story b").text_content().startswith("1 of ")
    page.locator(".verdict button").focus()
    page.keyboard.press("Enter")
    at(page, 23)


def test_an_export_lists_its_edits_and_marks_the_first_difference(page: Any, tmp_path: Path) -> None:
    flow = library.get("naive-jwt")
    plain = simulation.run(flow)
    message = next(e.message for e in of(plain.events, Sent) if e.request.credential())
    doc = document([simulation.run(flow, None, (Edit(message, "headers.authorization.claims.sub", "mallory"),))], against=plain)
    opened(page, tmp_path, doc)
    assert "authorization.claims.sub: mallory" in page.locator(".edits").text_content()
    assert page.locator(".edits .x").count() == 0, "nobody there to take it back"
    page.get_by_role("button", name="First difference: step").click()
    at(page, doc["edited"]["at"])
    assert "≠ First difference" in page.locator(".who").text_content()
    assert page.locator(".row.differs.now").count() == 1


def test_hostile_documents_are_inert(page: Any, tmp_path: Path) -> None:
    doc = poisoned(document([samples.blocked(), samples.succeeded()]))
    doc["title"] = BAD[0]
    opened(page, tmp_path, doc)
    for _ in range(len(moments(samples.blocked()))):
        for i in range(4):
            page.locator(".tabs").first.locator("button").nth(i).click()
        on(page)
    assert page.evaluate("window.pwned ?? null") is None
    assert page.evaluate("({}).polluted ?? null") is None
    assert page.locator("#stepper :is(script, img, iframe, a, image, use, style, foreignObject, [onload], [onclick], [href])").count() == 0
