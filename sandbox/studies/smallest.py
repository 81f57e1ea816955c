"""The smallest change that is enough: one search for all studies.  Each study says itself what counts as enough, and how to try it.

All parts of the search are iterators that yield what each try has shown, so that a page can say how far the search is, and stop it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Generic, Protocol, TypeVar

from sandbox.studies.changes import Delta, joined, within

LARGEST = 3  # switches; larger sets are found, but not proved to be the smallest
MAX_NODES = 60_000  # of the search for the smallest union; above it the best one found so far is taken


class Tried(Protocol):
    """What trying a change has shown.  `breaks`: honest use fails with it."""

    @property
    def enough(self) -> bool: ...
    @property
    def breaks(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """The plain answer to a try."""

    enough: bool
    breaks: bool = False


T = TypeVar("T", bound=Tried)


@dataclass
class Search(Generic[T]):
    """One search.  `run` tries a change; `price` says which of two changes is the smaller one; `tried` has all answers so far."""

    run: Callable[[Delta], T]
    price: Callable[[Delta], Any]
    tried: dict[Delta, T] = field(default_factory=dict)
    best: Delta | None = None

    def attempt(self, change: Delta) -> T:
        """Try a change, unless it has been tried before."""
        if change not in self.tried:
            self.tried[change] = self.run(change)
        if self.tried[change].enough and (self.best is None or self.price(change) < self.price(self.best)):
            self.best = change
        return self.tried[change]

    @property
    def found(self) -> list[Delta]:
        """All changes that were enough, the cheapest first."""
        return sorted((change for change, answer in self.tried.items() if answer.enough), key=self.price)

    def each(self, changes: Iterable[Delta]) -> Iterator[T]:
        """Each change alone, the cheapest first, without those that contain one that is enough."""
        for change in sorted(set(changes), key=self.price):
            if not any(found.enough and within(small, change) for small, found in self.tried.items() if small != change):
                yield self.attempt(change)

    def forced(self, changes: Iterable[Delta]) -> Iterator[T]:
        """As much at once as honest use can bear: one change more at a time, until it is enough; then made smaller."""
        held: Delta = frozenset()
        for change in changes:
            more = joined(held, change)
            found = self.attempt(more)
            yield found
            if found.enough:
                break
            held = held if found.breaks else more
        yield from self.shrunk()

    def shrunk(self) -> Iterator[T]:
        """The best change without one switch after the other, until none can be left out: what was needed beside another may be spare
        once that other is gone."""
        before: Delta | None = None
        while self.best is not None and self.best != before:
            before = self.best
            for each in sorted(before, reverse=True):
                yield self.attempt(self.best - {each})

    def smaller(self, singles: Sequence[Delta]) -> Iterator[T]:
        """All sets of singles that are smaller than the best change: where this ends, there is no smaller one (see LARGEST)."""
        size = 2
        while size < (len(self.best) if self.best is not None else LARGEST + 1):
            for change in self._promising(singles, size):
                found = self.attempt(change)
                yield found
                if found.enough:
                    break
            size += 1

    def _promising(self, singles: Sequence[Delta], size: int) -> list[Delta]:
        """All sets of so many different switches; first those of which parts alone break the service: they do refuse the attack."""
        sets = (frozenset[tuple[str, str]]().union(*some) for some in combinations(singles, size))
        different = (s for s in sets if len({name for name, _ in s}) == size)
        return sorted(different, key=lambda s: -sum(self.tried[frozenset({a})].breaks for a in s if frozenset({a}) in self.tried))


def first(search: Iterator[T]) -> T | None:
    """Go on until something is enough; None if nothing is."""
    return next((found for found in search if found.enough), None)


def through(search: Iterator[Any]) -> None:
    """Go through a search to its end, for those who want nothing but its result."""
    deque(search, maxlen=0)


def shrunk(change: Delta, enough: Callable[[Delta], bool]) -> Delta:
    """The change without whatever can be left out."""
    search = Search(lambda less: Answer(enough(less)), len, best=change)
    through(search.shrunk())
    return change if search.best is None else search.best


# ---------------------------------------------------------------- several at once


def union(options: Sequence[Sequence[Delta]], price: Callable[[Delta], Any], limit: int = MAX_NODES) -> tuple[Delta, bool]:
    """The cheapest union that takes in one alternative of each; and whether it is certain that there is no cheaper one.

    A search with bounds, begun from the union that a greedy choice yields.  The first entry of a price must never fall when a union grows.
    """
    ordered = sorted(options, key=len)
    search = _Unions(ordered, price, _greedy(ordered, price), limit)
    search.go(0, frozenset())
    return search.best, search.nodes <= limit


def _greedy(options: Sequence[Sequence[Delta]], price: Callable[[Delta], Any]) -> Delta:
    found: Delta = frozenset()
    for alternatives in options:
        if not any(within(a, found) for a in alternatives):
            found = min((joined(found, a) for a in alternatives), key=price)
    return found


@dataclass
class _Unions:
    """Depth first; a branch is given up where it is already dearer than the best."""

    options: Sequence[Sequence[Delta]]
    price: Callable[[Delta], Any]
    best: Delta
    limit: int
    nodes: int = 0

    def go(self, number: int, found: Delta) -> None:
        self.nodes += 1
        if self.nodes > self.limit or len(found) > len(self.best):
            return
        open_ = next((i for i in range(number, len(self.options)) if not any(within(a, found) for a in self.options[i])), None)
        if open_ is None:
            self.best = min(self.best, found, key=self.price)
            return
        for larger in sorted({joined(found, a) for a in self.options[open_]}, key=self.price):
            self.go(open_ + 1, larger)
