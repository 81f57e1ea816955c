"""axe-core finds nothing in our own elements, on any page, in light and dark; Streamlit's own faults stand in a list that may only shrink.

The same visit shows that none scrolls sideways on a telephone or at 200 %.  (What moves while a page comes depends on how busy the
machine is: `make ux` prints it.)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import axe
from tests.support.browsing import AUD, IDLE, READY, at, new_context, opened
from tests.support.paths import DATA
from tests.support.room_pages import desk_of, join

PAGES = {
    "": ".stages",
    "flows": ".gallery",
    "attacks": ".gallery",
    f"play?scenario={AUD}": READY,
    f"play?scenario={AUD}&profile=oauth-bcp&step=30": READY,
    f"play?scenario={AUD}&turn=start": ".moves",
    f"play?scenario={AUD}&turn=defend&set=rs.check_aud=on": ".stand",
    "compare": ".stepper, .board",
    "matrix": ".board",
    "system": ".question",
    "token-lab": ".ruling",
    "workshop": ".editor .cm-content",
    "workshop?record=oauth-basic~account~": ".moves",
    "live": ".title",
    "glossary": "article",
}
DESK, NARROW = {"width": 1440, "height": 900}, ({"width": 390, "height": 844}, {"width": 720, "height": 450})  # the last: a laptop at 200 %
FITS = "() => [document.documentElement, document.querySelector('[data-testid=stMain]')].every((e) => e.scrollWidth <= e.clientWidth + 1)"
SCHEMED = "(scheme) => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme"
SEEN: set[tuple[str, str]] = set()
LISTED = {tuple(line.split()) for line in (DATA / "axe.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")}


@pytest.fixture(scope="module")
def visitor(browser: Any) -> Iterator[Any]:
    context = new_context(browser, reduced_motion="reduce", viewport=DESK)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_ours_is_wrong_and_nothing_new_of_streamlits(visitor: Any, app: str, path: str) -> None:
    visitor.emulate_media(color_scheme="light")
    visitor.goto(f"{app}/{path}")
    visitor.wait_for_selector(IDLE)
    visitor.locator(PAGES[path]).first.wait_for()
    for scheme in ("light", "dark"):
        visitor.emulate_media(color_scheme=scheme)
        visitor.wait_for_function(SCHEMED, arg=scheme)
        found = axe.found(visitor)
        assert [each for each in found if each.ours] == [], scheme
        SEEN.update((each.rule, each.place) for each in found)
        assert SEEN <= LISTED
    for size in NARROW:
        visitor.set_viewport_size(size)
        visitor.wait_for_function(FITS)
    visitor.set_viewport_size(DESK)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_over_a_page_is_as_clean(visitor: Any, app: str, scheme: str) -> None:
    """It stands beside .stApp, and has its colours from elsewhere."""
    visitor.emulate_media(color_scheme=scheme)
    opened(visitor, f"{app}/play?scenario={AUD}")
    visitor.get_by_role("button", name="Switches").click()
    visitor.locator(".st-key-switch-list").get_by_test_id("stCaptionContainer").first.wait_for()
    assert axe.found(visitor) == []
    visitor.keyboard.press("Escape")
    visitor.get_by_role("button", name="Export").click()
    visitor.get_by_test_id("stPopoverBody").get_by_role("button").first.wait_for()
    assert axe.found(visitor) == []


@pytest.fixture(scope="module")
def on_a_telephone(browser: Any) -> Iterator[Any]:
    context = new_context(browser, reduced_motion="reduce", viewport=NARROW[0])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_finger_finds_each_target_of_ours_on_a_telephone(on_a_telephone: Any, app: str, path: str) -> None:
    on_a_telephone.goto(f"{app}/{path}")
    on_a_telephone.wait_for_selector(IDLE)
    on_a_telephone.locator(PAGES[path]).first.wait_for()
    found = axe.found(on_a_telephone, "target-size")
    assert [each for each in found if each.ours] == [], "24 px, or as much room around it (WCAG 2.2, 2.5.8)"


def test_the_list_of_streamlits_own_has_nothing_that_is_cured(request: pytest.FixtureRequest) -> None:
    """After the others, if all of them ran in this process."""
    mine = [item for item in request.session.items if item.path == request.path]
    if SEEN and len(mine) == 2 * len(PAGES) + 4 and os.environ.get("PYTEST_XDIST_WORKER") is None:
        assert SEEN == LISTED
    assert len(LISTED) <= 1


# ---------------------------------------------------------------- a room


def fair(*pages: Any) -> None:
    """Nothing of ours is wrong on these pages as they are now, in light and dark."""
    for page in pages:
        page.bring_to_front()
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(SCHEMED, arg=scheme)
            assert [each for each in axe.found(page) if each.ours] == [], (page.url, scheme)


def test_nothing_of_ours_is_wrong_in_a_room(fresh: Any, app: str) -> None:
    """On the join form, the desk, the wall, and a learner's page, large and on a telephone: at a question, its answers, a vote, own worlds."""
    desk, ana, bo = fresh(), fresh(width=1024, height=768), fresh(**NARROW[0])
    code = desk_of(desk, app)
    bo.goto(f"{app}/attacks?room={code}")
    bo.get_by_label("Your name in this room").wait_for()
    fair(bo)
    for page, name in ((ana, "Ana"), (bo, "Bo")):
        join(page, app, code, name)
    wall = fresh(beside=desk, width=1920, height=1080)
    wall.goto(f"{app}/workshop?room={code}&present=1")
    wall.locator(".room.lobby .invitation .address").wait_for()
    fair(desk, wall, ana, bo)
    while True:
        desk.bring_to_front()
        desk.keyboard.press("End")
        for page in (wall, ana, bo):
            at(page, int(desk.locator(".stepper").get_attribute("data-step")))
        if not desk.get_by_role("button", name="Reveal").count():
            break
        asked = desk.locator(".roomside [data-part=question] .top b").inner_text()
        for page in (ana, bo):
            page.bring_to_front()
            page.locator(".answers button").first.click()
        desk.get_by_text("2 of 2 answered").wait_for()
        fair(desk, wall, ana, bo)
        desk.get_by_role("button", name="Reveal").click()
        desk.locator(".roomside [data-part=question] .top b", has_text=asked).wait_for(state="detached")
        for page in (wall, ana, bo):
            page.locator(".strip .spread", has_text=asked).wait_for()
        fair(desk, wall, ana, bo)
    desk.get_by_role("button", name="Vote: which defence next?").click()
    ana.locator(".vote button").first.click()
    desk.get_by_text("1 of 2 have voted").wait_for()
    desk.get_by_text("Worlds of their own").click()
    desk.get_by_role("button", name="Give everybody a world").click()
    desk.get_by_role("switch", name="Neighbours look").click()
    bo.get_by_text("Worlds of the others: 1").click()
    fair(desk, wall, ana, bo)
    desk.bring_to_front()
    desk.get_by_role("button", name="End the vote").click()
    desk.get_by_role("switch", name="Together").click()
    ana.get_by_text("At your own pace").wait_for()
    fair(desk, wall, ana, bo)
    found = [each for page in (desk, bo) for each in axe.found(page, "target-size")]
    assert [each for each in found if each.ours] == []
    desk.get_by_role("button", name="End the room").click()
    ana.get_by_text("The room has ended").wait_for()
    fair(desk, ana)
