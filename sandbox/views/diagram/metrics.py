"""How wide text is at most, whatever sans-serif a machine draws it with.

`widths.json` has the advance of each common character in the widest of nine fonts; tests/tools/font_widths.py writes it and names
them.  Other characters are estimated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from unicodedata import combining, east_asian_width

_EM = 1000  # widths are in thousandths of the font size
_LETTER, _WIDE = 900, 1300  # estimates: of most alphabets, and of what is as wide as it is high


@dataclass(frozen=True, slots=True)
class Font:
    """Size in points, and weight.  The family is the same everywhere."""

    size: float
    bold: bool = False

    @property
    def line(self) -> float:
        """Points from one baseline to the next, as Graphviz sets them."""
        return self.size * 1.2


PLAIN = Font(11)
STRONG = Font(11, bold=True)
FINE = Font(10)
TINY = Font(9)


class _Widths(dict[str, int]):
    """Character -> width, of others an estimate."""

    def __missing__(self, character: str) -> int:
        if combining(character):
            return 0
        return _WIDE if east_asian_width(character) in "WF" or character > "\uffff" else _LETTER


_TABLES = {weight: _Widths(widths) for weight, widths in json.loads(Path(__file__).with_name("widths.json").read_text("utf-8")).items()}


def measure(text: str, font: Font = PLAIN) -> float:
    """Points that a line of text needs at most."""
    return sum(map(_TABLES["bold" if font.bold else "regular"].__getitem__, text)) * font.size / _EM


def estimated(text: str) -> bool:
    """Whether the text has characters that the table lacks, so that a font may draw it wider than `measure` says."""
    return not _TABLES["regular"].keys() >= set(text)
