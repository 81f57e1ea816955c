"""What a learner's screen and line have to carry, as far as no clock is needed; `make ux` measures all of it.

Pages are loaded once and looked at in several sizes.  A laptop of 1440 x 900 at 200 % has a window of 720 x 450.
"""

from __future__ import annotations

import statistics
from typing import Any

import pytest

from sandbox.language import library
from tests.bench import ux
from tests.support.browsing import AUD, IDLE, READY, new_context, opened, says
from tests.support.effort import some

DESKS = ((1440, 900), (1366, 768))
FIRST_LOAD, CLICK = 1_200_000, 40_000  # bytes
ZOOMED = {"width": 720, "height": 450}
LESSONS = [s.id for s in (*library.flows(), *library.attacks())]
DESIGNS = ("Naive JWT", "JWT done properly", "OAuth 2.0, basic", "OAuth 2.0, best practice")

# Where the Tab key goes inside of the stepper, in its order: the part, and whether it can be seen that it is there
STOPS = """(root) => { const el = root.getRootNode().activeElement; if (!el || !root.contains(el)) return null;
  const part = ['.cast', '.scroll', '.legend', '.story', '.verdict', '.detail', '.asked', '.bar'].find((name) => el.closest(name)), box = el.getBoundingClientRect(), look = getComputedStyle(el);
  return [part, box.width > 0 && look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 1, Math.round(box.left), Math.round(box.top)]; }"""


def test_a_first_visit_and_a_click_carry_little_and_the_diagram_is_the_largest_thing(browser: Any, app: str) -> None:
    context = new_context(browser, reduced_motion="reduce", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    session, loaded, frames = context.new_cdp_session(page), [0], [0]
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda e: loaded.__setitem__(0, loaded[0] + e["encodedDataLength"]))
    page.on("websocket", lambda ws: ws.on("framereceived", lambda frame: frames.__setitem__(0, frames[0] + len(frame))))
    opened(page, f"{app}/play?scenario={AUD}")
    page.wait_for_load_state("networkidle")
    assert 300_000 < loaded[0] < FIRST_LOAD
    for width, height in DESKS:
        page.set_viewport_size({"width": width, "height": height})
        assert ux.stepper(page, ux.BOARD) >= 45, f"the diagram's share of {width} x {height}"
    says(page, "Attack succeeded")
    sizes = []
    for name in (*DESIGNS, *DESIGNS):
        frames[0], before = 0, page.locator(".stepper .board").element_handle()
        page.get_by_role("radio", name=name, exact=True).click()
        page.wait_for_function("(old) => !old.isConnected", arg=before)
        page.wait_for_selector(IDLE)
        sizes.append(frames[0])
    assert 0 < statistics.median(sizes) < CLICK
    context.close()


@pytest.mark.parametrize("lesson", some([AUD, *(each for each in LESSONS if each != AUD)], 3))
def test_a_telephone_shows_row_message_and_next_at_every_step(page: Any, app: str, lesson: str) -> None:
    page.set_viewport_size(ux.PHONE)
    opened(page, f"{app}/play?scenario={lesson}")
    unseen, asked = ux.stepper(page, ux.UNSEEN)
    ux.whole(page)
    page.keyboard.press("Home")
    again, steps = ux.stepper(page, ux.UNSEEN)
    assert (unseen, again) == ([], [])
    assert 0 < asked <= steps
    assert page.locator(".end").bounding_box()["height"] >= 300, "the card after the last step has room for more than its lesson"


def test_a_long_story_pushes_no_button_out_of_its_row(page: Any, app: str) -> None:
    longest = max((*library.flows(), *library.attacks()), key=lambda s: len(s.story))
    opened(page, f"{app}/play?scenario={longest.id}")
    for width in (1440, 1024, 800):
        page.set_viewport_size({"width": width, "height": 900})
        boxes = [page.get_by_role("button", name=name).first.bounding_box() for name in ("Copy link", "Export")]
        assert boxes[0]["y"] == boxes[1]["y"], width
        title = page.locator(".title h1").bounding_box()
        assert title["x"] + title["width"] <= boxes[0]["x"], width


def test_the_tab_key_goes_in_the_order_in_which_one_reads(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}&step=28")
    page.wait_for_selector(f"{READY} .answers button")
    for size, order in (
        ({"width": 1440, "height": 900}, [".cast", ".scroll", ".legend", ".detail", ".asked", ".bar"]),
        (ux.PHONE, [".detail", ".asked", ".cast", ".scroll", ".bar"]),
    ):
        page.set_viewport_size(size)
        page.evaluate("document.activeElement?.blur()")
        page.locator(".title h1").evaluate("(h) => { h.tabIndex = -1; h.focus(); }")
        stops: list[Any] = []
        for _ in range(60):
            page.keyboard.press("Tab")
            at = page.locator(".stepper").evaluate(STOPS)
            if at is not None:
                stops.append(at)
            elif stops:
                break
        assert all(seen for _, seen, *_ in stops), "where the keyboard is can be seen"
        assert list(dict.fromkeys(part for part, *_ in stops)) == order
        assert len(stops) < 40


def test_at_200_percent_nothing_scrolls_sideways_and_next_stays(page: Any, app: str) -> None:
    page.set_viewport_size(ZOOMED)
    opened(page, f"{app}/play?scenario={AUD}")
    next_ = page.locator(".stepper .nav.primary")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        box, row = next_.bounding_box(), page.locator(".stepper .row.now[data-n], .stepper .row.secret").first.bounding_box()
        assert box["y"] + box["height"] <= ZOOMED["height"]
        assert row["width"] <= ZOOMED["width"]
    assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth")
