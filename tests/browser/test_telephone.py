"""On a telephone nothing lies out of sight to the right: tables are stacks, choices and buttons stand below one another."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browsing import opened

SIZE = {"width": 390, "height": 844}
MAIN = '[data-testid="stMain"]'
CELLS = "(e) => Array.from(e.querySelector('tbody tr:not(.group)').querySelectorAll('td'), (c) => [c.dataset.label, Math.round(c.getBoundingClientRect().x)])"
CHOICES = '[data-testid="stButtonGroup"] button'


def scrolls(where: Any) -> bool:
    """Whether a part of this lies out of sight to the right."""
    return bool(where.evaluate("(e) => e.scrollWidth > e.clientWidth + 1"))


@pytest.mark.parametrize("path", ["play?scenario=missing-aud-replay", "compare"])
def test_the_page_is_not_wider_than_the_window_and_every_choice_is_in_sight(page: Any, app: str, path: str) -> None:
    page.set_viewport_size(SIZE)
    opened(page, f"{app}/{path}")
    assert not scrolls(page.locator(MAIN))
    assert all(box["x"] + box["width"] <= SIZE["width"] for box in (c.bounding_box() for c in page.locator(CHOICES).all()))


def test_a_story_with_many_parties_has_the_whole_width_too(page: Any, app: str) -> None:
    page.set_viewport_size(SIZE)
    opened(page, f"{app}/play?scenario=log-out-everywhere")
    page.locator(".stepper.crowded").wait_for()
    widths = {part: page.locator(f".stepper {part}").bounding_box()["width"] for part in (".story", ".seq", ".detail", ".bar")}
    assert set(widths.values()) == {page.locator(".stepper").bounding_box()["width"]}


@pytest.mark.parametrize(("path", "kind"), [("", "comparison"), ("matrix", "matrix")])
def test_a_table_is_a_stack_in_which_each_cell_says_its_column(page: Any, app: str, path: str, kind: str) -> None:
    page.set_viewport_size(SIZE)
    opened(page, f"{app}/{path}", stepper=False)
    board = page.locator(f".board.{kind}").first
    board.wait_for()
    assert not scrolls(board)
    cells = board.evaluate(CELLS)  # at once: the matrix is drawn anew while it fills
    assert [label for label, _ in cells] == ["Naive JWT", "JWT done properly", "OAuth 2.0, basic", "OAuth 2.0, best practice"]
    assert len({x for _, x in cells}) == 1
