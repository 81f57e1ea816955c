"""The way through in a real browser: stops are marked there, go on after a reload, travel by a link, and can be erased."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sandbox.studies import path
from tests.support.browsing import READY

FIRST, SECOND = path.stops()[:2]
OF = f"of {len(path.stops())}"
# What Back does before the server has drawn anything: the address is another story's.  Whoever looks at it now and then has looked.
BETWEEN = """(address) => new Promise((seen) => {
  const own = location.href;
  history.replaceState(history.state, '', address);
  setTimeout(() => { history.replaceState(history.state, '', own); seen(); }, 2000);
})"""


@pytest.fixture
def page(fresh_page: Any) -> Any:
    """A browser that has nothing in its memory."""
    return fresh_page


def remembered(page: Any) -> Any:
    return json.loads(page.evaluate("localStorage.getItem('oauth-sandbox')") or "null")


def with_progress(page: Any, app: str, kept: Any) -> None:
    """The page Start in a browser that has this, whatever it is."""
    page.goto(app)
    page.locator(".stages").wait_for()
    page.evaluate("(text) => localStorage.setItem('oauth-sandbox', text)", kept if isinstance(kept, str) else json.dumps(kept))
    page.reload()
    page.locator(".stages").wait_for()


def progress(done: list[Any], answers: Any = None, words: Any = None) -> dict[str, Any]:
    return {"v": 1, "done": done, "answers": answers or {}, "words": words or []}


def test_a_stop_is_done_when_its_last_step_was_seen_and_the_next_one_is_offered(page: Any, app: str) -> None:
    page.goto(app)
    page.get_by_role("link", name="Begin with stop 1").click()
    page.wait_for_url(f"**/play?scenario={FIRST.id}*")
    page.wait_for_selector(READY)
    assert remembered(page) is None
    hint = page.locator(".hint")
    hint.wait_for()
    page.locator(".cast .word").first.click()
    page.locator(".card:not([hidden])").wait_for()
    hint.wait_for(state="detached")
    page.locator(".chip .word").first.click()
    page.locator(".card", has_text="front channel").wait_for()
    page.keyboard.press("Escape")
    assert remembered(page)["words"] == ["Alice's browser", "front channel"]
    page.keyboard.press("End")
    page.keyboard.press("1")  # nobody is at the end before the question is answered
    page.locator(".ask.yes").wait_for()
    page.keyboard.press("End")
    page.wait_for_function("localStorage.getItem('oauth-sandbox')")
    page.wait_for_function("JSON.parse(localStorage.getItem('oauth-sandbox')).done.length")
    assert remembered(page)["done"] == [FIRST.id]
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Copy a picture").click()
    page.locator(".onward", has_text=re.compile("Copied|Saved")).wait_for()
    entries = page.evaluate("history.length")
    page.get_by_role("link", name=f"Next: {SECOND.title}").click()
    page.get_by_role("heading", name=SECOND.title, level=1).wait_for()
    assert page.evaluate("history.length") == entries + 1
    assert remembered(page)["done"] == [FIRST.id], "to arrive is not to have seen the end"
    page.evaluate(BETWEEN, f"/play?scenario={FIRST.id}&step=99")
    assert remembered(page)["done"] == [FIRST.id], "another story's last step is not the end of this one"
    page.go_back()
    page.get_by_role("heading", name=FIRST.title, level=1).wait_for()
    assert list(remembered(page)["answers"]) == [f"{FIRST.id}/too_much"]
    page.wait_for_selector(READY)
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.locator(".end").wait_for()
    page.keyboard.press("ArrowRight")
    assert FIRST.id in page.url, "a key that is held stays in its lesson"
    page.get_by_role("button", name="Next lesson").click()
    page.get_by_role("heading", name=SECOND.title, level=1).wait_for()
    page.go_back()
    page.get_by_role("heading", name=FIRST.title, level=1).wait_for()
    page.get_by_test_id("stTopNavLink").get_by_text("Start").click()
    page.get_by_role("link", name=f"Continue: stop 2 {OF}").wait_for()
    page.reload()
    page.get_by_role("link", name=f"Continue: stop 2 {OF}").wait_for()
    assert page.locator(".stages li.done").count() == 1


def test_progress_travels_by_a_link_that_asks_first(page: Any, app: str) -> None:
    with_progress(page, app, progress([FIRST.id, SECOND.id], {f"{FIRST.id}/pay": {"said": "accepted", "right": True}}, ["state"]))
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (text) => { window.copied = text; }}})")
    page.get_by_role("button", name="Copy a link with it").click()
    page.get_by_text("Copied.").wait_for()
    link = page.evaluate("window.copied")
    assert "#progress=" in link
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    page.goto(link)
    page.get_by_text("This link brings 2 stops, 1 answer and 1 word.").wait_for()
    assert remembered(page) is None
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("link", name=f"Continue: stop 3 {OF}").wait_for()
    assert "#" not in page.url
    assert remembered(page)["words"] == ["state"]


def test_progress_is_erased_after_a_question(page: Any, app: str) -> None:
    with_progress(page, app, progress([FIRST.id]))
    page.get_by_role("button", name="Erase").click()
    page.get_by_text("Erase 1 stop from this browser?").wait_for()
    page.get_by_role("button", name="Keep").click()
    assert remembered(page) == progress([FIRST.id])
    page.get_by_role("button", name="Erase").click()
    page.get_by_role("button", name="Yes, erase").click()
    page.get_by_role("link", name="Begin with stop 1").wait_for()
    assert remembered(page) is None


HOSTILE = [
    ("{", "cannot be read"),
    ("[1]", "cannot be read"),
    ("x" * 70_000, "cannot be read"),
    ({"v": 2, "done": [FIRST.id]}, "another version"),
    (progress(["no-such-stop", FIRST.id]), "no-such-stop"),
    (progress([3, None, "<img src=x onerror=alert(1)>", FIRST.id]), "makes no sense and was left out (3)"),
    (progress([FIRST.id], {"__proto__": {"said": "x", "right": True}, f"{FIRST.id}/pay": "yes"}), "left out (2)"),
    (progress([FIRST.id], [1, 2], "abc"), ""),
]


def test_what_the_browser_kept_is_not_believed(page: Any, app: str) -> None:
    page.goto(app)
    for kept, said in HOSTILE:
        page.locator(".stages").wait_for()
        page.evaluate("(text) => localStorage.setItem('oauth-sandbox', text)", kept if isinstance(kept, str) else json.dumps(kept))
        page.reload()
        if said:
            page.locator(".path .notice", has_text=said).wait_for()
        done = 1 if isinstance(kept, dict) and kept["v"] == 1 else 0
        page.get_by_role("link", name=f"Continue: stop 2 {OF}" if done else "Begin with stop 1").wait_for()
        assert page.locator(".stages li.done").count() == done, said


@pytest.mark.parametrize("word", ["!!!", "e30", "A" * 200_000])
def test_a_link_that_brings_nothing_says_so(page: Any, app: str, word: str) -> None:
    page.goto(f"{app}#progress={word}")
    page.locator(".path .notice", has_text="brings no progress").wait_for()
    page.get_by_role("button", name="Close").click()
    page.locator(".path .notice").wait_for(state="detached")


def test_another_versions_progress_is_never_written_over(page: Any, app: str) -> None:
    with_progress(page, app, {"v": 2, "done": []})
    page.goto(f"{app}/system?answers={path.exam().answers}")
    page.get_by_text(path.exam().title).wait_for()
    page.goto(app)
    page.locator(".path .notice", has_text="another version").wait_for()
    assert remembered(page) == {"v": 2, "done": []}


def test_the_exam_opens_its_company_and_is_marked(page: Any, app: str) -> None:
    with_progress(page, app, progress([stop.id for stop in path.stops()[:-1]]))
    number = len(path.stops())
    page.get_by_role("link", name=f"Continue: stop {number} {OF}").click()
    page.get_by_text("Which attacks succeed here?").wait_for()
    page.wait_for_function("JSON.parse(localStorage.getItem('oauth-sandbox')).done.includes('exam')")
    page.get_by_test_id("stTopNavLink").get_by_text("Start").click()
    page.get_by_text("You have been everywhere on this path").wait_for()


@pytest.mark.parametrize("width", [390, 1024])
def test_the_path_fits(page: Any, app: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(app)
    page.locator(".stages").wait_for()
    wide = page.locator(".path").evaluate("(e) => e.scrollWidth - e.clientWidth")
    assert wide <= 1
    small = page.locator(".path :is(a, button), .next a").evaluate_all(
        "(all) => all.filter((e) => e.getBoundingClientRect().height < 24).length"
    )
    assert small == 0
