"""Words that somebody could say, in some language, told from those that a machine made of small letters and digits.

In random letters most neighbours are pairs that hardly a word has (`qz`, `kx`), and letters and digits take turns. A word of a person,
a name, a number of an order or of a version has few of both.
"""

from __future__ import annotations

import re
from itertools import pairwise

WORDS = re.compile(r"[a-z0-9]{16,}", re.ASCII)  # what is shorter is too short to tell
# The letters that follow each letter in words of English, German, Romance and Slavonic languages, and of scripts that were transliterated.
FOLLOWS = {
    "a": "abcdfgiklmnprstuvwxy", "b": "aeilorsuy", "c": "acdehiklmorstuy", "d": "acdegilorstu", "e": "abcdefgiklmnopqrstvwxy",
    "f": "aefilorstuy", "g": "aeghilmnorsu", "h": "aeilortuy", "i": "abcdefgklmnoprstvxz", "j": "aeo", "k": "aeis", "l": "adefilopstuy",
    "m": "abeilmopsu", "n": "acdefgiklnostuvy", "o": "abcdefgiklmnoprstuvwx", "p": "acehiloprstuy", "q": "u", "r": "abcdefgiklmnoprstuvy",
    "s": "acdefhiklmnopqstuy", "t": "acdefhilmnoprstuwy", "u": "abcdefgilmnoprst", "v": "aeio", "w": "aehinors", "x": "ceipt",
    "y": "lmnopst", "z": "aei",
}  # fmt: skip


def unspoken(text: str) -> bool:
    """Whether a word in it was made by a machine: at least 16 letters and digits, of which 35 in a hundred neighbours are no word's."""
    return any(20 * _odd(word) >= 7 * (len(word) - 1) for word in WORDS.findall(text.lower()))


def _odd(word: str) -> int:
    """How many neighbours are a letter and a digit, or two letters that hardly follow each other in a word."""
    return sum(a.isdigit() != b.isdigit() or (a.isalpha() and b.isalpha() and b not in FOLLOWS[a]) for a, b in pairwise(word))
