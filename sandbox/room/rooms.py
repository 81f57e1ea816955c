"""All rooms that this process holds: read from their logs, changed by adding to them, and looked at by who wants to be told.

A room is held from its first use on.  Where the log is elsewhere, other processes hold the same room, and what they add is heard, or
read within a moment.  Pages and requests come from several threads: what they get is frozen.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, RLock

from sandbox.core.clock import Clock
from sandbox.core.entropy import Entropy
from sandbox.room import commands
from sandbox.room.commands import FORGETS, Command, Entry, Refused, State, applied
from sandbox.room.log import MOST_ENTRIES, Changed, Gone, InProcess, Log
from sandbox.room.model import LETTERS, Did, Room, code_of, read_did
from sandbox.room.stage import Stage
from sandbox.serve.store import Away

MOST_ROOMS = 40  # of one process
MOST_REMEMBERED = 200  # refusals, until those who wait for them have read them
STILL_HERE = 45  # seconds after which somebody who has not been heard of is away
TRIES = 50  # to write a log anew while others write to it
OFTEN = 2  # seconds after which a log elsewhere is read again, in case that nothing was heard


@dataclass(frozen=True, slots=True)
class Where:
    """Where somebody is now, which is not kept: item and step, whether they follow, and when they were heard of and have moved."""

    item: int
    step: int
    follows: bool
    heard: int
    moved: int


@dataclass
class Held:
    """A room as far as its log was read."""

    code: str
    room: Room
    stage: Stage
    mark: str = ""
    count: int = 0  # of entries
    read: int = 0  # when the log was read
    gone: bool = False
    warm: bool = False  # whether the runs of all items are being made
    where: dict[int, Where] = field(default_factory=dict)
    did: dict[int, Did] = field(default_factory=dict)  # what was asked of the worlds of these people, as it was called out
    refused: OrderedDict[str, Refused] = field(default_factory=OrderedDict)
    watchers: dict[Callable[[], None], bool] = field(default_factory=dict)  # and whether they want to know who is where
    lock: RLock = field(default_factory=RLock)


def hashed(*words: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256("|".join(words).encode()).hexdigest()


class Rooms:
    """Opening, finding, changing and ending rooms.  `mounted`: whether their addresses are really served."""

    def __init__(self, clock: Clock, entropy: Entropy, log: Log | None = None) -> None:
        self.clock, self.entropy, self.mounted = clock, entropy, False
        self._held: dict[str, Held] = {}
        self._lock = Lock()
        self.use(log or InProcess(clock))

    def use(self, log: Log) -> None:
        """Keep rooms there from now on."""
        self.log = log
        log.listen(self._hear)

    # ------------------------------------------------------------ opening and finding

    def open(self, title: str, files: dict[str, str]) -> tuple[str, str]:
        """A new room with these files; its code, and the instructor's key.  Raises Refused, Full, Away."""
        stage = Stage(files)
        if not stage.entries:
            raise Refused("There is nothing to show: a room needs a playlist, or a scenario.")
        key = self.entropy.token("desk", 24)
        for _ in range(TRIES):
            code = "".join(LETTERS[octet % len(LETTERS)] for octet in self.entropy.bytes("room", 8))
            room = Room(
                code=code, title=title[:120] or "Workshop", desk=hashed(key), items=len(stage.entries), files=files, opened=self.clock.now()
            )
            if self.log.begin(code, State(do="state", room=room).model_dump_json()):
                return code, key
        raise Refused("No code was free: try again.")

    def find(self, code: str) -> Held | None:
        """The room with this code, read from its log if it is not held here yet.  Raises Away."""
        if code_of(code) != code:
            return None
        held = self._held.get(code)
        if held is not None:
            return None if held.gone else held
        entries = self.log.after(code, "")
        begun = next((state for _, text in entries if (state := _state(text)) is not None), None)
        if begun is None:
            return None
        with self._lock:
            held = self._held.get(code)
            if held is None:
                self._make_room()
                held = self._held[code] = Held(code, begun, Stage(begun.files))
        self._read(held, entries)
        return held

    def here(self, code: str) -> Held | None:
        """The room, if this process holds it."""
        held = self._held.get(code)
        return None if held is None or held.gone else held

    def _make_room(self) -> None:
        """Let go of rooms that nobody looks at; their logs stay."""
        for code in [code for code, held in self._held.items() if not held.watchers][: max(0, len(self._held) + 1 - MOST_ROOMS)]:
            del self._held[code]

    # ------------------------------------------------------------ changing

    def do(self, code: str, browser: str, command: Command) -> Room:
        """Do this in the room; the room afterwards.  Raises Refused, Gone, Away."""
        held = self.find(code)
        if held is None:
            raise Gone
        entry = Entry(by=browser, at=self.clock.now(), command=command)
        try:
            applied(held.room, entry)
        except Refused:
            if not self.log.slow:
                raise
            self.look(held)  # another process may know better
            applied(held.room, entry)
        mark = self.log.add(code, entry.model_dump_json())
        self._read(held)
        if (refused := held.refused.pop(mark, None)) is not None:
            raise refused
        if isinstance(command, FORGETS) or held.count > MOST_ENTRIES:
            self._anew(held)
        return held.room

    def end(self, code: str) -> None:
        """Forget the room, here and in the store.  Raises Away."""
        self.log.drop(code)
        self._gone(code)

    def _anew(self, held: Held) -> None:
        """One entry in the place of the whole log: what was forgotten is in no store any more.  Raises Gone, Away."""
        for _ in range(TRIES):
            with held.lock:
                self._read(held)
                with suppress(Changed):
                    held.mark = self.log.instead(held.code, held.mark, State(do="state", room=held.room).model_dump_json())
                    held.count = 1
                    return

    # ------------------------------------------------------------ following the log

    def look(self, held: Held) -> None:
        """Read what is new, and whether the room is still there; what is looked at is kept for another day.  Raises Away."""
        held.read = self.clock.now()
        if not self.log.keep(held.code):
            self._gone(held.code)
        else:
            self._read(held)

    def due(self, held: Held) -> bool:
        """Whether its log should be read again."""
        return self.clock.now() - held.read >= (OFTEN if self.log.slow else 60)

    def _read(self, held: Held, entries: list[tuple[str, str]] | None = None) -> None:
        before = held.room
        with held.lock:
            for mark, text in self.log.after(held.code, held.mark) if entries is None else entries:
                held.mark, held.count = mark, held.count + 1
                try:
                    entry = commands.logged(text)
                    held.room = entry.room if isinstance(entry, State) else applied(held.room, entry)
                except Refused as why:
                    held.refused[mark] = why
                    while len(held.refused) > MOST_REMEMBERED:
                        held.refused.popitem(last=False)
        if held.room is not before:
            self._tell(held)

    def _hear(self, code: str, text: str) -> None:
        held = self.here(code)
        if held is None:
            return
        if text.startswith("{"):
            self._did(held, text)
            return
        if text:
            self._placed(held, text)
            return
        with suppress(Away):
            before = held.mark
            self._read(held)
            if held.mark == before and not self.log.keep(code):
                self._gone(code)

    def _gone(self, code: str) -> None:
        held = self._held.pop(code, None)
        if held is not None:
            held.gone = True
            self._tell(held)

    def _tell(self, held: Held) -> None:
        for watcher in tuple(held.watchers):
            watcher()

    def _tell_desks(self, held: Held) -> None:
        for watcher in [watcher for watcher, places in tuple(held.watchers.items()) if places]:
            watcher()

    # ------------------------------------------------------------ who is where

    def roam(self, held: Held, number: int, item: int, step: int, follows: bool) -> None:
        """Somebody is there now; an item of 0 says that they have gone.  Nothing is kept of it."""
        with suppress(Away):
            self.log.call(held.code, json.dumps([number, item, step, follows]))

    def _placed(self, held: Held, text: str) -> None:
        try:
            number, item, step, follows = json.loads(text[:200])
        except (ValueError, TypeError):
            return
        if not (_counts(number, len(held.room.people)) and _counts(item, held.room.items) and _counts(step, 9999)):
            return
        now, before = self.clock.now(), held.where.get(number)
        if item == 0:
            held.where.pop(number, None)
        else:
            same = before is not None and (before.item, before.step) == (item, step)
            held.where[number] = Where(item, step, follows is True, now, before.moved if same and before is not None else now)
        self._tell_desks(held)

    def _did(self, held: Held, text: str) -> None:
        """Something was asked of somebody's world."""
        told = read_did(text)
        if told is not None and told.person <= len(held.room.people):
            held.did[told.person] = told
            self._tell_desks(held)

    def places(self, held: Held) -> dict[int, Where]:
        """Who is where, as far as they were heard of lately."""
        now = self.clock.now()
        return {number: where for number, where in dict(held.where).items() if now - where.heard <= STILL_HERE}


def _counts(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _state(text: str) -> Room | None:
    try:
        entry = commands.logged(text)
    except Refused:
        return None
    return entry.room if isinstance(entry, State) else None
