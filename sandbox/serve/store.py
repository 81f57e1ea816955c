"""Where the set-ups of live worlds are kept, so that a world can be opened again: in the process, if nothing else is said."""

from __future__ import annotations

from threading import Lock
from typing import Protocol

from sandbox.core.clock import Clock
from sandbox.serve.blueprint import Blueprint, read


class Away(Exception):
    """The store does not answer."""


class Store(Protocol):
    """Set-ups by the keys of their worlds, each for some seconds.  All methods but `slow` raise Away.

    `slow`: whether an answer has to be waited for.
    """

    slow: bool

    def put(self, blueprint: Blueprint, seconds: int) -> None:
        """Keep this, in the place of what was there."""

    def get(self, key: str) -> Blueprint | None:
        """What is kept.  Raises Unreadable."""

    def keep(self, blueprint: Blueprint, seconds: int) -> bool:
        """Keep for so many seconds more what is there; whether it is."""

    def drop(self, blueprint: Blueprint) -> None:
        """Forget it."""

    def of(self, browser: str) -> str:
        """The key of the world that a browser has opened last; '' if there is none."""


class InProcess:
    """The memory of this process."""

    slow = False

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._kept: dict[str, tuple[int, str]] = {}  # key -> until when, and the set-up
        self._browsers: dict[str, str] = {}
        self._lock = Lock()

    def put(self, blueprint: Blueprint, seconds: int) -> None:
        with self._lock:
            self._forget()
            self._kept[blueprint.key] = self.clock.now() + seconds, blueprint.written()
            if blueprint.browser:
                self._browsers[blueprint.browser] = blueprint.key

    def get(self, key: str) -> Blueprint | None:
        with self._lock:
            self._forget()
            found = self._kept.get(key)
        return read(found[1], key) if found else None

    def keep(self, blueprint: Blueprint, seconds: int) -> bool:
        with self._lock:
            self._forget()
            found = self._kept.get(blueprint.key)
            if found is not None:
                self._kept[blueprint.key] = self.clock.now() + seconds, found[1]
            return found is not None

    def drop(self, blueprint: Blueprint) -> None:
        with self._lock:
            self._kept.pop(blueprint.key, None)
            self._forget()

    def of(self, browser: str) -> str:
        with self._lock:
            self._forget()
            return self._browsers.get(browser, "")

    def _forget(self) -> None:
        now = self.clock.now()
        for key in [k for k, (until, _) in self._kept.items() if until <= now]:
            del self._kept[key]
        for browser in [b for b, key in self._browsers.items() if key not in self._kept]:
            del self._browsers[browser]
