"""A second copy of a graph of plain data, which shares with the first one what never changes.

`copy.deepcopy` makes everything anew.  Most of a world is frozen: messages, events, keys, policies; and tuples hold frozen things
only.  So a fork copies dictionaries, lists and parties, and costs a tenth and less.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import is_dataclass
from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, TypeVar

from pydantic import BaseModel

from sandbox.core.memo import memo

T = TypeVar("T")
Made = dict[int, Any]  # the copies so far, by the id of what they are copies of
Walk = Callable[[Any], Any]
Way = Callable[[Any, Made, Walk], Any]

NEVER_CHANGE = (str, int, float, bytes, tuple, frozenset, type, FunctionType, BuiltinFunctionType, ModuleType, BaseModel, Enum, type(None))


def fork(thing: T) -> T:
    """A copy of the graph below `thing`.  A class may say itself how: `__fork__()` returns the copy."""
    made: Made = {}
    ways: dict[type, Way] = {}

    def walk(one: Any) -> Any:
        kind = type(one)
        way = ways.get(kind)
        if way is None:
            way = ways[kind] = _way(kind)
        if way is _shared:
            return one
        done = made.get(id(one))
        return done if done is not None else way(one, made, walk)

    return walk(thing)  # type: ignore[no-any-return]


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
    return _object if kind.__dictoffset__ else _shared  # keys and patterns are made in C, and have nothing that could be set


def _shared(one: Any, made: Made, walk: Walk) -> Any:
    return one


def _by_itself(one: Any, made: Made, walk: Walk) -> Any:
    return made.setdefault(id(one), one.__fork__())


def _dict(one: Any, made: Made, walk: Walk) -> Any:
    new = made[id(one)] = one.copy()
    for key, value in one.items():
        if type(value) is not str:
            new[key] = walk(value)
    return new


def _sequence(one: Any, made: Made, walk: Walk) -> Any:
    new = made[id(one)] = one.copy()
    for index, value in enumerate(one):
        if type(value) is not str:
            new[index] = walk(value)
    return new


def _set(one: Any, made: Made, walk: Walk) -> Any:
    return made.setdefault(id(one), one.copy())  # what can be in a set cannot change


def _method(one: Any, made: Made, walk: Walk) -> Any:
    return MethodType(one.__func__, walk(one.__self__))


def _object(one: Any, made: Made, walk: Walk) -> Any:
    new = made[id(one)] = object.__new__(type(one))
    there = new.__dict__
    for name, value in one.__dict__.items():
        there[name] = value if type(value) is str else walk(value)
    return new
