"""Whole numbers as people write them where only digits are read: with a unit, a colon, an exponent; and what to write instead."""

from __future__ import annotations

import math
import re
from typing import Any

LONGEST = 40  # characters of text that can be meant as a number
TIMED = {"seconds": 1, "grace": 1, "window": 1, "minutes": 60}  # key -> seconds of its unit
UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}
CLOCK = re.compile(r"\d{1,4}(:[0-5]?\d){1,2}")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:[_ ,.'’\u00a0\u202f]\d{3})+|[+-]?\d+(?:_\d+)+")
MEASURED = re.compile(r"(\d{1,9})\s*([a-z]+?)s?", re.IGNORECASE)


def cure(given: Any, key: str) -> str:
    """What to write instead of this value under this key, where a whole number belongs."""
    if isinstance(given, float):
        return _rounded(given)
    text = given.strip() if isinstance(given, str) and len(given) <= LONGEST else ""
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return "write the number without quotes"
    return f"write {number}" if (number := _meant(text, key)) is not None else "write a whole number in digits, such as 60"


def _rounded(given: float) -> str:
    down, up = math.floor(given), math.ceil(given)
    return f"write {down}" if down == up else f"write {down} or {up}"


def _meant(text: str, key: str) -> int | None:
    """The number that was probably meant."""
    if CLOCK.fullmatch(text) and key in TIMED:
        number = 0
        for part in text.split(":"):
            number = number * 60 + int(part)
        return number
    if GROUPED.fullmatch(text):
        return int(re.sub(r"[^\d+-]", "", text))
    if (found := MEASURED.fullmatch(text)) and (unit := UNITS.get(found[2].lower())) and key in TIMED:
        seconds = int(found[1]) * unit
        return seconds // TIMED[key] if seconds % TIMED[key] == 0 else None
    return int(text) if text.isdecimal() and len(text) < 19 else None
