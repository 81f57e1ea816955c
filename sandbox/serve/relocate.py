"""Moving a world to other addresses.

Parties hold plain data, so a world that lives elsewhere is a copy in which each address stands replaced, wherever it is kept: no
party needs to know about it, and parties that are added later move along.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Mapping
from typing import Any

from sandbox.core.wire import split
from sandbox.world.world import World


def moved(world: World, book: Mapping[str, str]) -> World:
    """A copy of the world in which the parties at the addresses `book` names live at those that it gives instead."""
    there = copy.deepcopy(world)
    Mover(book).visit(there)
    there.net.mounts = {address: split(address).path for address in book.values() if split(address).path}
    return there


class Mover:
    """Walks a graph of plain data.  Texts and tuples are made anew; all else is changed in place, each thing once."""

    def __init__(self, book: Mapping[str, str]) -> None:
        self.book = book
        self.seen: dict[int, Any] = {}  # with the things themselves, so that no id is used twice

    def visit(self, thing: Any) -> Any:
        """The copy of this value with each old address replaced."""
        if isinstance(thing, str):
            return self.text(thing)
        if isinstance(thing, tuple | frozenset):
            parts = [self.visit(part) for part in thing]
            return type(thing)(*parts) if hasattr(thing, "_fields") else type(thing)(parts)
        if id(thing) not in self.seen:
            self.seen[id(thing)] = thing
            self._inside(thing)
        return thing

    def text(self, text: str) -> str:
        """The text, at its new address if it is one that moves."""
        for old, new in self.book.items():
            if text == old or text.startswith((f"{old}/", f"{old}?")):
                return new + text[len(old) :]
        return text

    def _inside(self, thing: Any) -> None:
        if isinstance(thing, dict):
            entries = [(self.visit(k), self.visit(v)) for k, v in thing.items()]
            thing.clear()
            thing.update(entries)
        elif isinstance(thing, list | set | deque):
            parts = [self.visit(part) for part in thing]
            thing.clear()
            (thing.update if isinstance(thing, set) else thing.extend)(parts)
        elif type(thing).__module__.startswith("sandbox.") and not hasattr(thing, "__deepcopy__"):  # those with it are shared
            self._attributes(thing)

    def _attributes(self, thing: Any) -> None:
        slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
        for name in [*getattr(thing, "__dict__", {}), *slots]:
            if hasattr(thing, name):
                object.__setattr__(thing, name, self.visit(getattr(thing, name)))  # frozen ones, too: this copy is ours
