"""The commands of each room in order: in the memory of this process, or elsewhere by the same interface (`redis_log.py`)."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Protocol

from sandbox.core.clock import Clock

DAY = 24 * 60 * 60  # seconds after the last use in which a room is kept
MOST_LOGS = 200  # in the memory of one process
MOST_ENTRIES = 5000  # after which a log is written anew

Heard = Callable[[str, str], None]  # a room's code, and what was called out there; '' means: its log has grown, or is gone


class Gone(Exception):
    """There is no such room, or none any more."""


class Full(Exception):
    """There are as many rooms as there may be."""


class Changed(Exception):
    """The log has grown meanwhile."""


class Log(Protocol):
    """Logs by the codes of their rooms; each entry has a mark, and marks grow.  All methods raise `sandbox.serve.store.Away`.

    `slow`: whether an answer has to be waited for.
    """

    slow: bool

    def begin(self, code: str, text: str) -> bool:
        """A new log with this entry; False if there is one of this code.  Raises Full."""

    def add(self, code: str, text: str) -> str:
        """Append an entry, and call it out; its mark.  Raises Gone."""

    def after(self, code: str, mark: str) -> list[tuple[str, str]]:
        """All entries after this mark ('' for all), each with its mark.  Empty for a room that is gone."""

    def instead(self, code: str, mark: str, text: str) -> str:
        """One entry in the place of all up to this mark, which is the last one; its mark.  Raises Gone, Changed."""

    def keep(self, code: str) -> bool:
        """Keep it for another day; whether it is there."""

    def drop(self, code: str) -> None:
        """Forget it, and call that out."""

    def call(self, code: str, text: str) -> None:
        """Say something that is not kept to all who listen, here too."""

    def listen(self, heard: Heard) -> None:
        """Be told what is called out, from whichever thread hears it."""


class InProcess:
    """The memory of this process."""

    slow = False

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._logs: dict[str, tuple[int, list[tuple[str, str]]]] = {}  # code -> until when, and the entries
        self._count = 0
        self._heard: list[Heard] = []
        self._lock = Lock()

    def begin(self, code: str, text: str) -> bool:
        with self._lock:
            self._forget()
            if code in self._logs:
                return False
            if len(self._logs) >= MOST_LOGS:
                raise Full(f"This server has {MOST_LOGS} rooms, and no more fit. A room is free again a day after its last use.")
            self._logs[code] = self.clock.now() + DAY, [(self._mark(), text)]
            return True

    def add(self, code: str, text: str) -> str:
        with self._lock:
            entries = self._kept(code)
            mark = self._mark()
            entries.append((mark, text))
            self._logs[code] = self.clock.now() + DAY, entries
        self.call(code, "")
        return mark

    def after(self, code: str, mark: str) -> list[tuple[str, str]]:
        with self._lock:
            self._forget()
            _, entries = self._logs.get(code, (0, []))
            return [entry for entry in entries[_first(entries, mark) :] if entry[0] > mark]

    def instead(self, code: str, mark: str, text: str) -> str:
        with self._lock:
            entries = self._kept(code)
            if entries[-1][0] != mark:
                raise Changed
            fresh = self._mark()
            self._logs[code] = self.clock.now() + DAY, [(fresh, text)]
        self.call(code, "")
        return fresh

    def keep(self, code: str) -> bool:
        with self._lock:
            self._forget()
            if code in self._logs:
                self._logs[code] = self.clock.now() + DAY, self._logs[code][1]
            return code in self._logs

    def drop(self, code: str) -> None:
        with self._lock:
            self._logs.pop(code, None)
        self.call(code, "")

    def call(self, code: str, text: str) -> None:
        for heard in tuple(self._heard):
            heard(code, text)

    def listen(self, heard: Heard) -> None:
        self._heard.append(heard)

    def _kept(self, code: str) -> list[tuple[str, str]]:
        self._forget()
        if code not in self._logs:
            raise Gone
        return self._logs[code][1]

    def _mark(self) -> str:
        self._count += 1
        return f"{self._count:012}"

    def _forget(self) -> None:
        now = self.clock.now()
        for code in [code for code, (until, _) in self._logs.items() if until <= now]:
            del self._logs[code]


def _first(entries: list[tuple[str, str]], mark: str) -> int:
    """A place at or before the first entry after this mark: what is new stands at the end."""
    place = len(entries)
    while place and entries[place - 1][0] > mark:
        place -= 1
    return place
