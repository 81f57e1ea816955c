"""Waiting for a condition: the only file of the tests that may look at a clock or sleep."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")
PAUSE = 0.05  # seconds between two looks


def until(look: Callable[[], T], what: str, seconds: float = 60) -> T:
    """The first true answer.  The limit is for what never comes, not for what comes late: it fails with `what` was waited for."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"waited {seconds:g} s in vain for {what}"
        time.sleep(PAUSE)
    return found


def passing(seconds: float) -> Iterator[float]:
    """The part of so many seconds that has passed, again and again until all have."""
    start = time.monotonic()
    while (part := (time.monotonic() - start) / seconds) < 1:
        yield part
