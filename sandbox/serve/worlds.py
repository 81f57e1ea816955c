"""All live worlds of the process: finding the one of a path, making room for a new one, forgetting.

Nobody can keep others out by opening many: a browser has one world, one that nobody has used gives way where all are in use, and then
one of the network that has more than half of them.
"""

from __future__ import annotations

import asyncio
import re
from asyncio import AbstractEventLoop
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock
from typing import Any

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import Response
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import RecentTrace
from sandbox.serve import first_flow
from sandbox.serve.asgi import Message, Receive, Send
from sandbox.serve.blueprint import Blueprint, Unreadable
from sandbox.serve.inside import Door, done
from sandbox.serve.keeper import PAUSE, Keeper
from sandbox.serve.listen import allow_plain_http
from sandbox.serve.live import WORLD, Live, refuse
from sandbox.serve.opener import NOBODY, Opener
from sandbox.serve.store import Away, InProcess, Store
from sandbox.world.external import External, Outside, found
from sandbox.world.network import Network
from sandbox.world.outgoing import Host, Outgoing, Policy

WELL_KNOWN = tuple(  # RFC 8414 §3.1 and RFC 9728 §3.1 put them in front
    f"/.well-known/{name}" for name in ("oauth-authorization-server", "openid-configuration", "oauth-protected-resource")
)
MOST_WORLDS = 60
MOST_IN_ROOMS = 150  # more, which rooms have given out
IDLE = 60 * 60  # seconds without a request or a look
NONE_HERE = "There is no live world at this address, or it has been forgotten. The page Live opens one."

_WORD = re.compile(r"[\w-]{24}", re.ASCII)


