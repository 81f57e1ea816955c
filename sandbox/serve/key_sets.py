"""The key sets that clients publish at an address of theirs (`jwks_uri`): fetched before the request that needs one is answered.

A server that fetches addresses of strangers can be made to ask for them: how a request leaves is the business of `world/outgoing.py`.
Parties do not wait, so the door asks first whether a request is signed with a key that is not known, and fetches it in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException

from sandbox.core.clock import WallClock
from sandbox.core.wire import Request, Response, first, origin
from sandbox.protocol.tokens import Decoded, NotAJwt, decode
from sandbox.world.external import Outside
from sandbox.world.network import NOWHERE, Network
from sandbox.world.outgoing import Kept, Outgoing
from sandbox.world.parties.authorization_server import AuthorizationServer, Client
from sandbox.world.parties.authorization_server.registration import usable_keys

FRESH = 600  # seconds for which a key set is believed; a key that its client has taken back counts no longer than that
SIGNED = ("client_assertion", "request")  # parameters that a client signs
ACCEPT = (("Accept", "application/json, application/jwk-set+json"),)
FETCHES = "The authorization server fetches the keys of {client}"


@dataclass
class Fetched:
    """What came back, as one more party of the simulated network, so that it is drawn."""

    response: Response
    name: str = Outside.name

    def handle(self, request: Request) -> Response:
        return self.response

    def state(self) -> dict[str, str]:
        return {}


@dataclass(kw_only=True)
class KeySets:
    """Fetches for one authorization server.  `at`: where its paths begin; `announce`: told what is fetched, before it is recorded."""

    net: Network
    server: AuthorizationServer
    at: str
    outgoing: Outgoing
    announce: Callable[[str], None] | None = None
    until: dict[str, int] = field(default_factory=dict)  # by client, the second until which its key set is believed
    clock: WallClock = field(default_factory=WallClock)  # the world's own may stand still
    turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    def refuses(self, uri: str) -> str | None:
        """Why nothing can be fetched from there, in a sentence; None if it can."""
        try:
            self.outgoing.check(uri)
        except Kept as kept:
            return f"{kept}."
        return None

    def wanting(self, request: Request) -> Client | None:
        """The client whose keys have to be fetched before this request can be judged."""
        if request.mount != self.at or not any(f"{name}=" in text for name in SIGNED for text in (request.body, request.url)):
            return None
        for name in SIGNED:
            token = _read(first(request.form, name) or first(request.query, name) or "")
            client = self._signer(token, request) if token else None
            if token and client and self._unknown(client, token.header.get("kid")):
                return client
        return None

    def _signer(self, token: Decoded, request: Request) -> Client | None:
        """The client that says it has signed this, if it publishes its keys."""
        named = token.claims.get("iss", request.param("client_id"))
        client = self.server.store.clients.get(named) if isinstance(named, str) else None
        return client if client and client.jwks_uri else None

    def _unknown(self, client: Client, kid: object) -> bool:
        if not client.keys or self.until.get(client.client_id, 0) <= self.clock.now():
            return True
        return kid is not None and all(jwk.get("kid") != kid for jwk in client.keys)

    async def prepare(self, request: Request) -> None:
        """Fetch what is needed for this request; it is judged by what is known then, whatever comes of it."""
        client = self.wanting(request)
        if client is None:
            return
        lock = self.turns.setdefault(client.client_id, asyncio.Lock())
        try:
            async with lock:
                if self.wanting(request) is client:  # somebody else may have fetched them meanwhile
                    await self._fetch(client)
        finally:
            if not lock.locked():
                self.turns.pop(client.client_id, None)

    async def _fetch(self, client: Client) -> None:
        request, own = Request("GET", client.jwks_uri, ACCEPT), self.net.owner(client.jwks_uri) != NOWHERE
        response = None if own else await asyncio.to_thread(self._asked, request)
        self.net.trace.now = self.net.clock.now()
        if self.announce is not None:
            self.announce(FETCHES.format(client=client.title))
        response = self._recorded(request, response)
        keys = usable_keys(response.json) if response.ok else ()
        if keys and client.client_id in self.server.store.clients:
            self.server.store.change(client.client_id, keys=keys)
            self.until[client.client_id] = self.clock.now() + FRESH
            self.until = {c: end for c, end in self.until.items() if c in self.server.store.clients}
        told = f"{len(keys)} of them can be used" if keys else "none can be used" if response.ok else "they did not come"
        self.net.noted(self.server.name, f"The keys of {client.client_id} were asked for: {told}.")

    def _asked(self, request: Request) -> Response:
        try:
            return self.outgoing.ask(request)
        except (Kept, OSError, HTTPException, ValueError) as error:
            return Response(502, (("Content-Type", "text/plain"),), f"{type(error).__name__}: {error}"[:300])

    def _recorded(self, request: Request, response: Response | None) -> Response:
        """The answer, drawn as a message; of a party of this world if it was not asked yet."""
        if response is None:
            return self.net.deliver(request, self.server.name, "back")
        place = origin(request.url)
        self.net.connect(Fetched(response), place)
        try:
            return self.net.deliver(request, self.server.name, "back")
        finally:
            self.net.hosts.pop(place, None)


def _read(text: str) -> Decoded | None:
    try:
        return decode(text) if text else None
    except NotAJwt:
        return None
