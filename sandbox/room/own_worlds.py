"""Live worlds that a room has given out: one for each person, with the setting of an item.

A world is opened at the process that its person's browser speaks to, and stays there.  What the room orders stands in its log, so that
each process does it to the worlds that it has; what is asked of them is called out to the desk and kept nowhere.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from sandbox.core.text import clean
from sandbox.room.commands import Have, Refused
from sandbox.room.model import Did, Person, Room
from sandbox.room.rooms import Held, Rooms, hashed
from sandbox.serve.blueprint import Unreadable
from sandbox.serve.live import LONGEST, Live
from sandbox.serve.opener import Opener
from sandbox.serve.store import Away
from sandbox.serve.worlds import Elsewhere, Full, Worlds

EVERY = 0.5  # seconds between two looks at the worlds that are here
AGAIN = 5  # seconds after which a desk that may have come meanwhile is told once more

Right = Literal["all", "look", ""]


def right(room: Room, key: str, browser: str) -> Right:
    """What somebody may do with a world of this room, on its page: all, look, or nothing."""
    owner = next((person for _, person in room.present if person.world == key), None)
    if owner is None or room.given is None:
        return ""
    if browser in room.desks or browser == owner.browser:
        return "all"
    return "look" if room.given.shared and room.number(browser) else ""


class OwnWorlds:
    """The worlds of this process that rooms have given out."""

    def __init__(self, rooms: Rooms, worlds: Worlds) -> None:
        self.rooms, self.worlds = rooms, worlds
        self._salt = rooms.entropy.token("networks", 24)  # so that who takes how much can be told, and no address is kept
        self._said: dict[str, tuple[int, int, int]] = {}  # by key: requests, good ones, and when that was called out

    def open(self, held: Held, browser: str, network: str, app: str) -> None:
        """This person's world, opened beside the app at this address if it is not there yet.  Raises Refused, Away."""
        room, number = held.room, held.room.number(browser)
        person = room.person(number)
        if person is None:
            raise Refused("You are not in this room.")
        if room.given is None:
            raise Refused("No worlds are given out just now.")
        opener = Opener(browser, hashed(network, self._salt)[:40], held.code)
        try:
            key = self.worlds.open(app, held.stage.settings(room.given.at), opener, room.order(person)).key
        except Elsewhere as other:
            key = other.key
        except (Full, Unreadable) as why:
            raise Refused(str(why)) from None
        if key != person.world:
            self.rooms.do(held.code, browser, Have(do="have", world=key))

    def tend(self) -> None:
        """Do to the worlds that are here what their rooms want, and call out what was asked of them."""
        here = self.worlds.in_rooms()
        self._said = {live.key: self._said[live.key] for live in here if live.key in self._said}
        for live in here:
            with suppress(Away, Refused, Unreadable):
                self._tend(live)

    def _tend(self, live: Live) -> None:
        held = self.rooms.find(live.opener.room)
        if held is not None and self.rooms.due(held):
            self.rooms.look(held)
        room = held.room if held is not None and not held.gone else None
        number = room.number(live.opener.browser) if room is not None else 0
        person = room.person(number) if room is not None else None
        if held is None or room is None or room.given is None or person is None:
            self.worlds.close(live.key)
            return
        if live.order < room.order(person):
            live.begin_anew(held.stage.settings(room.given.at), room.order(person))
            self.worlds.save(live)
        if number in self.rooms.places(held):
            live.seen()  # its person is in the room
        self._say(held, number, person, live)

    def _say(self, held: Held, number: int, person: Person, live: Live) -> None:
        """Call out what is new, and now and then what is not."""
        asked, good, at = self._said.get(live.key, (-1, -1, 0))
        now = self.rooms.clock.now()
        if person.world != live.key or ((asked, good) == (live.requests, live.good) and now - at < AGAIN):
            return
        self._said[live.key] = live.requests, live.good, now
        latest = tuple((clean(came.asked, LONGEST), came.status, came.good) for came in tuple(live.latest))
        self.rooms.log.call(held.code, Did(person=number, asked=live.requests, good=live.good, latest=latest).model_dump_json())
