"""The key sets that clients publish at an address of theirs (`jwks_uri`): fetched before the request that needs one is answered.

The door asks first whether a request is signed with a key that is not known; how something is fetched, says `fetching.py`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sandbox.core.clock import WallClock
from sandbox.core.wire import Request, first
from sandbox.protocol.tokens import Decoded, NotAJwt, decode
from sandbox.serve.fetching import Fetching
from sandbox.world.parties.authorization_server import AuthorizationServer, Client
from sandbox.world.parties.authorization_server.registration import usable_keys

FRESH = 600  # seconds for which a key set is believed; a key that its client has taken back counts no longer than that
SIGNED = ("client_assertion", "request")  # parameters that a client signs
ACCEPT = "application/json, application/jwk-set+json"
FETCHES = "The authorization server fetches the keys of {client}"


@dataclass(kw_only=True)
class KeySets:
    """Fetches for one authorization server.  `at`: where its paths begin."""

    fetching: Fetching
    server: AuthorizationServer
    at: str
    until: dict[str, int] = field(default_factory=dict)  # by client, the second until which its key set is believed
    clock: WallClock = field(default_factory=WallClock)  # the world's own may stand still
    turns: dict[str, asyncio.Lock] = field(default_factory=dict)

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
        got = await self.fetching.get(client.jwks_uri, ACCEPT, FETCHES.format(client=client.title))
        response, store = got.response, self.server.store
        keys = usable_keys(response.json) if response.ok else ()
        if keys and client.client_id in store.clients:
            store.change(client.client_id, keys=keys)
            self.until[client.client_id] = self.clock.now() + FRESH
            self.until = {c: end for c, end in self.until.items() if c in store.clients}
        told = f"{len(keys)} of them can be used" if keys else "none can be used" if response.ok else "they did not come"
        self.fetching.net.noted(self.server.name, f"The keys of {client.client_id} were asked for: {told}.")


def _read(text: str) -> Decoded | None:
    try:
        return decode(text) if text else None
    except NotAJwt:
        return None
