"""How much is tried: a bounded part, always the same, in `make test`; all of it in `make long`, which sets LONG=1."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
LONG = os.environ.get("LONG") == "1"


def effort(usual: int, long: int) -> int:
    """This many inputs, rounds or examples."""
    return long if LONG else usual


def some(things: Sequence[T], usual: int) -> list[T]:
    """So many of the things, evenly spread from the first to the last; all of them in `make long`."""
    if LONG or usual >= len(things):
        return list(things)
    return [things[round(i * (len(things) - 1) / max(1, usual - 1))] for i in range(usual)]
