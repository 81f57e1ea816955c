"""What an authorization server fetches from addresses of its clients: their keys, and documents in which they describe themselves.

A server that fetches addresses of strangers can be made to ask for them: how a request leaves is the business of `world/outgoing.py`.
Parties do not wait, so the door fetches in a thread what a request needs, before the request is judged; and it is drawn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException

from sandbox.core.wire import Request, Response, origin
from sandbox.world.external import Outside
from sandbox.world.network import NOWHERE, Network
from sandbox.world.outgoing import LARGEST, Kept, Outgoing, Spent


@dataclass
class Fetched:
    """What came back, as one more party of the simulated network, so that it is drawn."""

    response: Response
    name: str = Outside.name

    def handle(self, request: Request) -> Response:
        return self.response

    def state(self) -> dict[str, str]:
        return {}


@dataclass(frozen=True, slots=True)
class Got:
    """An answer; 502 if there is none.  `asked`: whether anybody was asked for it, and not too many before."""

    response: Response
    asked: bool = True


@dataclass(kw_only=True)
class Fetching:
    """Fetches for one authorization server, `party`.  `announce`: told what is fetched, before it is recorded."""

    net: Network
    party: str
    outgoing: Outgoing
    announce: Callable[[str], None] | None = None

    def refuses(self, url: str) -> str | None:
        """Why nothing can be fetched from there, in a sentence; None if it can."""
        try:
            self.outgoing.check(url)
        except Kept as kept:
            return f"{kept}."
        return None

    async def get(self, url: str, accept: str, what: str, largest: int = LARGEST) -> Got:
        """What is there, recorded under the sentence `what`; at most so many bytes of it."""
        request, own = Request("GET", url, (("Accept", accept),)), self.net.owner(url) != NOWHERE
        got = None if own else await asyncio.to_thread(self._asked, request, largest)
        self.net.trace.now = self.net.clock.now()
        if self.announce is not None:
            self.announce(what)
        if got is None:
            return Got(self.net.deliver(request, self.party, "back"))  # a party of this world
        return Got(recorded(self.net, self.party, request, got.response), got.asked)

    def _asked(self, request: Request, largest: int) -> Got:
        try:
            return Got(self.outgoing.ask(request, largest))
        except (Kept, OSError, HTTPException, ValueError) as error:
            body = f"{type(error).__name__}: {error}"[:300]
            return Got(Response(502, (("Content-Type", "text/plain"),), body), asked=not isinstance(error, Spent))


def recorded(net: Network, party: str, request: Request, response: Response) -> Response:
    """What `party` got from a server outside, drawn as a message of the simulated network."""
    place = origin(request.url)
    net.connect(Fetched(response), place)
    try:
        return net.deliver(request, party, "back")
    finally:
        net.hosts.pop(place, None)
