"""What a piece of work costs, counted in calls of functions: a measure that no busy machine can change."""

from __future__ import annotations

import cProfile
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

LIMIT = 1_000_000  # calls that no single hostile input may need
STUCK = 20  # seconds of processor time after which something is taken to hang: a call count does not see inside a regular expression


def total(profile: cProfile.Profile) -> int:
    return sum(entry.callcount for entry in profile.getstats())


def calls(act: Callable[[], Any]) -> int:
    """How many functions were called, those of Python and those of C."""
    profile = cProfile.Profile()
    profile.runcall(act)
    return total(profile)


@contextmanager
def bounded(what: str, limit: int = LIMIT) -> Iterator[None]:
    """Fails if the block needs more calls than this, or hangs."""

    def stuck(*_: Any) -> None:
        raise AssertionError(f"{what} hangs: it took {STUCK} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stuck)
    signal.setitimer(signal.ITIMER_VIRTUAL, STUCK)
    profile = cProfile.Profile()
    try:
        with profile:
            yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    assert total(profile) <= limit, f"{what} took {total(profile)} calls"
