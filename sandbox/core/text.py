"""Text from strangers, for messages and pages: hidden characters spelled out, long words shortened, the nearest known word.

Control characters, bidirectional overrides, zero-width marks, halves of surrogate pairs.  Scenario files may not have them at all:
see `source.py`.  The scripts of the front end do the same: see `dom.js`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)


def spelled(text: object) -> str:
    """The text with each of them as ⟦U+202E⟧; tabs and line feeds stay."""
    return HIDDEN.sub(lambda m: f"⟦U+{ord(m[0]):04X}⟧", str(text))


def clean(text: object, limit: int = 400) -> str:
    """One-line text without invisible characters, at most `limit` characters long."""
    seen = spelled(str(text)[: 4 * limit]).replace("\n", " ").replace("\t", " ")
    return seen if len(seen) <= limit else seen[: limit - 1] + "…"


LONGEST = 60  # characters of a word that a message repeats, or that is compared with others


def quoted(word: str) -> str:
    """What somebody wrote, for a message: in quotes and not too long."""
    return repr(word if len(word) <= LONGEST else word[:LONGEST] + "…")


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` or nothing."""
    close = difflib.get_close_matches(word, list(known), 1, 0.5) if len(word) <= LONGEST else []
    return f"; did you mean {close[0]!r}?" if close else ""
