"""The main journeys in a real browser: the way to "succeeded" and "blocked", keys, links, reloads, hostile files, dark mode.

`data-step` and `data-ready` of the stepper are what is waited for; the address lags 0.3 s behind.  The fixture `page` fails a test
in which anything throws or asks for an address outside this machine.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.language import library
from sandbox.protocol.switches import PROFILES
from tests.support.browsing import AUD, READY, address, at, attack_defence_and_belief, believe, mended, on, opened, says
from tests.support.hostile import BAD

# ---------------------------------------------------------------- journeys


def test_from_start_to_succeeded_and_blocked_in_two_clicks(page: Any, app: str) -> None:
    opened(page, app, stepper=False)
    page.get_by_role("link", name="Try an attack first").click()
    says(page, "Attack succeeded")
    page.get_by_role("radio", name=re.compile(r" AUD$")).click()
    says(page, "Attack blocked")
    address(page, lambda q: q.get("set") == "as.stamp_aud=on,client.resource_param=on,rs.check_aud=on" and q["scenario"] == AUD)


def test_through_the_gallery_in_four(page: Any, app: str) -> None:
    opened(page, app, stepper=False)
    page.get_by_test_id("stTopNavLink").get_by_text("Attacks").click()
    page.locator(f"[data-card={AUD}] h2 a").click()
    says(page, "Attack succeeded")
    page.get_by_text("OAuth 2.0, best practice", exact=True).click()
    says(page, "Attack blocked")


def test_a_way_that_was_found_is_stepped_through_in_one_click_and_shared(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario=token-in-url-log&profile=naive-jwt")
    says(page, "Attack blocked")
    page.get_by_role("button", name="Switches").click()
    page.get_by_text("Is there another way?").click()
    page.locator(".st-key-trials").get_by_role("link", name="Step through it").click()
    says(page, "Attack succeeded")
    address(page, lambda q: len(q["files"]) > 100)
    opened(page, page.url)
    says(page, "Attack succeeded")
    page.get_by_text("Files", exact=True).click()
    page.get_by_role("button", name="Save", exact=True).wait_for()


@pytest.mark.parametrize("width", [390, 1024])
def test_what_blocked_rests_on_is_read_whole(page: Any, app: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    opened(page, f"{app}/play?scenario={AUD}&profile=oauth-bcp")
    why = page.locator(".stepper .verdict .why")
    assert why.inner_text().startswith("This script: Transactions refused")
    assert why.evaluate("(el) => el.scrollHeight <= el.clientHeight + 1 && el.scrollWidth <= el.clientWidth + 1")


STEP_THROUGH = """(root, parts) => {
    const places = () => JSON.stringify(parts.map((part) => [...root.querySelectorAll(part)].map((el) => [part, el.getBoundingClientRect()])));
    const first = places(), next = root.querySelector('.nav.primary'), bottoms = [...root.querySelectorAll('.bar, .reader')].map((el) => el.getBoundingClientRect().bottom);
    const moved = [];
    root.querySelector('[data-pace="message"]').click();
    while (!next.disabled && !next.classList.contains('waits')) { next.click(); if (root.classList.contains('ended')) break; if (places() !== first) moved.push([root.dataset.step, places(), first]); }
    return [Number(root.dataset.step), Math.max(...bottoms), moved];
}"""


@pytest.mark.parametrize(
    ("width", "height", "view"),
    [
        (1440, 900, f"play?scenario={AUD}"),
        (1024, 768, f"play?scenario={AUD}"),
        (1440, 900, "play?scenario=xss-token-theft&profile=oauth-bcp"),  # a heading with many chips
        (1440, 900, "play?scenario=denylist-race"),  # many parties leave it little room
        (1024, 768, "play?scenario=alg-none"),  # a title of two lines
        (1024, 768, "compare?scenario=denylist-race&a=file&b=oauth-bcp&c=naive-jwt"),
    ],
)
def test_stepping_moves_nothing(page: Any, app: str, width: int, height: int, view: str) -> None:
    page.set_viewport_size({"width": width, "height": height})
    opened(page, f"{app}/{view}")
    page.evaluate("document.fonts.ready")
    parts = [".bar", ".story", ".seq"]
    steps, bottom, moved = page.locator(".stepper").evaluate(STEP_THROUGH, parts)
    assert steps > 20
    assert moved == []
    assert bottom <= height or view.startswith("compare")  # all of it is in the window


def test_what_grows_above_leaves_the_stepper_in_the_window(page: Any, app: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    opened(page, f"{app}/play?scenario={AUD}")
    stepper = page.locator(".stepper").element_handle()
    before = stepper.bounding_box()
    page.evaluate(
        "document.querySelector('[data-testid=stMainBlockContainer]').prepend(Object.assign(document.createElement('div'), {style: 'height: 40px'}))"
    )
    page.wait_for_function("([el, top]) => el.getBoundingClientRect().top !== top", arg=[stepper, before["y"]])  # it has moved ...
    page.wait_for_function("([el, bottom]) => el.getBoundingClientRect().bottom <= bottom", arg=[stepper, before["y"] + before["height"]])


def test_a_question_makes_room_for_the_field_that_is_edited(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}&step=28")
    question, again = page.get_by_text("Will transactions accept a token"), page.get_by_role("button", name="Run again")
    question.wait_for()
    page.get_by_role("button", name="Edit").click()
    page.locator(".field", has_text="Host").click()
    again.wait_for()
    assert question.count() == 0
    inside = "button => { const b = button.getBoundingClientRect(), n = button.closest('.note').getBoundingClientRect(); return b.bottom <= n.bottom; }"
    assert again.evaluate(inside), "the editor is not in view"
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Edit").click()
    question.wait_for()


def test_links_show_where_the_keyboard_is(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}")
    style = "link => { const s = getComputedStyle(link); return [s.outlineStyle, parseFloat(s.outlineWidth)]; }"
    link = page.get_by_test_id("stTopNavLink").get_by_text("Flows").locator("xpath=ancestor::a")
    for _ in range(6):
        page.keyboard.press("Tab")
        if link.evaluate("link => link.matches(':focus')"):
            break
    assert link.evaluate(style) == ["solid", 2]


def test_a_run_without_steps_has_no_empty_boxes(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario=code-pkce&profile=naive-jwt", stepper=False)
    says(page, "Not applicable")
    page.get_by_text("Nothing happens in this setting.").wait_for()
    for part in (".bar", ".seq", ".detail", ".ledger"):
        assert page.locator(f".stepper {part}").is_hidden()
    page.get_by_role("link", name="There, play “").click()
    page.wait_for_url(lambda url: "profile=naive-jwt" in url and "code-pkce" not in url)
    page.wait_for_selector(f"{READY} .row[data-n]", state="attached")


def test_a_whole_card_is_a_link(page: Any, app: str) -> None:
    opened(page, f"{app}/attacks", stepper=False)
    card, heading = page.locator(f"[data-card={AUD}]"), page.locator(f"[data-card={AUD}] h2")
    left, top = card.bounding_box(), heading.bounding_box()
    corner = {"x": top["x"] - left["x"] + 5, "y": top["y"] - left["y"] + 5}
    card.click(position=corner)  # what lies there is the link, not the heading
    says(page, "Attack succeeded")


def test_what_people_believe_is_run(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}")
    says(page, "Attack succeeded")
    believe(page, "We put an audience into the token.")
    says(page, "Attack succeeded")
    address(page, lambda q: q.get("set") == "as.stamp_aud=on")


def test_a_switch_of_one_api_is_flipped_in_the_panel(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}&set=as.stamp_aud=on,client.resource_param=on")
    says(page, "Attack succeeded")
    page.get_by_role("button", name="Switches").click()
    page.get_by_role("radio", name="Resource servers").click()
    page.get_by_role("radio", name="Transactions", exact=True).click()
    page.locator(".st-key-row-transactions-check_aud").get_by_role("radio", name="on").click()
    says(page, "Attack blocked")
    page.locator(".st-key-row-transactions-check_aud").get_by_text("changed from off").wait_for()  # and the panel is still open
    address(page, lambda q: q.get("set") == "as.stamp_aud=on,client.resource_param=on,transactions.check_aud=on")


# ---------------------------------------------------------------- the step, the address, the history


def test_keys_step_both_ways_and_the_address_follows(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario=code-pkce")
    at(page, 1)
    on(page, 2)
    page.keyboard.press("Shift+ArrowLeft")
    at(page, 3)
    address(page, lambda q: q == {"scenario": "code-pkce", "step": "3"})


def test_the_check_that_refused_is_in_view_at_its_step(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}&set=AUD=on&step=32")
    seen = page.locator(".panel .checks li.bad").bounding_box()
    panel = page.locator(".stepper .panel").bounding_box()
    assert panel["y"] <= seen["y"] <= panel["y"] + panel["height"] - min(seen["height"], panel["height"]) + 1, (seen, panel)


def test_a_deep_link_opens_exactly_that_state_and_survives_a_reload(page: Any, app: str) -> None:
    link = f"{app}/play?scenario={AUD}&profile=oauth-bcp&set=transactions.check_aud=off,client.dpop=off,as.dpop_bind=off,rs.dpop=off&seed=3&step=9"
    opened(page, link)
    for _ in range(2):
        at(page, 9)
        says(page, "Attack succeeded")
        page.get_by_role("button", name="Reset 4 changes").wait_for()
        address(page, lambda q: (q["seed"], q["step"], q["profile"], q["set"].count("=off")) == ("3", "9", "oauth-bcp", 4))
        page.reload()
        page.wait_for_selector(READY)


@pytest.mark.parametrize("path", ["", "index.html", f"play?scenario={AUD}&step=3", "attacks/", "glossary"])
def test_no_visit_asks_for_what_is_not_there(page: Any, app: str, path: str) -> None:
    missed: list[str] = []
    page.on("response", lambda answer: missed.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    opened(page, f"{app}/{path}", stepper=False)
    assert missed == []


def test_a_link_without_a_page_finds_it(page: Any, app: str) -> None:
    opened(page, f"{app}/?scenario={AUD}&profile=oauth-bcp&step=4")
    at(page, 4)
    says(page, "Attack blocked")
    assert "/play?" in page.url


def test_a_change_of_settings_keeps_the_step_and_the_address_whole(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}&step=5")
    says(page, "Attack succeeded")
    page.get_by_role("radio", name=re.compile(r" DPOP$")).click()
    says(page, "Attack blocked")
    page.keyboard.press("ArrowRight")
    address(page, lambda q: "client.dpop=on" in q.get("set", "") and int(q["step"]) > 1)
    page.get_by_role("button", name="Reset 3 changes").click()
    says(page, "Attack succeeded")
    address(page, lambda q: "set" not in q and "step" in q)


def test_back_leads_through_the_settings_to_the_gallery_and_forward_to_the_same_view(page: Any, app: str) -> None:
    opened(page, f"{app}/attacks", stepper=False)
    page.locator(f"[data-card={AUD}] h2 a").click()
    says(page, "Attack succeeded")
    page.get_by_role("radio", name=re.compile(r" AUD$")).click()
    says(page, "Attack blocked")
    address(page, lambda q: "set" in q)
    page.get_by_text("Naive JWT", exact=True).click()
    says(page, "Attack succeeded")
    address(page, lambda q: q["profile"] == "naive-jwt")
    page.go_back()
    says(page, "Attack blocked")
    address(page, lambda q: "set" in q and "profile" not in q)
    page.go_back()
    says(page, "Attack succeeded")
    address(page, lambda q: "set" not in q and q["scenario"] == AUD)
    page.go_back()
    page.locator(f"[data-card={AUD}]").wait_for()
    for verdict in ("Attack succeeded", "Attack blocked", "Attack succeeded"):
        page.go_forward()
        says(page, verdict)
    address(page, lambda q: q["profile"] == "naive-jwt")


def test_back_and_forward_in_a_hurry_do_not_lose_the_visit(page: Any, app: str) -> None:
    """Each asks twice for the page, so that the first run is cut off: Streamlit's browser may then drop a message that it is counted on to have."""
    opened(page, f"{app}/play?scenario={AUD}")
    says(page, "Attack succeeded")
    for profile in ("naive-jwt", "oauth-bcp", "jwt-done-properly"):
        page.get_by_text(PROFILES[profile].title, exact=True).click()
        address(page, lambda q, profile=profile: q["profile"] == profile)  # type: ignore[misc]
    for way in (-1, -1, 1, -1, 1, 1, -1, -1, -1, 1):
        page.evaluate("(way) => history.go(way)", way)
        page.wait_for_timeout(60)
    page.get_by_text(PROFILES["oauth-basic"].title, exact=True).click()  # wherever the browser has ended
    address(page, lambda q: q["profile"] == "oauth-basic")
    says(page, "Attack succeeded")