def _addresses(base: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """How the address of a world with its key reads, and how all of them begin."""
    in_front = "|".join(map(re.escape, WELL_KNOWN))
    return re.compile(rf"(?:{in_front})?{re.escape(base)}{WORLD}/([\w-]+)(?=/|\Z)"), (f"{base}{WORLD}", *WELL_KNOWN)


class Full(Exception):
    """There are as many worlds as this process may have."""


class Elsewhere(Exception):
    """A browser's world, whose key is `key`, is at another replica, or was when that was last heard of."""

    def __init__(self, key: str) -> None:
        super().__init__("Your world is at another server of this app.")
        self.key = key


class Worlds:
    """All live worlds of this process, and the ASGI application in front of them.

    `mounted` is set where they can really be reached: not under every way to start the app; `loop` is where they are served then.
    `outgoing`: the hosts that whoever runs the server has named, at which a world may use an authorization server.
    `replica`: a letter or digit with which the keys of the worlds that are opened here begin, so that a proxy can tell where they are.
    """

    def __init__(
        self, clock: WallClock, entropy: SystemEntropy, most: int = MOST_WORLDS, idle: int = IDLE, store: Store | None = None
    ) -> None:
        self.clock, self.entropy, self.most, self.idle = clock, entropy, most, idle
        self.use(store or InProcess(clock))
        self.mounted, self.most_in_rooms = False, MOST_IN_ROOMS
        self.replica = ""
        self.below("")
        self.outgoing: tuple[Host, ...] = ()
        self.loop: AbstractEventLoop | None = None
        self._live: dict[str, Live] = {}
        self._lock = Lock()

    @property
    def fetching(self) -> Policy | None:
        """Where what clients publish may be fetched: at the hosts that were named, or nowhere."""
        return Policy.of(self.outgoing) if self.outgoing else None

    def below(self, base: str) -> None:
        """Their addresses begin below this path of the app's own."""
        self._key, self._begins = _addresses(base)

    def are_at(self, path: str) -> bool:
        """Whether this is an address of worlds, of one that is here or not."""
        return any(path == start or path.startswith(f"{start}/") for start in self._begins)

    def use(self, store: Store) -> None:
        """Keep set-ups there from now on."""
        self.keeper = Keeper(store, self.clock, self.idle)

    def open(self, app: str, settings: Settings, opener: Opener = NOBODY, order: int = 0) -> Live:
        """The world of this browser, or a fresh one beside the app at this address; `order` is that of its room.  Raises Full, Away,
        Unreadable, Elsewhere."""
        mine = self.of(opener.browser)
        if mine is not None:
            return mine
        key = self.replica + self.entropy.token("world", 18)[len(self.replica) :]
        live = self._enter(opener, lambda: Live(key, app, settings, self.clock, opener, self.fetching))
        live.order = order
        try:
            self.keeper.save(live)
        except Away:
            with self._lock:
                self._live.pop(live.key, None)
            raise
        return live

    def find(self, key: str) -> Live | None:
        """The world with this key, opened again if it is not here any more.  Raises Full, Away, Unreadable."""
        live = self.here(key)
        if live is not None or not _WORD.fullmatch(key):
            return live
        blueprint = self.keeper.find(key)
        return self._again(blueprint) if blueprint is not None else None

    def of(self, browser: str) -> Live | None:
        """The world that this browser has opened.  Raises Full, Away, Unreadable, Elsewhere: a proxy finds it there, by its address."""
        with self._lock:
            self._forget()
            mine = next((live for live in self._live.values() if browser and live.opener.browser == browser), None)
        if mine is not None or not browser:
            return mine
        key = self.keeper.of(browser)
        if key and not key.startswith(self.replica):
            raise Elsewhere(key)
        return self.find(key) if key else None

    def save(self, live: Live) -> None:
        """Tell the store of it, if there is something to tell.  Raises Away."""
        if self.keeper.due(live):
            self.keeper.save(live)

    def here(self, key: str) -> Live | None:
        """The world with this key, if it is in this process."""
        with self._lock:
            self._forget()
            return self._live.get(key)

    def in_rooms(self) -> list[Live]:
        """Those that rooms have given out, in this process."""
        with self._lock:
            self._forget()
            return [live for live in self._live.values() if live.opener.room]

    def _again(self, blueprint: Blueprint) -> Live:
        opener = Opener(blueprint.browser, blueprint.network, blueprint.room)
        return self._enter(opener, lambda: Live.again(blueprint, self.clock, self.fetching), blueprint.key)

    def _enter(self, opener: Opener, make: Callable[[], Live], key: str = "") -> Live:
        """Another world, made here unless somebody else has opened it again meanwhile.  Raises Full."""
        with self._lock:
            if key in self._live:
                return self._live[key]
            gone = self._make_room(opener)
            live = make()
            allow_plain_http(live.app)
            self._live[live.key] = live
        if gone is not None:
            self.keeper.drop(gone)
        return live

    def send(self, live: Live) -> None:
        """The first flow against this world, as if its owner had a client already."""
        live.token = first_flow.send(live.served, Door(self, self.loop))

    def rotate(self, live: Live) -> Response:
        """Other signing keys for this world, as its owner wants it; the answer says why not, if not.  Raises TimeoutError."""
        return done(live.rotate(), self.loop)

    def point(self, live: Live, external: External) -> None:
        """Let this world use an authorization server elsewhere, at a host that was named.  Raises NotAnIssuer.

        What it is asked about itself is drawn, whatever comes of it.
        """
        trace = RecentTrace(self.clock.now())
        net = Network(self.clock, self.entropy, trace)
        outgoing = Outgoing(Policy.of(self.outgoing), allowance=live.allowance)
        try:
            known = found(net, external, Outside(outgoing))
        finally:
            if trace.count:
                done(live.record(f"This world asks {external.issuer} about itself.", trace.recent), self.loop)
        live.use(known, outgoing)

    def close(self, key: str) -> None:
        with self._lock:
            gone = self._live.pop(key, None)
        if gone is not None:
            self.keeper.drop(gone)

    def _make_room(self, opener: Opener) -> Live | None:
        """Let one world go if there are too many: one that no client has ever asked, else one of a network that has more than its half.

        Those of rooms are counted by themselves, so that neither keeps the other out.
        """
        self._forget()
        if opener.room:
            return self._make_room_in_rooms(opener)
        alone = [live for live in self._live.values() if not live.opener.room]
        if len(alone) < self.most:
            return None
        going = [live for live in alone if not live.asked] or _too_many(alone, opener.network, self.most)
        if not going:
            minutes = self.idle // 60
            raise Full(f"All {self.most} worlds of this server are in use. One is free again {minutes} minutes after its last use.")
        gone = min(going, key=lambda live: live.used)
        return self._live.pop(gone.key)

    def _make_room_in_rooms(self, opener: Opener) -> Live | None:
        """The same for a world that a room gives out: one goes of the network with the most, and there of the room with the most."""
        given = [live for live in self._live.values() if live.opener.room]
        if len(given) < self.most_in_rooms:
            return None
        going = _fairest(given, opener)
        if not going:
            raise Full(f"All {self.most_in_rooms} worlds that this server has for rooms are in use.")
        return self._live.pop(min(going, key=lambda live: (live.asked, live.used)).key)

    def _forget(self) -> None:
        """Those that nobody has used for long; the store forgets them by itself."""
        now = self.clock.now()
        for key in [k for k, live in self._live.items() if now - live.used > self.idle]:
            del self._live[key]

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1003})
            return
        named = self._key.match(scope["path"])
        try:
            live = await self._found(named[1]) if named else None
        except (Away, Full) as later:
            await refuse(send, 503, "temporarily_unavailable", f"{later} Try again.", ("Retry-After", str(PAUSE)))
            return
        except Unreadable as error:
            await refuse(send, 404, "not_found", f"The set-up of this world cannot be read: {error}. The page Live opens another one.")
            return
        if live is None:
            await refuse(send, 404, "not_found", NONE_HERE)
            return
        await live(scope, receive, self._saving(live, send))

    async def _found(self, key: str) -> Live | None:
        """The world; a store that has to be waited for holds up nobody else."""
        live = self.here(key)
        if live is not None:
            return live
        return await asyncio.to_thread(self.find, key) if self.keeper.store.slow else self.find(key)

    def _saving(self, live: Live, send: Send) -> Send:
        """What a request has changed is told to the store before its answer goes out."""

        async def saved_first(message: Message) -> None:
            if message["type"] == "http.response.start" and self.keeper.due(live):
                with suppress(Away):  # the page says so
                    await asyncio.to_thread(self.save, live) if self.keeper.store.slow else self.save(live)
            await send(message)

        return saved_first


def _too_many(worlds: list[Live], network: str, most: int) -> list[Live]:
    """The worlds of another network that has more than half of all."""
    count = Counter(live.opener.network for live in worlds)
    return [v for v in worlds if v.opener.network != network and count[v.opener.network] * 2 > most]


def _fairest(worlds: list[Live], opener: Opener) -> list[Live]:
    """Those of which one should go for this opener: where the most are, unless nobody would have fewer for it."""
    networks = Counter(live.opener.network for live in worlds)
    network, most = networks.most_common(1)[0]
    there = [live for live in worlds if live.opener.network == network]
    rooms = Counter(live.opener.room for live in there)
    room, largest = rooms.most_common(1)[0]
    fair = largest > rooms[opener.room] + 1 if opener.network == network else most > networks[opener.network] + 1
    return [live for live in there if live.opener.room == room] if fair else []
