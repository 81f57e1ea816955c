"""How long something goes on working: the longest wait after which it still does, found by trying."""

from __future__ import annotations

from collections.abc import Callable

HORIZON = 400 * 86400  # seconds; whatever still works after this is taken to work for ever


def longest(works: Callable[[int], bool], horizon: int = HORIZON) -> int | None:
    """The largest number of seconds for which `works` is true, or None if it is true at the horizon.

    `works(0)` must be true, and once it is false it must stay false.
    """
    good, bad = 0, 60
    while works(bad):
        good, bad = bad, bad * 4
        if bad > horizon:
            return None
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if works(middle) else (good, middle)
    return good
