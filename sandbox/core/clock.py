"""Time.  The only module that may know what time it is; everything else asks the clock it was given."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

LATEST = 4_102_444_800  # 2100-01-01: beyond, some clients' dates end
START = 1_800_000_000  # 2027-01-15 08:00:00 UTC, the first second of every simulated run


class Clock:
    """Virtual time in whole seconds since 1970.  It stands still until it is told to move."""

    def __init__(self, start: int = START) -> None:
        self._now = start

    def now(self) -> int:
        return self._now

    def advance(self, seconds: int) -> None:
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._now += seconds


class WallClock(Clock):
    """Real time, for parties that are really served.  `advance` puts it ahead."""

    def __init__(self) -> None:
        super().__init__(0)

    def now(self) -> int:
        return int(time.time()) + self._now


class Stopwatch:
    """Real seconds since it was made, for those who wait for an answer; nothing that is computed depends on it."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start


def clock_time(seconds: object) -> str:
    """A NumericDate as people write it, in UTC; anything else as it is."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 4e10:
        return str(seconds)
    return datetime.fromtimestamp(seconds, UTC).isoformat(" ", "seconds")[:19]


def moment(text: str) -> int:
    """The second that a date of ISO 8601 names, in UTC where it names no zone, or seconds since 1970.  Raises ValueError."""
    try:
        found = int(text) if text.isascii() and text.isdigit() else int(_aware(datetime.fromisoformat(text)).timestamp())
    except (ValueError, OverflowError):
        raise ValueError("write a time such as 2027-01-15T08:00:00Z, or seconds since 1970") from None
    if not 0 < found < LATEST:
        raise ValueError("write a time between 1970 and 2100")
    return found


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def clock_times(text: str) -> list[int]:
    """The seconds since 1970 of all times in a text, as `clock_time` writes them."""
    return [int(datetime.fromisoformat(f"{t}+00:00").timestamp()) for t in re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text)]
