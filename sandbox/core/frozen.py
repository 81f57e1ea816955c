"""Values that never change, shared by copies of what holds them."""

from __future__ import annotations

from typing import Any, Self


class Frozen:
    """Base of a frozen dataclass whose parts are frozen, too: a deep copy of its owner keeps this very object."""

    __slots__ = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self
