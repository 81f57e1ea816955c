"""Scalars of YAML: what unquoted text stands for by the core schema (YAML 1.2.2 §10.3.2), and text that stands for itself."""

from __future__ import annotations

import json
import re
from typing import Any

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BASES = {"0o": 8, "0x": 16}


def plain(text: str) -> Any:
    """What unquoted text stands for: null, a boolean, a number, or the text itself.  ValueError: a number JSON cannot carry."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > 18:
            raise ValueError("too long")
        return int(text.removeprefix("0o").removeprefix("0x"), _BASES.get(text[:2], 10))
    if _FLOAT.fullmatch(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise ValueError("too large")
        return number
    if _ENDLESS.fullmatch(text):
        raise ValueError("not a number")
    return text


def in_quotes(text: str) -> str:
    """Text that is read as this text.  JSON writes it as YAML does, except that it can escape one character as a pair of surrogates."""
    return json.dumps(text, ensure_ascii=False)