def test_the_same_attack_again_from_the_gallery_is_fresh(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}")
    says(page, "Attack succeeded")
    page.get_by_role("radio", name=re.compile(r" AUD$")).click()
    says(page, "Attack blocked")
    page.get_by_test_id("stTopNavLink").get_by_text("Attacks").click()
    page.locator(f"[data-card={AUD}] h2 a").click()
    says(page, "Attack succeeded")


def test_the_link_can_be_copied(page: Any, app: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, f"{app}/play?scenario={AUD}&profile=oauth-bcp")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert "profile=oauth-bcp" in page.evaluate("navigator.clipboard.readText()")


def test_a_broken_link_is_said_and_falls_back(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}&profile=oauth-bpc&set=<img src=//evil.example/x>=on&step=2000")
    page.get_by_text("There is no profile 'oauth-bpc'; did you mean 'oauth-bcp'?").wait_for()
    says(page, "Attack succeeded")
    assert page.locator('img[src*="evil"]').count() == 0


# ---------------------------------------------------------------- files


def uploaded(page: Any, app: str, content: str) -> None:
    opened(page, f"{app}/your-file", stepper=False)
    page.locator('input[type="file"]').set_input_files(
        files=[{"name": "mine.yaml", "mimeType": "application/yaml", "buffer": content.encode()}]
    )


