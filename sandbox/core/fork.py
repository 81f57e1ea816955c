"""A second copy of a graph of plain data, which shares with the first one what never changes.

`copy.deepcopy` makes everything anew.  Most of a world is frozen: messages, events, keys, policies; and tuples hold frozen things
only.  So a fork copies dictionaries, lists and parties, and costs a tenth and less.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, TypeVar

from pydantic import BaseModel

from sandbox.core.memo import memo

T = TypeVar("T")
Way = Callable[[Any, "_Forking"], Any]

NEVER_CHANGE = (str, int, float, bytes, tuple, frozenset, type, FunctionType, BuiltinFunctionType, ModuleType, BaseModel, Enum, type(None))


class _Ways(dict[type, Way]):
    """How things of each type are forked, found out where one is met first."""

    def __missing__(self, kind: type) -> Way:
        way = self[kind] = _way(kind)
        return way


class _Forking:
    """One fork: the copies so far, by the id of what they are copies of, and the ways of the types that were met."""

    def __init__(self) -> None:
        self.made: dict[int, Any] = {}
        self.ways = _Ways()

    def walk(self, one: Any) -> Any:
        way = self.ways[type(one)]
        if way is _shared:
            return one
        done = self.made.get(id(one))
        return done if done is not None else way(one, self)

    def fill(self, new: Any, parts: Iterable[tuple[Any, Any]]) -> None:
        """Put copies in the place of these parts of `new`, a dictionary or a list.  What `walk` does is said here once more: most parts are
        shared, and a call costs more than the rest."""
        ways, made = self.ways, self.made
        for place, part in parts:
            way = ways[type(part)]
            if way is not _shared:
                done = made.get(id(part))
                new[place] = done if done is not None else way(part, self)


def fork(thing: T) -> T:
    """A copy of the graph below `thing`.  A class may say itself how: `__fork__()` returns the copy.  It may also name in `SHARES` those
    of its attributes that are books: what has once been written there never changes, so that only the book is copied."""
    return _Forking().walk(thing)  # type: ignore[no-any-return]


@memo("table", 1000)
def _way(kind: type) -> Way:
    """How things of this type are forked."""
    if hasattr(kind, "__fork__"):
        return _by_itself
    if issubclass(kind, NEVER_CHANGE) or (is_dataclass(kind) and kind.__dataclass_params__.frozen):  # type: ignore[attr-defined]
        return _shared
    if issubclass(kind, dict):
        return _dict
    if issubclass(kind, list | deque):
        return _sequence
    if issubclass(kind, set):
        return _set
    if kind is MethodType:
        return _method
    if hasattr(kind, "SHARES"):
        return _with_books
    return _object if kind.__dictoffset__ else _shared  # keys and patterns are made in C, and have nothing that could be set


def _shared(one: Any, fork: _Forking) -> Any:
    return one


def _by_itself(one: Any, fork: _Forking) -> Any:
    return fork.made.setdefault(id(one), one.__fork__())


def _dict(one: Any, fork: _Forking) -> Any:
    new = fork.made[id(one)] = one.copy()
    fork.fill(new, one.items())
    return new


def _sequence(one: Any, fork: _Forking) -> Any:
    new = fork.made[id(one)] = one.copy()
    fork.fill(new, enumerate(one))
    return new


def _set(one: Any, fork: _Forking) -> Any:
    return fork.made.setdefault(id(one), one.copy())  # what can be in a set cannot change


def _method(one: Any, fork: _Forking) -> Any:
    return MethodType(one.__func__, fork.walk(one.__self__))


def _with_books(one: Any, fork: _Forking) -> Any:
    for name in one.SHARES:
        book = getattr(one, name)
        if id(book) not in fork.made:
            fork.made[id(book)] = book.copy()
    return _object(one, fork)


def _object(one: Any, fork: _Forking) -> Any:
    new = fork.made[id(one)] = object.__new__(type(one))
    there = one.__dict__
    new.__dict__ = copies = there.copy()
    fork.fill(copies, there.items())
    return new
