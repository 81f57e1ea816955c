"""The longest wait after which something still works, found by trying."""

from __future__ import annotations

from collections.abc import Callable, Iterable

HORIZON = 400 * 86400  # seconds; whatever still works after this is taken to work for ever


def last_second(works: Callable[[int], bool], guesses: Iterable[int] = (), horizon: int = HORIZON) -> int | None:
    """The largest number of seconds for which `works` is true, or None if it is true at the horizon.

    `works(0)` must be true, and once it is false it must stay false.  A good guess saves most of the search, a bad one costs one
    try: nothing is believed that was not tried, at that second and at the one after it.
    """
    good, bad = 0, horizon + 1
    for guess in guesses:
        if good < guess < bad:
            good, bad = _narrowed(works, good, bad, guess)
            good, bad = _narrowed(works, good, bad, guess + 1) if good == guess else (good, bad)
    step = 60
    while bad - good > 1:
        middle = min(good + step, bad - 1) if bad > horizon else (good + bad) // 2
        good, bad = _narrowed(works, good, bad, middle)
        step *= 4
    return good if bad <= horizon else None


def _narrowed(works: Callable[[int], bool], good: int, bad: int, middle: int) -> tuple[int, int]:
    return (middle, bad) if works(middle) else (good, middle)
