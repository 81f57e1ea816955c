"""Known secrets found again in any text, in clear or URL-encoded, base64, hex, as JSON or HTML would write them.

A long needle is found by its first grams: whatever its place in the text, one window at a multiple of eight lies in its first fifteen
characters.  So a text costs an eighth of its length, however many secrets there are.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

GRAM = 8
LONG = 2 * GRAM - 1  # characters from which a needle has a whole window wherever it stands


class Needles:
    """Secrets, each with what replaces it."""

    def __init__(self) -> None:
        self._grams: dict[str, list[str]] = {}
        self._long: dict[str, str] = {}
        self._short: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._word: re.Pattern[str] | None = None

    def add(self, value: str, instead: str, *, whole_word: bool = False, encoded: bool = True) -> None:
        """A secret; `whole_word` if it may be part of an innocent word, `encoded` if it is sought in other writings, too."""
        if whole_word:
            self._words[value] = instead
            self._word = None
        else:
            self._put(value, instead)
        if encoded:
            for text in writings(value):
                self._put(text, instead)

    def _put(self, text: str, instead: str) -> None:
        if len(text) < LONG:
            self._short[text] = instead
        elif text not in self._long:
            self._long[text] = instead
            for at in range(GRAM):
                self._grams.setdefault(text[at : at + GRAM], []).append(text)

    def sweep(self, text: str) -> str:
        """The text with every secret replaced."""
        grams = self._grams
        hits = {needle for at in range(0, len(text), GRAM) if (found := grams.get(text[at : at + GRAM])) for needle in found}
        for needle in sorted(hits, key=len, reverse=True):
            if needle in text:
                text = text.replace(needle, self._long[needle])
        for short, instead in self._short.items():
            if short in text:
                text = text.replace(short, instead)
        if self._words:
            self._word = self._word or re.compile(
                rf"(?<![\w#])(?:{'|'.join(map(re.escape, sorted(self._words, key=len, reverse=True)))})(?!\w)"
            )
            text = self._word.sub(lambda m: self._words[m[0]], text)
        return text


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
    return (text for text in sorted(found) if text != value and len(text) >= GRAM)
