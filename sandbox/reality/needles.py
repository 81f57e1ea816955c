"""Known secrets found again in any text, in clear or URL-encoded, base64, hex, as JSON or HTML would write them.

A needle is found by its first grams: whatever its place in the text, one window at a multiple of eight lies in its first fifteen
characters (of four, in its first seven).  So a text costs a part of its length, however many secrets there are.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

GRAMS = (8, 4)  # a needle is found by the widest grams of which it has a whole window wherever it stands
SHORTEST = 2 * GRAMS[-1] - 1  # characters; what is shorter is found as a word
WRITTEN = 8  # characters from which another writing of a value means nothing else
WORD = re.compile(r"\w+")


class Needles:
    """Secrets, each with what replaces it."""

    def __init__(self) -> None:
        self._grams: dict[int, dict[str, list[str]]] = {width: {} for width in GRAMS}
        self._instead: dict[str, str] = {}
        self._bounded: set[str] = set()
        self._words: dict[str, str] = {}

    def add(self, value: str, instead: str, *, whole_word: bool = False, encoded: bool = True) -> None:
        """A secret; `whole_word` if it may be part of an innocent word, `encoded` if it is sought in other writings, too."""
        if len(value) < SHORTEST:
            self._words[value] = instead
        else:
            self._put(value, instead)
            if whole_word:
                self._bounded.add(value)
        for text in writings(value) if encoded else ():
            self._put(text, instead)

    def _put(self, text: str, instead: str) -> None:
        if text in self._instead:
            return
        self._instead[text] = instead
        width = next(width for width in GRAMS if len(text) >= 2 * width - 1)
        for at in range(width):
            self._grams[width].setdefault(text[at : at + width], []).append(text)

    def sweep(self, text: str, *, address: bool = False) -> str:
        """The text with every secret replaced; in an `address` by what may stand there."""
        hits: set[str] = set()
        for width, grams in self._grams.items():
            if grams:
                hits.update(needle for at in range(0, len(text), width) if (found := grams.get(text[at : at + width])) for needle in found)
        for needle in sorted(hits, key=lambda n: (-len(n), n)):
            if needle in text:
                text = self._replaced(text, needle, address)
        if self._words and not self._words.keys().isdisjoint(WORD.findall(text)):
            text = WORD.sub(lambda m: _spelled(self._words.get(m[0], m[0]), address), text)
        return text

    def _replaced(self, text: str, needle: str, address: bool) -> str:
        instead = _spelled(self._instead[needle], address)
        if needle in self._bounded:
            return re.sub(rf"(?<!\w){re.escape(needle)}(?!\w)", lambda _: instead, text)
        return text.replace(needle, instead)


def _spelled(instead: str, address: bool) -> str:
    """A placeholder as it is written in an address, where `#` would begin the fragment."""
    return instead.replace("#", "%23") if address else instead


def writings(value: str) -> Iterator[str]:
    """The value in other writings: each that differs from it, and is long enough to mean nothing else."""
    raw = value.encode("utf-8", "surrogatepass")
    once = quote(value, safe="", errors="surrogatepass")
    found = {once, quote(once, safe=""), quote_plus(value, errors="surrogatepass"), json.dumps(value)[1:-1], html.escape(value)}
    found |= {raw.hex(), raw.hex().upper()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        core = encoded[(0, 2, 3)[shift] : len(encoded) - (1 if (shift + len(raw)) % 3 else 0)]
        found |= {core, core.replace("+", "-").replace("/", "_")}
    return (text for text in sorted(found) if text != value and len(text) >= WRITTEN)
