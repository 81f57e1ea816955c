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
from tests.support.browsing import AUD, IDLE, READY, new_context
from tests.support.paths import DATA

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
    if SEEN and len(mine) == 2 * len(PAGES) + 1 and os.environ.get("PYTEST_XDIST_WORKER") is None:
        assert SEEN == LISTED
    assert len(LISTED) <= 3
