"""YAML 1.2 text -> plain data in which every key and value knows its line and column.

Hostile input is refused before anything is built: size, encoding, invisible characters, depth, number of nodes, aliases,
tags, directives, further documents.  What the data means is not known here; see `loader.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 10_000
MAX_PROBLEMS = 20
WIDTH = 120

# Control characters, separators, surrogates, and what changes the direction of writing.
INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)"
)

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


def decode(raw: bytes | str, name: str) -> Source:
    """The text of a file, if it is small enough, UTF-8, and free of invisible characters."""
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    if len(data) > MAX_BYTES:
        raise ScenarioError([Problem(name, 1, 1, "the file is larger than 256 KiB", "split it: one story, one file", "")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        source = Source(name, before + "\ufffd")
        raise ScenarioError([source.problem(*source.place(len(before)), "the file is not UTF-8 text", "save it as UTF-8")]) from None
    source = Source(name, text)
    found = [source.problem(*source.place(m.start()), _unwanted(m[0]), "remove it") for m in INVISIBLE.finditer(text)]
    if found:
        raise ScenarioError(found)
    tag = LONG_TAG.search(text)
    if tag is not None:  # the library reads these one character at a time
        raise ScenarioError(
            [source.problem(*source.place(tag.start()), "tags (words that begin with !) are not used here", "put the text in quotes")]
        )
    return source


def _unwanted(char: str) -> str:
    return f"there is an invisible character here, U+{ord(char):04X}"


def _window(text: str, column: int) -> tuple[str, int]:
    """The part of a long line around the column, one cell per character, and where the caret goes."""
    start = max(0, min(column - 1 - WIDTH // 2, len(text) - WIDTH))
    part = text[start : start + WIDTH]
    shown = INVISIBLE.sub("\ufffd", part).replace("\t", "→")
    before, after = ("..." if start else ""), ("..." if start + WIDTH < len(text) else "")
    return before + shown + after, len(before) + column - 1 - start


# ---- events -> nodes


def read(source: Source) -> tuple[Node, list[Problem]]:
    """The one document of the text.  What is merely doubtful (a duplicate key, a strange number) is returned, the rest raised."""
    builder = _Builder(source)
    for event in _events(source):
        builder.take(event)
    if builder.root is None:
        raise ScenarioError([source.problem(1, 1, "the file is empty", "begin with `title:`")])
    return builder.root, builder.problems


def _events(source: Source) -> Iterator[Event]:
    yaml = YAML(typ="safe", pure=True)
    try:
        yield from yaml.parse(source.text)
    except MarkedYAMLError as error:
        raise ScenarioError([_syntax(source, error)]) from None
    except ScenarioError:
        raise
    except Exception:  # the library has bare ValueErrors and the like for some nonsense; a file must never be a crash
        line, column = yaml.reader.line + 1, yaml.reader.column + 1
        raise ScenarioError([source.problem(line, column, "this is not YAML", "look for a wrong escape before this place")]) from None


@dataclass(slots=True)
class _Open:
    """A list or map that has begun; `key` is set while a map waits for the value."""

    node: Node
    key: str | None = None


class _Builder:
    """Collects events into nodes with a stack of its own, so that no input can exhaust Python's."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._stack: list[_Open] = []
        self._count = 0
        self._documents = 0

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self._document(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._stack.pop()
        elif isinstance(event, NodeEvent):
            self._guard(event)
            self._node(event)

    def _document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(event, "a second document begins here", "keep one document in a file; remove `---`")
        if event.version is not None or event.tags:
            line = next((n for n, text in enumerate(self.source.lines, 1) if text.startswith("%")), 1)
            raise ScenarioError([self.source.problem(line, 1, "directives are not used here", "remove the lines that begin with %")])

    def _guard(self, event: NodeEvent) -> None:
        self._count += 1
        if isinstance(event, AliasEvent):
            self._refuse(event, f"aliases such as *{short(event.anchor)} are not used here", "write the value again")
        if event.anchor is not None:
            self._refuse(
                event, f"anchors such as &{short(event.anchor)} are not used here", "remove it, and write the value where it is needed"
            )
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self._refuse(event, "tags (words that begin with !) are not used here", "remove it, or put the text in quotes")
        if self._count > MAX_NODES:
            self._refuse(event, f"the file has more than {MAX_NODES} values", "split it: one story, one file")
        if len(self._stack) >= MAX_DEPTH and isinstance(event, CollectionStartEvent):
            self._refuse(event, f"this is nested more than {MAX_DEPTH} deep", "flatten it")

    def _node(self, event: NodeEvent) -> None:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        parent = self._stack[-1] if self._stack else None
        if parent is not None and isinstance(parent.node.value, dict) and parent.key is None:
            parent.key = self._key(event, parent.node)
            return
        if isinstance(event, MappingStartEvent):
            node = Node(line, column, {})
        elif isinstance(event, SequenceStartEvent):
            node = Node(line, column, [])
        elif isinstance(event, ScalarEvent):
            node = Node(line, column, self._scalar(event))
        self._place(parent, node)
        if isinstance(event, CollectionStartEvent):
            self._stack.append(_Open(node))

    def _key(self, event: NodeEvent, node: Node) -> str:
        if not isinstance(event, ScalarEvent):
            self._refuse(event, "a key must be text", "write `key: value`")
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        key = str(event.value)
        self._visible(event, key)
        if key in node.keys:
            self._report(event, f"`{short(key)}` is written twice, first on line {node.keys[key][0]}", "keep one of them")
        else:
            node.keys[key] = line, column
        return key

    def _place(self, parent: _Open | None, node: Node) -> None:
        if parent is None:
            self.root = node
        elif parent.key is not None:
            parent.node.children[parent.key] = node
            parent.node.value[parent.key] = node.value
            parent.key = None
        else:
            parent.node.children[len(parent.node.value)] = node
            parent.node.value.append(node.value)

    def _scalar(self, event: ScalarEvent) -> Any:
        text = str(event.value)
        self._visible(event, text)
        if event.style:  # quoted or block
            return text
        try:
            return plain(text)
        except ValueError:
            self._report(event, f"`{short(text)}` is not a number that a message can carry", "shorten it, or put it in quotes")
            return 0

    def _visible(self, event: Event, text: str) -> None:
        bad = INVISIBLE.search(text.replace("\r", ""))
        if bad is not None:
            self._report(event, _unwanted(bad[0]), "remove it")

    def _report(self, event: Event, message: str, cure: str) -> None:
        self.problems.append(self.source.problem(event.start_mark.line + 1, event.start_mark.column + 1, message, cure))
        if len(self.problems) > 5 * MAX_PROBLEMS:
            raise ScenarioError(self.problems)  # whoever wrote this needs no longer list

    def _refuse(self, event: Event, message: str, cure: str) -> NoReturn:
        self._report(event, message, cure)
        raise ScenarioError(self.problems)


# ---- scalars: the core schema (YAML 1.2.2 §10.3.2)

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BASES = {"0o": 8, "0x": 16}


def plain(text: str) -> Any:
    """What unquoted text stands for: null, a boolean, a number, or the text itself.  ValueError: a number JSON cannot carry."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > 18:
            raise ValueError("too long")
        return int(text.removeprefix("0o").removeprefix("0x"), _BASES.get(text[:2], 10))
    if _FLOAT.fullmatch(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise ValueError("too large")
        return number
    if _ENDLESS.fullmatch(text):
        raise ValueError("not a number")
    return text


def short(text: str, most: int = 40) -> str:
    """Text for a message: one line, not too long."""
    line = " ".join(INVISIBLE.sub("\ufffd", text[:most]).split())
    return line if len(text) <= most else f"{line}..."


# ---- syntax errors in our own words

_SYNTAX = (
    (r"character '\\t'", "a tab is used for indentation", "use spaces"),
    (r"mapping values are not allowed", "this `: ` cannot stand here", "put text that contains `: ` in quotes, or look at the line above"),
    (r"unexpected end of stream.*quoted", "this quote is never closed", "add the closing quote"),
    (r"document separator.*quoted", "this quote is never closed", "add the closing quote"),
    (r"stream end.*flow", "a bracket is never closed", "close it with ] or }"),
    (r"expected ',' or '[\]}]'", "a comma or a closing bracket is missing before this", "add it, or put the text in quotes"),
    (
        r"expected <block end>",
        "this does not fit what is before it",
        "indent it like its neighbours, begin list items with `- `, or put the text in quotes",
    ),
    (r"could not find expected ':'", "a `:` is missing in this line", "write `key: value`"),
    (r"sequence entries are not allowed", "a list cannot begin here", "put it on a line of its own below the key"),
    (r"block sequence entries|block mapping|not allowed here", "this cannot stand here", "look at the indentation and at the line above"),
    (r"cannot start any token", "text cannot begin with this character", "put the text in quotes"),
    (r"escape", "there is a wrong backslash in this text", "write \\\\ for a backslash, or use single quotes"),
)


def _syntax(source: Source, error: MarkedYAMLError) -> Problem:
    said = f"{error.problem} {error.context}"
    message, cure = next(
        ((m, c) for pattern, m, c in _SYNTAX if re.search(pattern, said)), ("this is not YAML", "look at quotes, brackets and indentation")
    )
    if "values are not allowed" in said and error.problem_mark is not None:
        line, column = error.problem_mark.line + 1, error.problem_mark.column + 1
        if ":" not in source.lines[line - 1][: column - 1]:  # the first of its line: not the text, the line is wrong
            message, cure = "this line does not fit the one above it", "indent it like its neighbours, or finish the line above"
    elif message.startswith("a comma") and error.context_mark is not None:
        message += f"; the bracket was opened on line {error.context_mark.line + 1}"
    opened = message.endswith("never closed") and error.context_mark is not None
    mark = error.context_mark if opened else error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = source.lines
    while line > 1 and not "".join(lines[line - 1 : line]).strip():  # at the end of the file: show the last line that has something
        line, column = line - 1, len(lines[line - 2]) + 1
    return source.problem(line, column, message, cure)
