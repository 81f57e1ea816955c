"""The documents in which clients describe themselves, at the address that is their id: fetched before the request that names it is judged.

What such an address may be, and what a document must say, stands in `world/parties/authorization_server/client_documents.py`; how
something is fetched, in `fetching.py`.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

from sandbox.core.clock import WallClock
from sandbox.core.wire import Request, Response, first, split
from sandbox.protocol.tokens import NotAJwt, decode
from sandbox.serve.fetching import Fetching
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.authorization_server.client_documents import LARGEST, fault, is_address, note_fault, take

LONGEST, SHORTEST = 600, 60  # seconds for which a document is believed, whatever its Cache-Control says; without one, the former
ACCEPT = "application/json"
FETCHES = "The authorization server reads how the client at {host} describes itself"
NAMED_AT = frozenset({"/authorize", "/par", "/token", "/revoke", "/introspect", "/device_authorization", "/end-session"})
MAX_AGE = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,9})", re.I)
NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:store|cache)\b", re.I)


@dataclass(kw_only=True)
class ClientDocuments:
    """Fetches for one authorization server.  `at`: where its paths begin."""

    fetching: Fetching
    server: AuthorizationServer
    at: str
    until: dict[str, int] = field(default_factory=dict)  # by address, the second until which its document is believed
    clock: WallClock = field(default_factory=WallClock)  # the world's own may stand still
    turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    def wanting(self, request: Request) -> str | None:
        """The address whose document has to be read before this request can be judged.  An id that is registered is never one."""
        if request.mount != self.at or request.path not in NAMED_AT:
            return None
        address, core = _named(request), self.server.core
        if not is_address(address):
            return None
        known = core.query_client(address)
        if known is not None and (not known.by_document or self.until.get(address, 0) > self.clock.now()):
            return None
        return None if fault(core, address) else address

    async def prepare(self, request: Request) -> None:
        """Read what is needed for this request; it is judged by what is known then, whatever comes of it."""
        address = self.wanting(request)
        if address is None:
            return
        lock = self.turns.setdefault(address, asyncio.Lock())
        try:
            async with lock:
                if self.wanting(request) == address:  # somebody else may have read it meanwhile
                    await self._read(address)
        finally:
            if not lock.locked():
                self.turns.pop(address, None)

    async def _read(self, address: str) -> None:
        core = self.server.core
        got = await self.fetching.get(address, ACCEPT, FETCHES.format(host=split(address).netloc), LARGEST)
        if not got.asked:  # too many have been asked: what was known still counts
            note_fault(core, address, f"Its document was not asked for. {got.response.body}")
        elif take(core, address, got.response):
            self.until[address] = self.clock.now() + believed(got.response)
            self.until = {c: end for c, end in self.until.items() if c in core.store.clients}


def believed(answer: Response) -> int:
    """For how many seconds a document is believed: as its Cache-Control says (RFC 9111 §5.2.2), within bounds of our own."""
    said = answer.header("cache-control") or ""
    if NOT_KEPT.search(said):
        return SHORTEST
    age = MAX_AGE.search(said)
    return min(max(int(age[1]), SHORTEST), LONGEST) if age else LONGEST


def _named(request: Request) -> str:
    """The client that a request names: in client_id, or as the subject of its assertion; '' for none."""
    named = first(request.form, "client_id") or first(request.query, "client_id")
    if named:
        return named
    try:
        subject = decode(first(request.form, "client_assertion") or "").claims.get("sub")
    except NotAJwt:
        return ""
    return subject if isinstance(subject, str) else ""
