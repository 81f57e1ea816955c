"""YAML 1.2 text -> plain data in which every key and value knows its line and column.

Hostile input is refused before anything is built: depth, number of nodes, aliases, tags, directives, further documents.  What the
data means is not known here; see `loader.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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

from sandbox.core.text import HIDDEN, short
from sandbox.language import slips
from sandbox.language.scalars import plain
from sandbox.language.source import MAX_LISTED, Node, Problem, ScenarioError, Source, unseen
from sandbox.language.syntax import syntax_problem

MAX_DEPTH = 20
MAX_NODES = 10_000


def read(source: Source) -> tuple[Node, list[Problem]]:
    """The one document of the text.  Doubtful things (a duplicate key, a strange number) are returned as problems, errors are raised."""
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
        raise ScenarioError([slips.instead(source, syntax_problem(source, error), syntax=True)]) from None
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
    key_event: ScalarEvent | None = None
    bare: bool = False  # whether its last key had neither a colon nor a value


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
            parent.key, parent.key_event = self._key(event, parent.node)
            return
        if isinstance(event, MappingStartEvent):
            node = Node(line, column, {})
        elif isinstance(event, SequenceStartEvent):
            node = Node(line, column, [])
        elif isinstance(event, ScalarEvent):
            node = Node(line, column, self._scalar(event))
            if self._is_bare(event, parent):
                return
        self._place(parent, node)
        if isinstance(event, CollectionStartEvent):
            self._stack.append(_Open(node))

    def _is_bare(self, value: ScalarEvent, parent: _Open | None) -> bool:
        """Report a key that stands in braces without a colon; whether it is text after a comma, which is forgotten."""
        if parent is None or parent.key is None or (event := parent.key_event) is None:
            return False
        before, key, others = parent.bare, short(parent.key), [str(k) for k in parent.node.children]
        parent.bare = not value.value and ":" not in self.source.text[event.end_mark.index : value.start_mark.index + 1]
        if not parent.bare:
            return False
        if not others:
            self._report(event, f"`{key}` has no value", "write `key: value`")
            return False
        if not before:  # of several in a row, the first
            self._report(event, f"the comma before `{key}` ends the text of `{short(others[-1])}`", "put all of the text in quotes")
        parent.key = None  # it is text, and no key that the models could know
        return True

    def _key(self, event: NodeEvent, node: Node) -> tuple[str, ScalarEvent]:
        if not isinstance(event, ScalarEvent):
            self._refuse(event, "a key must be text", "write `key: value`")
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        key = str(event.value)
        self._visible(event, key)
        if key in node.keys:
            self._report(event, f"`{short(key)}` is written twice, first on line {node.keys[key][0]}", "keep one of them")
        else:
            node.keys[key] = line, column
        return key, event

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
            self._report(event, f"`{short(text)}` is not a number that a message can carry", _finite(text))
            return 0

    def _visible(self, event: Event, text: str) -> None:
        bad = HIDDEN.search(text.replace("\r", ""))
        if bad is not None:
            self._report(event, unseen(bad[0]), "remove it")

    def _report(self, event: Event, message: str, cure: str) -> None:
        found = self.source.problem(event.start_mark.line + 1, event.start_mark.column + 1, message, cure)
        self.problems.append(slips.instead(self.source, found))
        if len(self.problems) > MAX_LISTED:
            raise ScenarioError(self.problems)

    def _refuse(self, event: Event, message: str, cure: str) -> NoReturn:
        self._report(event, message, cure)
        raise ScenarioError(self.problems)


def _finite(text: str) -> str:
    """The cure for a number that JSON cannot carry."""
    return "shorten it, or put it in quotes" if text[-1].isdigit() else "write a number that has an end; put it in quotes if it is text"
