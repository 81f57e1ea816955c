"""Text that fits: wrapped or cut to the room it has.  Strange text is cleaned first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.core.text import clean
from sandbox.views.diagram.metrics import PLAIN, Font, measure

_WORDS = re.compile(r"\s+|\d{1,2} [^\s/]+|/?[^\s/]+|/")  # an address may break before a slash; a number keeps its word
_PARTS = re.compile(r"[^?&_.,=:;+-]*[?&_.,=:;+-]+|[^?&_.,=:;+-]+")  # and, if that is not enough, after punctuation


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text in one font; empty if there is nothing to say."""

    lines: Sequence[str] = ()
    font: Font = PLAIN

    def __bool__(self) -> bool:
        return any(self.lines)

    @property
    def width(self) -> float:
        """Points that the widest line needs at most."""
        return max((measure(line, self.font) for line in self.lines), default=0.0)

    @property
    def height(self) -> float:
        return len(self.lines) * self.font.line


def label(text: str, room: float, lines: int = 1, font: Font = PLAIN) -> Label:
    """The text in at most so many lines that are at most so wide; they are about equally long."""
    if not text:
        return Label()
    full = wrapped(text, room, lines, font)
    return Label(full if len(full) == 1 else _balanced(clean(text), full, room, font), font)


def clipped(text: str, room: float, font: Font = PLAIN) -> str:
    """As much of the text as fits, with an ellipsis if something is missing."""
    if measure(text, font) <= room:
        return text
    while text and measure(text + "…", font) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, room: float, lines: int, font: Font = PLAIN) -> list[str]:
    """The cleaned text in at most `lines` lines, broken at blanks and punctuation; inside a word only if it alone is too long."""
    out = [""]
    for word in _WORDS.findall(clean(text).strip()):
        fits = measure(word.strip(), font) <= room
        for piece in [word] if fits else [p for part in _PARTS.findall(word) for p in _pieces(part, room, font)]:
            if measure((out[-1] + piece).rstrip(), font) <= room:
                out[-1] += piece
            else:
                out.append(piece.lstrip())
    out = [line.strip() for line in out if line.strip()] or [""]
    if len(out) > lines:
        out = [*out[: lines - 1], clipped(" ".join(out[lines - 1 :]), room, font)]
    return out


def _balanced(text: str, full: list[str], room: float, font: Font) -> list[str]:
    """As many lines as the full ones, with the least room in which no word has to be broken."""
    least = max(measure(text, font) / len(full), *(measure(word, font) for word in _WORDS.findall(text)))
    while least < room:
        out = wrapped(text, least, len(full) + 1, font)
        if len(out) <= len(full):
            return out
        least += font.size / 2
    return full


def _pieces(word: str, room: float, font: Font) -> list[str]:
    """A word cut into parts that fit a line."""
    out = [""]
    for c in word:
        if out[-1] and measure(out[-1] + c, font) > room:
            out.append("")
        out[-1] += c
    return out
