"""How long something lasts, as people write it: seconds, or a number with a unit, such as `5m`."""

from __future__ import annotations

import re

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = 3650 * 86400  # seconds: ten years
FORM = re.compile(r"([0-9]{1,10})\s?([smhd]?)")


def seconds_of(text: str) -> int:
    """The seconds that `300`, `300s`, `5m`, `1h` or `30d` are.  Raises ValueError with what to write instead."""
    found = FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError("write seconds such as 300, or a number with a unit: 90s, 5m, 1h, 30d")
    seconds = int(found[1]) * UNITS[found[2] or "s"]
    if not 1 <= seconds <= LONGEST:
        raise ValueError("write something between 1s and 3650d")
    return seconds


def written(seconds: int) -> str:
    """The shortest way to write it: `5m` for 300."""
    unit = next((u for u in reversed(UNITS) if seconds >= UNITS[u] and seconds % UNITS[u] == 0), "s")
    return f"{seconds // UNITS[unit]}{unit}"