def test_an_uploaded_file_is_played(page: Any, app: str) -> None:
    uploaded(page, app, library.get("naive-jwt").source)
    says(page, "Completed")


def test_a_broken_file_is_answered_with_position_and_cure_and_can_be_mended_in_place(page: Any, app: str) -> None:
    uploaded(page, app, library.get(AUD).source.replace("difficulty:", "dificulty:"))
    page.get_by_text("mine.yaml:6:1: there is no key `dificulty` here").wait_for()
    mended(page, "Line 6, column 1: there is no key", "difficulty")
    says(page, "Attack succeeded")


def test_a_hostile_file_does_nothing(page: Any, app: str) -> None:
    """Every text of a file, with markup of all kinds in it, on every control that shows it."""
    bad = " ".join(text for text in BAD if text.isprintable() and len(text) < 200)[:380]
    scenario = library.get(AUD)
    source = scenario.source
    for text in (scenario.title, *(m.believed for m in scenario.myths), *(s.say for s in scenario.steps)):
        source = source.replace(text, json.dumps(bad[:110]))
    uploaded(page, app, source)
    attack_defence_and_belief(page)
    assert page.evaluate("window.pwned ?? null") is None
    assert page.locator('[src*="evil"], [href*="evil"], a[href^="javascript"]').count() == 0


