"""The dates of a token in words: `expires in 5 minutes`, `issued about 3 years ago`, and why a value is no date.

Now is whatever the caller says: the lab asks the clock of the world in which the token was shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.core.clock import clock_time
from sandbox.core.text import cut, plural
from sandbox.protocol.tokens import no_date

REFS = {"exp": "RFC 7519 §4.1.4", "nbf": "RFC 7519 §4.1.5", "iat": "RFC 7519 §4.1.6", "auth_time": "OIDC Core §2"}
UNITS = (("year", 31_557_600), ("month", 2_629_800), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))  # seconds each


@dataclass(frozen=True, slots=True)
class Dated:
    """One claim that is to be a date: in words, in UTC, and `fault`, why it is none ('' if it is one)."""

    claim: str
    words: str
    date: str
    ref: str
    fault: str = ""


def dates(claims: Mapping[str, Any], now: int) -> tuple[Dated, ...]:
    """The dates among the claims, seen from `now` (seconds since 1970)."""
    return tuple(_dated(name, claims[name], now) for name in REFS if name in claims)


def _dated(name: str, value: Any, now: int) -> Dated:
    if fault := no_date(value):
        return Dated(name, _cured(name, value, fault), cut(str(value), 40), REFS[name], fault)
    return Dated(name, _words(name, value - now), clock_time(value), REFS[name])


def _cured(name: str, value: Any, fault: str) -> str:
    """What is wrong with a date, and what to write instead if that can be seen."""
    said = f"{name} is {fault}: it must be a number of seconds since 1970 (RFC 7519 §2)."
    if fault.startswith("milliseconds"):
        return f"{said} {int(value) // 1000} would be {clock_time(int(value) // 1000)}."
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12 and not no_date(int(value)):
        return f"{said} Without the quotes it would be {clock_time(int(value))}."
    return said


def _words(name: str, ahead: float) -> str:
    """How far ahead of now, in seconds, a date is, in the words that belong to its claim."""
    span = in_words(abs(ahead))
    if name == "exp":
        return f"expires in {span}" if ahead > 0 else f"expired {span} ago" if ahead < 0 else "expires at this very second"
    if name == "nbf":
        return f"not good for another {span}" if ahead > 0 else f"good since {span} ago" if ahead < 0 else "good from this second on"
    what = "issued" if name == "iat" else "signed in"
    return f"{what} {span} from now: that is in the future" if ahead > 0 else f"{what} {span} ago" if ahead < 0 else f"{what} just now"


def life(claims: Mapping[str, Any]) -> float | None:
    """For how many seconds a token lives, from `iat` to `exp`; None if the claims do not say."""
    begins, ends = claims.get("iat"), claims.get("exp")
    if begins is None or ends is None or no_date(begins) or no_date(ends):
        return None
    return float(ends - begins)


def in_words(seconds: float) -> str:
    """`5 minutes`, or `about 3 years` where it is not exactly that; in the largest unit of which there are two, or exactly one."""
    whole = int(seconds)
    for unit, size in UNITS:
        if whole == size or whole >= 2 * size:
            about = "" if whole % size == 0 and size < 1_000_000 else "about "
            return f"{about}{plural(round(whole / size), unit)}"
    return plural(whole, "second")
