"""The text of a file, positions in it, and problems at them: line, column, message, cure.

Text that is too large, that is not UTF-8, or that has characters nobody sees is refused here; what YAML makes of the rest is in
`reading.py`.
"""

from __future__ import annotations

import errno
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from sandbox.core.text import HIDDEN
from sandbox.language.foreign import foreign

MAX_BYTES = 256 * 1024
MAX_PROBLEMS = 20  # that are shown
MAX_LISTED = 100  # that are counted: whoever wrote more needs no longer list
WIDTH = 120

LONG_TAG = re.compile(r"(?<![^\s\[\]{},])![^\s]{300}")

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file: where (1-based), what, and what to do about it."""

    file: str
    line: int
    column: int
    message: str
    cure: str
    source_line: str

    def __str__(self) -> str:
        shown, caret = _window(self.source_line, self.column)
        excerpt = f"  {shown}\n  {' ' * caret}^\n" if self.source_line else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}\n{excerpt}  cure: {self.cure}"


class ScenarioError(ValueError):
    """A file that cannot be used.  `problems` are in the order of the file, `more` counts those that are not shown."""

    def __init__(self, problems: list[Problem]) -> None:
        ordered = sorted(problems, key=lambda p: (p.line, p.column))
        self.problems = tuple(ordered[:MAX_PROBLEMS])
        self.more = len(ordered) - len(self.problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        more = [f"... and {self.more} more"] if self.more else []
        return "\n\n".join([*map(str, self.problems), *more])


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it begins.  `children` by key or number; `keys` has the positions of a map's keys."""

    line: int
    column: int
    value: Any = None
    children: dict[str | int, Node] = field(default_factory=dict)
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    def find(self, loc: Loc, on_key: bool = False) -> tuple[int, int]:
        """Line and column of the value at `loc`, or of its key; of the nearest value around it if it is not there."""
        node = self
        for depth, part in enumerate(loc):
            last = depth == len(loc) - 1
            if last and on_key and part in node.keys:
                return node.keys[str(part)]
            if part not in node.children:
                break
            node = node.children[part]
        return node.line, node.column


@dataclass(frozen=True)
class Source:
    """The text of a file, for pointing into it."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The text, line by line."""
        return self.text.split("\n")

    def problem(self, line: int, column: int, message: str, cure: str) -> Problem:
        shown = self.lines[line - 1].removesuffix("\r") if 0 < line <= len(self.lines) else ""
        return Problem(self.name, line, column, message, cure, shown)

    def place(self, index: int) -> tuple[int, int]:
        """Line and column of a position in the text."""
        return self.text.count("\n", 0, index) + 1, index - self.text.rfind("\n", 0, index)


def contents(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file, one more than `most` at the utmost.  OSError, also of a named pipe: whoever opens one may wait for ever.

    What the shell makes of `<(command)` is a pipe, too, but somebody writes into it.
    """
    if stat.S_ISFIFO(path.stat().st_mode) and not str(path).startswith(("/dev/", "/proc/")):
        raise OSError(errno.ESPIPE, "it is a pipe, and nobody may be writing into it")
    with path.open("rb") as file:
        return file.read(most + 1)


def decode(raw: bytes | str, name: str) -> Source:
    """The text of a file, if it is small enough, UTF-8, and free of invisible characters."""
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    if (what := foreign(data)) is not None:
        raise ScenarioError([Problem(name, 1, 1, f"this is {what[0]}, and not YAML", what[1], "")])
    if len(data) > MAX_BYTES:
        raise ScenarioError([Problem(name, 1, 1, "the file is larger than 256 KiB", "split it: one story, one file", "")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        source = Source(name, before + "\ufffd")
        raise ScenarioError([source.problem(*source.place(len(before)), "the file is not UTF-8 text", "save it as UTF-8")]) from None
    source = Source(name, text)
    if found := [source.problem(*source.place(at), unseen(text[at]), "remove it") for at in islice(_hidden(text), MAX_LISTED)]:
        raise ScenarioError(found)
    tag = LONG_TAG.search(text)
    if tag is not None:  # the library reads these one character at a time
        raise ScenarioError(
            [source.problem(*source.place(tag.start()), "tags (words that begin with !) are not used here", "put the text in quotes")]
        )
    return source


def _hidden(text: str) -> Iterator[int]:
    """Where characters are that nobody sees; a carriage return before a line feed is how some systems end a line."""
    return (m.start() for m in HIDDEN.finditer(text) if m[0] != "\r" or not text.startswith("\n", m.end()))


def unseen(char: str) -> str:
    """The message about a character that must not be in a file."""
    return f"there is an invisible character here, U+{ord(char):04X}"


def _window(text: str, column: int) -> tuple[str, int]:
    """The part of a long line around the column, one cell per character, and where the caret goes."""
    start = max(0, min(column - 1 - WIDTH // 2, len(text) - WIDTH))
    part = text[start : start + WIDTH]
    shown = HIDDEN.sub("\ufffd", part).replace("\t", "→")
    before, after = ("..." if start else ""), ("..." if start + WIDTH < len(text) else "")
    return before + shown + after, len(before) + column - 1 - start
