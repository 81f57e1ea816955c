"""The one reader of JSON that comes from others: in tokens, in bodies, in what a client registers.

Stricter than Python's, which guesses encodings, takes NaN, lets the last of two names win, and makes infinity of 1e400: wherever two
readers disagree, somebody can say one thing to the one and another to the other (RFC 8259 §4, §6, §8.1;
RFC 7519 §4).
"""

from __future__ import annotations

import json
from math import isinf
from typing import Any, NoReturn

MAX_NESTING = 64
LONGEST_INTEGER = 308  # digits; what is longer is no number to most readers (RFC 8259 §6)
MARK = "\ufeff"


class NotJson(ValueError):
    """The text is not JSON; the message goes on from a subject: `is not UTF-8`, `has NaN, ...`."""


def read(text: str | bytes) -> Any:
    """The value.  Raises NotJson."""
    if isinstance(text, bytes):
        try:
            text = text.decode()
        except UnicodeDecodeError:
            raise NotJson("is not UTF-8") from None
    if text.startswith(MARK):
        raise NotJson("begins with a byte order mark")
    try:
        value = _DECODER.decode(text)
    except NotJson:
        raise
    except (ValueError, RecursionError):
        raise NotJson("is not JSON") from None
    if text.count("{") + text.count("[") > MAX_NESTING and nested(value):
        raise NotJson(f"is nested more than {MAX_NESTING} deep")
    return value


def nested(value: Any) -> bool:
    """Whether a JSON value is nested more than MAX_NESTING deep: what nobody means, and what breaks those who walk or print it."""
    level = [value]
    for _ in range(MAX_NESTING):
        level = [v for x in level if isinstance(x, dict | list) for v in (x.values() if isinstance(x, dict) else x)]
        if not level:
            return False
    return True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise NotJson("has a name twice in one object")
    return out


def _integer(text: str) -> int:
    if len(text) > LONGEST_INTEGER:
        raise NotJson("has a number that is too large")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise NotJson("has a number that is too large")
    return value


def _constant(name: str) -> NoReturn:
    raise NotJson(f"has {name}, which is no number in JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_integer, parse_float=_float, parse_constant=_constant)
