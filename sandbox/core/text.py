"""Text from strangers: invisible characters are spelled out, long texts shortened, Markdown is escaped.

A text that is spelled out on show may not be in a file in the first place: `language/source.py` refuses what HIDDEN finds.  The
scripts of the front end get the same table from `hidden_in_javascript`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable

Range = tuple[int, int]  # first and last code point

# What takes no room on a screen, or makes others move there: the default ignorable code points of Unicode 17, control characters
# except tab and line feed, separators of lines and paragraphs, annotation marks, halves of surrogate pairs, noncharacters.
UNSEEN: tuple[Range, ...] = (
    (0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F),  # control characters
    (0xAD, 0xAD), (0x034F, 0x034F),  # soft hyphen, combining grapheme joiner
    (0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069),  # directions of writing
    (0x115F, 0x1160), (0x3164, 0x3164), (0xFFA0, 0xFFA0), (0x17B4, 0x17B5),  # letters of Hangul and Khmer without a shape
    (0x180E, 0x180E), (0x200B, 0x200B), (0x2060, 0x2065), (0x206A, 0x206F), (0xFEFF, 0xFEFF),  # of no width
    (0x2028, 0x2029), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),  # separators, annotations, shorthand, music
    (0xFE00, 0xFE0D), (0xE0000, 0xE0FFF),  # variation selectors, tags: whole messages can be written in them
    (0xD800, 0xDFFF), (0xFDD0, 0xFDEF), (0xFFFE, 0xFFFF),  # no characters at all
)  # fmt: skip

# These change the shape of the character before them, and some scripts and many pictographs cannot be written without them.  They
# are hidden where they change nothing, as behind each letter, digit and sign of which addresses and identifiers are made.
JOINERS: tuple[Range, ...] = ((0x200C, 0x200D),)
SELECTORS: tuple[Range, ...] = ((0x180B, 0x180D), (0x180F, 0x180F), (0xFE0E, 0xFE0F))
SHAPED: tuple[Range, ...] = (
    (0x0600, 0x109F), (0x1780, 0x1CFF), (0xA840, 0xABFF),  # Arabic, Indic and other scripts of Asia
    (0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x205E), (0x2100, 0x33FF), (0x1F000, 0x1FAFF),  # signs and pictographs
)  # fmt: skip


def _pattern(escape: Callable[[int], str]) -> str:
    """The regular expression of all hidden characters; `escape` writes a code point as the language of the expression wants it."""
    unseen, joiners, selectors, shaped = (
        "".join(f"{escape(first)}-{escape(last)}" for first, last in ranges) for ranges in (UNSEEN, JOINERS, SELECTORS, SHAPED)
    )
    kept = (f"[{shaped}][{joiners}]", f"[{shaped}]{escape(0xFE0F)}[{joiners}]", f"[{shaped}][{selectors}]")
    return f"[{unseen}{joiners}{selectors}]" + "".join(f"(?<!{place})" for place in kept)


HIDDEN = re.compile(_pattern(lambda point: f"\\U{point:08x}"))


def hidden_in_javascript() -> str:
    """The source of the same regular expression for JavaScript, with the flag u."""
    return _pattern(lambda point: f"\\u{{{point:x}}}")


def spelled(text: object) -> str:
    """The text with each hidden character as ⟦U+202E⟧; tabs and line feeds stay."""
    return HIDDEN.sub(lambda m: f"⟦U+{ord(m[0]):04X}⟧", str(text))


# ---------------------------------------------------------------- shortened


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of the text; the last one is an ellipsis if something is missing."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean(text: object, limit: int | None = 400) -> str:
    """The text in one line, with hidden characters spelled out, cut to `limit` characters; None for all of it."""
    whole = str(text)
    line = spelled(whole if limit is None else whole[: limit + 1]).replace("\n", " ").replace("\t", " ")
    return line if limit is None else cut(line, limit)


def short(text: str, most: int = 40) -> str:
    """A word of a file for a message about the file, which is plain text: one line, blanks run together, `...` if something is missing."""
    line = " ".join(clean(text[:most], None).split())
    return line if len(text) <= most else f"{line}..."


def plural(n: int, noun: str, more: str = "") -> str:
    """A number and what is counted: `1 state`, `1,024 states`; `more` is the plural where it is not the noun with an s."""
    return f"{n:,} {noun if n == 1 else more or f'{noun}s'}"


LONGEST = 60  # characters of a word that a message repeats, or that is compared with others


def quoted(word: str) -> str:
    """A word of a command or an address for a message about it: in quotes and not too long."""
    return repr(cut(word, LONGEST + 1))


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` or nothing."""
    found = close(word, known)
    return f"; did you mean {found!r}?" if found else ""


def close(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one; '' if none is."""
    return next(iter(difflib.get_close_matches(word, list(known), 1, 0.5) if len(word) <= LONGEST else []), "")


# ---------------------------------------------------------------- escaped

# Marks that can mean something in a line of Markdown, of GitHub's or of Streamlit's kind.  A hyphen or underscore inside a word and a
# colon before a blank never do; a sign of a list only at the beginning of the line.
_MARKS = re.compile(r"(?:(?<![A-Za-z0-9])|(?=.(?![A-Za-z0-9])))[-_]|:(?! |$)|[\\`*\[\]<>|#$~&@]|^[+=]|(?<=www)\.", re.I)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")


def md(text: object) -> str:
    """The text in one line, escaped so that Markdown shows it as it is."""
    return _NUMBERED.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", clean(text, None).strip()))