def test_an_export_is_the_stepper_in_one_file(page: Any, app: str, tmp_path: Path) -> None:
    opened(page, f"{app}/play?scenario={AUD}&profile=oauth-bcp")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML", exact=True).click()
    file = tmp_path / "export.html"
    download.value.save_as(file)
    page.goto(file.as_uri())
    page.wait_for_selector(READY)
    says(page, "Attack blocked")


# ---------------------------------------------------------------- how it looks


def luminance(page: Any, selector: str) -> int:
    """Brightness of the background of an element, 0 to 765."""
    colour = page.locator(selector).first.evaluate("(el) => getComputedStyle(el).backgroundColor")
    return sum(int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])


def test_dark_mode_is_dark_everywhere(page: Any, app: str) -> None:
    page.emulate_media(color_scheme="dark")
    opened(page, f"{app}/play?scenario={AUD}")
    assert luminance(page, ".stApp") < 100
    assert luminance(page, ".stepper .seq") < 150
    assert luminance(page, ".stepper .detail") < 150


@pytest.mark.parametrize("path", ["/", "/flows", "/attacks", f"/play?scenario={AUD}", "/your-file"])
def test_nothing_is_wider_than_the_window(page: Any, app: str, path: str) -> None:
    opened(page, app + path, stepper="scenario" in path)
    for width, height in ((1440, 900), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("(w) => innerWidth === w", arg=width)
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), width
        assert page.locator(".stMain").evaluate("(el) => el.scrollWidth <= el.clientWidth"), width
