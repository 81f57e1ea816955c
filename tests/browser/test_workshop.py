"""The workshop in a real browser: mend a broken file and give away the handout, predict and be remembered, present by keys alone;
and what holds for the whole app: a link is the same in a fresh browser, and two learners never affect each other.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.language import library
from sandbox.workshop import archive
from tests.support.browsing import IDLE, READY, address, at, mended, new_context, number, on, opened, says, written
from tests.support.serving import LOCAL, free_port, serving
from tests.support.waiting import until

AUD = library.get("missing-aud-replay").source
PKCE = library.get("code-pkce").source
PLAYLIST = "title: An hour\nitems:\n  - {scenario: mine.yaml, title: Who is it for?}\n  - {scenario: mine.yaml, title: The same today, setting: {profile: oauth-bcp}}\n"
RECORDED = (  # who does what, in a story that nobody has written
    "Alice signs in to ConnectSphere app on her laptop, to read.",
    "ConnectSphere app reads /accounts at Accounts on her laptop",
    "Mallory reads the log of Accounts.",
    "Mallory asks for GET /accounts at Accounts with the access token of Alice for ConnectSphere app",
)
FILES = archive.pack({"list.yaml": PLAYLIST, "mine.yaml": AUD})


@pytest.fixture
def fresh(browser: Any) -> Iterator[Callable[[], Any]]:
    """Opens pages in browsers of their own; fails as `page` does."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def new() -> Any:
        contexts.append(new_context(browser, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"))
        page = contexts[-1].new_page()
        page.on("request", lambda request: None if request.url.startswith(LOCAL) else wrong.append(f"asked for {request.url}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield new
    for context in contexts:
        context.close()
    assert wrong == []


def loaded(page: Any, app: str, *files: tuple[str, str]) -> Any:
    opened(page, f"{app}/workshop", stepper=False)
    page.locator('input[type="file"]').set_input_files(
        files=[{"name": name, "mimeType": "application/yaml", "buffer": text.encode()} for name, text in files]
    )
    return page


def test_a_broken_file_is_mended_in_the_editor_run_and_given_away(page: Any, app: str, tmp_path: Path) -> None:
    loaded(page, app, ("mine.yaml", AUD.replace("difficulty:", "dificulty:").replace("budget.sign_in", "budget.sing_in")))
    page.get_by_text("mine.yaml:6:1: there is no key `dificulty` here").wait_for()
    page.get_by_text("cure: did you mean `sign_in`?").wait_for()
    number(page.locator(".editor .cm-lint-marker-error"), 2)
    mended(page, "Line 6, column 1: there is no key", "difficulty")
    page.get_by_text("there is no key").wait_for(state="detached")
    page.get_by_role("button", name="Line 16, column 9: there is no verb `sing_in`").click()  # selects the word
    page.keyboard.type("budget.si")
    page.get_by_role("option", name="budget.sign_in").wait_for()  # what is possible is offered, and explained
    page.get_by_text("presses the client's sign-in").wait_for()
    page.wait_for_timeout(200)  # an Enter within 75 ms of the list's opening is the text's (CodeMirror's interactionDelay)
    page.keyboard.press("Enter")
    says(page, "Attack succeeded")
    number(page.locator(".editor .cm-lint-marker-error"), 0)
    page.keyboard.type("g")  # the page has been drawn anew around the editor, and the cursor is where it was
    page.locator(".editor .cm-lint-marker-error").wait_for()
    page.get_by_text("mine.yaml has a problem in line 16:").wait_for()
    says(page, "Attack succeeded")  # the last run without a problem, and it looks old
    assert page.locator(".st-key-board").evaluate("(el) => getComputedStyle(el).filter") == "grayscale(1)"
    page.keyboard.press("Backspace")
    page.get_by_text("mine.yaml has a problem").wait_for(state="detached")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")  # the editor is no trap
    number(page.locator(".editor .cm-focused"), 0)
    page.locator(".editor .cm-line", has_text="refs:").hover(position={"x": 12, "y": 8})
    page.get_by_text("a list of sections, such as").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Handout").click()
    file = tmp_path / "handout.html"
    download.value.save_as(file)
    page.goto(file.as_uri())
    page.get_by_role("heading", name="A token for accounts opens transactions", exact=False).first.wait_for()
    assert page.locator("figure img").first.evaluate("(img) => img.complete && img.naturalWidth > 300")
    above = "([a, b]) => document.querySelector(a).getBoundingClientRect().bottom + innerHeight / 2 < document.querySelector(b).getBoundingClientRect().top"
    assert page.evaluate(above, [".ask", "figure"]), "the question stands apart from what answers it"


def test_a_problem_is_found_where_it_has_gone_while_the_text_is_checked(page: Any, app: str) -> None:
    """A busy server answers late; the buttons are about the text that it has seen."""
    loaded(page, app, ("mine.yaml", AUD.replace("budget.sign_in", "budget.sing_in")))
    button = page.get_by_role("button", name="no verb `sing_in`")
    button.wait_for()
    page.locator(".editor .cm-content").press("Control+Home")
    page.keyboard.type("# mine\n# all mine\n")
    assert button.evaluate("(el) => (el.click(), el.getRootNode().getSelection?.() ?? getSelection()).toString()") == "budget.sing_in"
    page.keyboard.type("budget.sign_in")
    says(page, "Attack succeeded")


def test_what_is_typed_outlives_the_server(fresh: Callable[[], Any]) -> None:
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    page, sent = fresh(), []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    with serving(command, port) as url:
        opened(page, f"{url}/workshop", stepper=False)
        page.get_by_role("button", name="Template").click()
        says(page, "Completed")
        page.locator(".editor .cm-content").press("Control+Home")
        page.keyboard.type("# mine\n")
    page.wait_for_selector('[data-testid="stApp"]:not([data-test-connection-state="CONNECTED"])')
    page.keyboard.type("# while it was away\n")
    with serving(command, port):
        page.wait_for_selector(IDLE)
        assert written(page).startswith("# mine\n# while it was away\n# A scenario.")
        page.locator(".editor .cm-content").press("Control+Home")
        page.keyboard.type("title: twice\n")
        page.locator(".editor .cm-lint-marker-error").first.wait_for()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Shift+End")
        page.keyboard.press("Delete")
        number(page.locator(".editor .cm-lint-marker-error"), 0)

        def quiet() -> bool:
            before = len(sent)
            page.wait_for_timeout(1000)
            return len(sent) == before

        until(quiet, "silence: what was heard is not told again and again")


def test_a_workshop_is_exported_as_a_folder_that_works_offline(page: Any, app: str, tmp_path: Path) -> None:
    opened(page, f"{app}/workshop?files={FILES}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Workshop", exact=True).click()
    download.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as z:
        z.extractall(tmp_path / "all")
    page.goto((tmp_path / "all" / "index.html").as_uri())
    page.get_by_role("link", name="2. The same today").click()
    page.wait_for_selector(READY)
    page.get_by_text("One question open").wait_for()


def test_many_files_are_given_away_as_a_zip_and_the_story_stays_with_its_file(page: Any, app: str, tmp_path: Path) -> None:
    told = "title: An hour\nitems:\n" + "".join(
        f"  - {{scenario: {name}}}\n" for name in ("./f1.yaml", "code-pkce", *(f"f{n}.yaml" for n in range(2, 12)))
    )
    stories = [library.get(name).source for name in library.ids()[:11]]
    loaded(page, app, *((f"f{n}.yaml", text) for n, text in enumerate(stories, 1)), ("list.yaml", told))
    page.wait_for_selector(READY)
    number(page.get_by_role("button", name="Copy link"), 1)  # that of the page before is gone
    page.evaluate("navigator.clipboard.writeText = (text) => { window.copied = text; }")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("12 files do not fit into a link").wait_for()
    assert page.evaluate("window.copied") is None
    with page.expect_download() as download:
        page.get_by_role("button", name="All files").click()
    with zipfile.ZipFile(download.value.path()) as z:
        assert sorted(z.namelist()) == sorted(["list.yaml", *(f"f{n}.yaml" for n in range(1, 12))])

    # Compare, of a shipped story in the playlist
    page.get_by_role("button", name="→", exact=True).click()
    page.locator(".title h1", has_text=library.get("code-pkce").title).wait_for()
    assert "scenario=code-pkce" in (page.get_by_role("link", name="Compare").last.get_attribute("href") or "")

    # the open file leads the story
    page.get_by_role("radio", name="f3.yaml").click()
    page.locator(".title h1", has_text=library.get(library.ids()[2]).title).wait_for()

    # removing it asks, says what it does to the playlist, and leaves the playlist whole
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("list.yaml shows it: its place there goes, too.").wait_for()
    page.get_by_role("button", name="Remove it").click()
    page.get_by_role("radio", name="f3.yaml").wait_for(state="detached")
    assert page.get_by_role("radio", name="✕").count() == 0


def test_a_story_is_recorded_and_becomes_a_file_whose_claims_are_true(page: Any, app: str) -> None:
    opened(page, f"{app}/workshop", stepper=False)
    page.get_by_role("button", name="Record", exact=True).click()
    for say in RECORDED:
        move = page.locator(f'.moves button[aria-label^="{say}"], .moves button:text("{say}")').first
        move.wait_for(state="attached")
        move.evaluate("(button) => { for (const d of [button.closest('details')]) if (d) d.open = true; }")
        move.click()
        page.locator(".told .did", has_text=say).wait_for()
        page.wait_for_selector(IDLE)
    page.locator(".story .done", has_text="Mallory can read Alice's account-1.").wait_for()
    page.get_by_role("textbox", name="Step 4").fill("Mallory pays with it.")
    page.get_by_role("textbox", name="Step 4").press("Enter")
    page.get_by_role("textbox", name="Title", exact=True).fill("Cash")
    page.get_by_role("textbox", name="Title", exact=True).press("Enter")
    page.get_by_role("button", name="What would block this?").click()
    page.get_by_text("DPOP=on: The caller must hold the key").first.wait_for()
    page.get_by_role("button", name="Check it, and put it beside my files").click()
    says(page, "Attack succeeded")
    page.get_by_role("heading", name="Cash").wait_for()
    page.locator(".editor .cm-line", has_text="Mallory pays with it.").wait_for(state="attached")


# ---------------------------------------------------------------- questions


def test_nobody_gets_past_a_question_and_the_answer_is_kept(page: Any, fresh: Callable[[], Any], app: str) -> None:
    opened(page, f"{app}/workshop?files={FILES}&predict=1&step=99")
    page.get_by_text("One question open").wait_for()
    asked = int(page.locator(".stepper").get_attribute("data-step"))
    page.keyboard.press("ArrowRight")
    assert int(page.locator(".stepper").get_attribute("data-step")) == asked
    page.get_by_role("button", name="No: something ties it").click()
    says(page, "Attack succeeded")
    page.get_by_text("It goes the other way").wait_for()
    address(page, lambda q: q.get("answers") == "1.replay.r")
    told = int(page.locator(".stepper").get_attribute("data-step"))
    assert told > asked, "on to what came of it"
    address(page, lambda q: q.get("step") == str(told))
    page.reload()
    says(page, "Attack succeeded")
    other = fresh()
    opened(other, page.url)
    at(other, told)
    says(other, "Attack succeeded")
    page.get_by_role("button", name="Forget my answers").click()
    page.get_by_text("One question open").wait_for()
    address(page, lambda q: "answers" not in q)


# ---------------------------------------------------------------- the presenter's view


def test_a_room_is_led_through_by_keys_alone(page: Any, app: str) -> None:
    opened(page, f"{app}/workshop?files={FILES}&present=1&step=99")
    page.get_by_role("heading", name="1. Who is it for?").wait_for()
    number(page.locator('.stepper .bar .nav, [data-testid="stButton"] button').filter(visible=True), 0)
    page.locator('[data-testid="stHeader"]').wait_for(state="hidden")
    page.keyboard.press("PageDown")
    page.get_by_role("heading", name="2. The same today").wait_for()
    page.locator(".stepper .count", has_text="scenario 2 of 2").wait_for()
    at(page, 1)
    assert "Attack" not in page.locator(".stepper .verdict").inner_text()  # that is for its step
    address(page, lambda q: (q.get("item"), q.get("present")) == ("2", "1"))
    page.keyboard.press("End")
    says(page, "Attack blocked")
    page.keyboard.press("p")
    page.get_by_role("heading", name="1. Who is it for?").wait_for()
    page.locator(
        ".stepper .count", has_text="scenario 1 of 2"
    ).wait_for()  # the heading comes before the diagram, and a key goes to the one that is there
    at(page, 1)
    on(page)
    page.wait_for_selector('.stepper:not([data-step="1"])')
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Present").wait_for()
    address(page, lambda q: "present" not in q)


def test_a_question_is_answered_by_a_key_in_the_presenters_view(page: Any, app: str) -> None:
    opened(page, f"{app}/workshop?files={FILES}&present=1&predict=1&step=99")
    page.get_by_text("One question open").wait_for()
    page.keyboard.press("1")
    says(page, "Attack succeeded")
    address(page, lambda q: q.get("answers") == "1.replay.a")


# ---------------------------------------------------------------- the whole app


def test_a_link_is_the_same_in_a_fresh_browser(fresh: Callable[[], Any], app: str) -> None:
    page = fresh()  # neither browser has seen a hint before
    opened(page, f"{app}/play?scenario=missing-aud-replay&seed=4")
    page.get_by_text("OAuth 2.0, best practice", exact=True).click()
    says(page, "Attack blocked")
    for _ in range(5):
        on(page)
    address(page, lambda q: (q.get("profile"), q.get("seed")) == ("oauth-bcp", "4") and int(q.get("step", "0")) > 5)
    other = fresh()
    opened(other, page.url)
    for what in (".stepper .panel", ".stepper .verdict", ".stepper .parties"):
        assert other.locator(what).inner_text() == page.locator(what).inner_text()
    assert other.locator(".stepper").get_attribute("data-step") == page.locator(".stepper").get_attribute("data-step")
    address(other, lambda q: q == {"scenario": "missing-aud-replay", "profile": "oauth-bcp", "seed": "4", "step": q["step"]})


def test_two_learners_never_affect_each_other(fresh: Callable[[], Any], app: str) -> None:
    one, two = fresh(), fresh()
    link = f"{app}/play?scenario=missing-aud-replay"
    opened(one, link), opened(two, link)
    says(one, "Attack succeeded")
    one.get_by_role("radio", name=re.compile(r" AUD$")).click()
    says(one, "Attack blocked")
    on(two)
    two.wait_for_selector('.stepper:not([data-step="1"])')
    says(two, "Attack succeeded")
    at(one, 1)
    loaded(one, app, ("one.yaml", PKCE))
    says(one, "Completed")
    opened(two, f"{app}/workshop", stepper=False)
    two.locator(".editor .cm-placeholder").wait_for()
    loaded(two, app, ("two.yaml", AUD))
    says(two, "Attack succeeded")
    says(one, "Completed")
    one.reload()
    one.wait_for_selector(IDLE)
    says(one, "Completed")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (1920, 1080)])
@pytest.mark.parametrize("query", ["", f"?files={FILES}", f"?files={FILES}&present=1"])
def test_nothing_is_wider_than_the_window(page: Any, app: str, query: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    opened(page, f"{app}/workshop{query}", stepper=bool(query))
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert page.locator(".stMain").evaluate("(el) => el.scrollWidth <= el.clientWidth")
