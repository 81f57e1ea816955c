"""Bounded memory for parties that are really served and never end; in the simulation nothing calls this."""

from __future__ import annotations

from itertools import islice
from typing import Any


def keep_newest(kept: dict[Any, Any] | list[Any], limit: int) -> None:
    """Drop the oldest entries once there are a quarter too many, so that the cost is spread."""
    surplus = len(kept) - limit
    if surplus * 4 < limit:
        return
    if isinstance(kept, list):
        del kept[:surplus]
    else:
        for key in list(islice(kept, surplus)):
            del kept[key]
