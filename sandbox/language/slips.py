"""Slips of keyboards and word processors: what looks right on a screen and is not YAML, with its place and cure.

Looked for only where a file has a problem already, on the line of the problem: in prose each of these characters is welcome.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sandbox.core.text import short
from sandbox.language.source import Problem, Source

ODD_SPACE = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
CURLY = "“”„‟‘’‚‛«»‹›＂＇`´"
DASHES = "–—―−•·‣◦"
COLONS = "：﹕꞉"

LONGEST = 2000  # characters of a line in which slips are looked for: whoever types does not write longer ones


class Slip(NamedTuple):
    """One kind of slip: where it shows in a line, what is said about it, and the cure; both may use what was matched."""

    pattern: re.Pattern[str]
    message: Callable[[re.Match[str]], str]
    cure: Callable[[re.Match[str]], str]


def _code(found: re.Match[str]) -> str:
    return f"U+{ord(found['it']):04X}"


def _words(found: re.Match[str]) -> str:
    return f"`{found['key']}: {short(found['rest'])}`"


IN_LINE = (
    Slip(
        re.compile(rf"^(?:\s*- )?\s*?(?P<it>[{ODD_SPACE}])"),
        lambda m: f"this line is indented with a space that YAML does not know, {_code(m)}",
        lambda _: "delete the indentation, and type plain spaces",
    ),
    Slip(
        re.compile(rf"^\s*(?:- )?(?:[A-Za-z_]\w*:|-)(?P<it>[{ODD_SPACE}])"),
        lambda m: f"after this sign stands a space that YAML does not know, {_code(m)}",
        lambda _: "delete it, and type a plain space",
    ),
    Slip(
        re.compile(r"^[ ]*(?:- )?(?P<key>[A-Za-z_]\w*):[ ]*(?P<it>\t)"),
        lambda m: f"after `{m['key']}:` stands a tab, which YAML does not take there",
        lambda _: "write a space instead of the tab",
    ),
    Slip(
        re.compile(r"^[ ]*-[ ]*(?P<it>\t)"),
        lambda _: "after `-` stands a tab, which YAML does not take there",
        lambda _: "write a space instead of the tab",
    ),
    Slip(
        re.compile(rf"^\s*(?P<it>[{DASHES}])\s*\w"),
        lambda m: f"a list item begins with `- `; this sign is another one, {_code(m)}",
        lambda _: "write `- ` (a hyphen and a space)",
    ),
    Slip(
        re.compile(r"^\s*-(?P<it>(?P<key>[a-z_]\w*):)(?P<rest>.*)$"),
        lambda _: "a space is missing after the `-`",
        lambda m: f"write `- {m['key']}:`",
    ),
    Slip(
        re.compile(rf"^\s*(?:- )?[A-Za-z_]\w*(?P<it>[{COLONS}])"),
        lambda m: f"this is not the colon that YAML knows, but {_code(m)}",
        lambda _: "write `:` and a space",
    ),
    Slip(
        re.compile(r"^\s*(?:- )?(?P<it>(?P<key>[a-z_]\w*)):(?!//)(?P<rest>[^\s:].*)$"),
        lambda m: f"a space is missing after `{m['key']}:`",
        lambda m: f"write {_words(m)}",
    ),
    Slip(
        re.compile(r"^\s*(?:- )?(?P<key>[a-z_]\w*)\s*(?P<it>=)\s*(?P<rest>\S.*)$"),
        lambda m: f"a `:` is missing after `{m['key']}`",
        lambda m: f"write {_words(m)}",
    ),
)
CURLY_QUOTE = Slip(
    re.compile(rf"(?:^|(?<=[\s\[{{,]))(?P<it>[{CURLY}])"),
    lambda m: f"this quote is curly, {_code(m)}: for YAML it is part of the text",
    lambda _: "write straight quotes, \" or '",
)
AT_COLUMN = (
    CURLY_QUOTE,
    Slip(
        re.compile(rf"[^\s,\[\]{{}}\"']*(?P<it>[{ODD_SPACE}])(?=\s*(?:$|[,\]}}\"']))"),
        lambda m: f"at the end of this text stands a space that nobody sees, {_code(m)}",
        lambda _: "remove it",
    ),
    Slip(
        re.compile(r"(?P<it>(?P<key>[a-z_]\w*)):(?!//)(?P<rest>[^\s:,}\]][^,}\]]*)"),
        lambda m: f"a space is missing after `{m['key']}:`",
        lambda m: f"write {_words(m)}",
    ),
)


def instead(source: Source, problem: Problem, syntax: bool = False) -> Problem:
    """The problem, or the slip behind it.  `syntax`: the text is no YAML there, and the line above may be what is wrong."""
    for line in (problem.line, _above(source, problem.line)) if syntax else (problem.line,):
        text = source.lines[line - 1] if 0 < line <= len(source.lines) else ""
        if len(text) > LONGEST:
            continue
        for column, slip, found in _found(text, problem.column if line == problem.line else 0, syntax):
            return source.problem(line, column, slip.message(found), slip.cure(found))
    return problem


def _found(text: str, column: int, syntax: bool) -> Iterator[tuple[int, Slip, re.Match[str]]]:
    """Each slip in a line, with its column: in its key or indentation, or at the column where the problem is."""
    for slip in IN_LINE:
        found = slip.pattern.search(text)
        if found and (syntax or column <= found.end("it") + 1):
            yield found.start("it") + 1, slip, found
    if syntax and (found := CURLY_QUOTE.pattern.search(text)):
        yield found.start("it") + 1, CURLY_QUOTE, found
    for slip in () if syntax else AT_COLUMN:
        found = slip.pattern.match(text, max(column - 1, 0))
        if found:
            yield found.start("it") + 1, slip, found


def _above(source: Source, line: int) -> int:
    """The number of the nearest line above that is not empty; 0 if there is none."""
    return next((n for n in range(min(line, len(source.lines) + 1) - 1, 0, -1) if source.lines[n - 1].strip()), 0)
