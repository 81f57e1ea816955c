"""Between the live worlds and the store of their set-ups: told of each change before the answer goes out, and otherwise seldom.

A store that does not answer is left alone for a moment; worlds that are here go on meanwhile, and it is told of them when it is back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sandbox.core.clock import Clock
from sandbox.serve.blueprint import Blueprint
from sandbox.serve.live import Live
from sandbox.serve.store import Away, Store

OFTEN = 60  # seconds after which the store is told again that a world is in use
PAUSE = 5  # seconds for which a store that did not answer is left alone

T = TypeVar("T")


class Keeper:
    """Keeps set-ups for `seconds` after the last use of their worlds."""

    def __init__(self, store: Store, clock: Clock, seconds: int) -> None:
        self.store, self.clock, self.seconds = store, clock, seconds
        self.away: tuple[int, str] | None = None  # until when it is left alone, and why
        self.back = 0  # when it answered again: it may have forgotten everything
        self._closed: dict[str, Blueprint] = {}  # what it has still to forget

    def find(self, key: str) -> Blueprint | None:
        """The set-up of a world that is not here.  Raises Away, Unreadable."""
        return None if key in self._closed else self._asked(lambda: self.store.get(key))

    def of(self, browser: str) -> str:
        """The key of the world that a browser has opened; '' for none, or where the store is away."""
        try:
            key = self._asked(lambda: self.store.of(browser))
        except Away:
            return ""
        return "" if key in self._closed else key

    def due(self, live: Live) -> bool:
        """Whether the store has to be told of a world."""
        return live.unsaved or live.kept < self.back or self.clock.now() - live.kept >= OFTEN

    def save(self, live: Live) -> None:
        """Tell the store of it.  Raises Away."""
        changed, live.unsaved = live.unsaved, False  # before it is looked at: what changes meanwhile counts again
        try:
            blueprint = live.blueprint()
            if changed or not self._asked(lambda: self.store.keep(blueprint, self.seconds)):
                self._asked(lambda: self.store.put(blueprint, self.seconds))
            live.kept = self.clock.now()
        except Away:
            live.unsaved = changed or live.unsaved
            raise

    def drop(self, live: Live) -> None:
        """Let the store forget it, at once or when it is back."""
        self._closed[live.key] = live.blueprint()
        try:
            self._sweep()
        except Away:
            return

    def _sweep(self) -> None:
        for key, blueprint in list(self._closed.items()):
            self._asked(partial(self.store.drop, blueprint))
            self._closed.pop(key, None)

    def _asked(self, ask: Callable[[], T]) -> T:
        now = self.clock.now()
        if self.away is not None and now < self.away[0]:
            raise Away(self.away[1])
        try:
            answer = ask()
        except Away as away:
            self.away = now + PAUSE, str(away)
            raise
        if self.away is not None:
            self.away, self.back = None, now + 1
            self._sweep()
        return answer
