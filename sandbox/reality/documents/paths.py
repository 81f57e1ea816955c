"""Values of a document with their places, as `$.clients[0].redirectUris`."""

from __future__ import annotations

import re
from typing import Any

from sandbox.reality.finding import Evidence

Json = Any
ABSENT = "(absent)"


def members(value: Json) -> dict[str, Json]:
    """The value, if it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Json) -> list[Json]:
    """The value, if it is a list; else an empty one."""
    return value if isinstance(value, list) else []


def words(value: Json) -> list[str]:
    """The texts of a list."""
    return [v for v in items(value) if isinstance(v, str)]


def here(path: str, value: Json = "") -> Evidence:
    """A place, with what stands there."""
    shown = ", ".join(map(str, value[:20])) if isinstance(value, list) else "" if isinstance(value, dict) else str(value)
    return Evidence(path, value=shown)


def step(path: str, name: str) -> str:
    """The place of a member."""
    return f"{path}.{name}" if re.fullmatch(r"[A-Za-z_][\w-]*", name) else f'{path}["{name}"]'


def missing(path: str) -> Evidence:
    """The place where nothing is."""
    return Evidence(path, value=ABSENT)


def is_on(value: Json) -> bool:
    """True, as JSON or as a text: exports write both."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def number(value: Json) -> int | None:
    """A whole number, as JSON or as a text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 12 else None
