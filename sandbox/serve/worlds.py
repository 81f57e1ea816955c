"""All live worlds of the process: finding the one of a path, making room for a new one, forgetting.

Nobody can keep others out by opening many: a browser has one world, one that nobody has used gives way where all are in use, and then
one of the network that has more than half of them.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from asyncio import AbstractEventLoop
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import RecentTrace
from sandbox.serve import first_flow
from sandbox.serve.asgi import Receive, Send
from sandbox.serve.inside import Door, done
from sandbox.serve.listen import allow_plain_http
from sandbox.serve.live import WORLD, Live, refuse
from sandbox.world.external import External, Outside, found
from sandbox.world.network import Network
from sandbox.world.outgoing import Host, Outgoing, Policy

WELL_KNOWN = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")  # RFC 8414 §3.1 puts them in front
MOUNTS = (WORLD, *WELL_KNOWN)
MOST_WORLDS = 60
IDLE = 60 * 60  # seconds without a request or a look
NONE_HERE = "There is no live world at this address, or it has been forgotten. The page Live opens one."

_KEY = re.compile(rf"(?:{'|'.join(map(re.escape, WELL_KNOWN))})?{WORLD}/([\w-]+)(?=/|\Z)")


class Full(Exception):
    """There are as many worlds as this process may have."""


@dataclass(frozen=True, slots=True)
class Opener:
    """Who opens a world: a browser, and the network that it comes from; '' where that is not known."""

    browser: str = ""
    network: str = ""

    @classmethod
    def of(cls, cookie: str, address: str) -> Opener:
        """By the cookie, of which only a hash is kept, and the address that the connection comes from."""
        return cls(hashlib.sha256(cookie.encode()).hexdigest() if cookie else "", _network(address))


def _network(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the 2^64 IPv6 addresses of one link."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((int(ip), 64), strict=False))


NOBODY = Opener()


class Worlds:
    """All live worlds of this process, and the ASGI application in front of them.

    `mounted` is set where they can really be reached: not under every way to start the app; `loop` is where they are served then.
    `outgoing`: the hosts that whoever runs the server has named, at which a world may use an authorization server.
    """

    def __init__(self, clock: WallClock, entropy: SystemEntropy, most: int = MOST_WORLDS, idle: int = IDLE) -> None:
        self.clock, self.entropy, self.most, self.idle = clock, entropy, most, idle
        self.mounted = False
        self.outgoing: tuple[Host, ...] = ()
        self.loop: AbstractEventLoop | None = None
        self._live: dict[str, Live] = {}
        self._openers: dict[str, Opener] = {}
        self._lock = Lock()

    def open(self, origin: str, settings: Settings, opener: Opener = NOBODY) -> Live:
        """The world of this browser, or a fresh one below this origin.  Raises Full."""
        with self._lock:
            self._forget()
            mine = self._of(opener.browser)
            if mine is not None:
                return mine
            self._make_room(opener)
            allow_plain_http(origin)
            key = self.entropy.token("world", 18)
            self._live[key], self._openers[key] = Live(key, origin, settings, self.clock), opener
            return self._live[key]

    def find(self, key: str) -> Live | None:
        """The world with this key, if it has not been forgotten."""
        with self._lock:
            self._forget()
            return self._live.get(key)

    def of(self, browser: str) -> Live | None:
        """The world that this browser has opened."""
        with self._lock:
            self._forget()
            return self._of(browser)

    def send(self, live: Live) -> None:
        """The first flow against this world, as if its owner had a client already."""
        live.token = first_flow.send(live.served, Door(self, self.loop))

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
            self._drop(key)

    def _of(self, browser: str) -> Live | None:
        return next((self._live[k] for k, opener in self._openers.items() if browser and opener.browser == browser), None)

    def _make_room(self, opener: Opener) -> None:
        """Let one world go if there are too many: one that no client has ever asked, else one of a network that has more than its half."""
        if len(self._live) < self.most:
            return
        going = [k for k, live in self._live.items() if not live.asked] or self._too_many(opener.network)
        if not going:
            minutes = self.idle // 60
            raise Full(f"All {self.most} worlds of this server are in use. One is free again {minutes} minutes after its last use.")
        self._drop(min(going, key=lambda k: self._live[k].used))

    def _too_many(self, network: str) -> list[str]:
        """The worlds of another network that has more than half of all."""
        count = Counter(opener.network for opener in self._openers.values())
        return [k for k, o in self._openers.items() if o.network != network and count[o.network] * 2 > self.most]

    def _forget(self) -> None:
        now = self.clock.now()
        for key in [k for k, live in self._live.items() if now - live.used > self.idle]:
            self._drop(key)

    def _drop(self, key: str) -> None:
        self._live.pop(key, None)
        self._openers.pop(key, None)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1003})
            return
        named = _KEY.match(scope["path"])
        live = self.find(named[1]) if named else None
        if live is None:
            await refuse(send, 404, "not_found", NONE_HERE)
        else:
            await live(scope, receive, send)
