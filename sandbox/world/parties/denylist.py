"""The issuer's list of revoked tokens, and how the services get to read it.

Others get no answer: which tokens are dead, like who has which role, is told inside the company only.

There is no standard for this (RFC 7009 §3 calls it non-standardized backend interaction).  Services with `rs.denylist=strict`
ask at each request; to those with `eventual` the issuer pushes each entry, and a replica may lag.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.core.wire import Request, Response, json_request, json_response
from sandbox.protocol.cast import INTERNAL
from sandbox.protocol.checks import Checklist
from sandbox.world.network import Network
from sandbox.world.parties.limits import ISSUED, forget_oldest, full


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A replica that keeps a copy.  `lag`: seconds until an entry arrives there."""

    url: str
    lag: int


@dataclass
class Denylist:
    """Revoked token ids with the second at which each expires by itself."""

    net: Network
    owner: str
    subscribers: tuple[Subscriber, ...] = ()
    entries: dict[str, int] = field(default_factory=dict)

    def add(self, jti: str, exp: int) -> None:
        """Put a token on the list until it expires, and tell the subscribers."""
        if jti in self.entries or exp <= self.net.clock.now():
            return
        self.entries[jti] = exp
        if full(self.entries):
            self.entries = {k: t for k, t in self.entries.items() if t > self.net.clock.now()}
            forget_oldest(self.entries, ISSUED)
        for to in self.subscribers:
            request = json_request("POST", to.url, {"jti": jti, "exp": exp})
            if to.lag:
                self.net.later(to.lag, request, self.owner)
            else:
                self.net.deliver(request, self.owner, "internal")

    def answer(self, request: Request) -> Response:
        """`GET /denylist?jti=...` of a service that asks at each request."""
        refusal = for_services(self.net, self.owner, request)
        if refusal is not None:
            return refusal
        exp = self.entries.get(request.param("jti") or "", 0)
        return json_response(200, {"listed": exp > self.net.clock.now()})


def for_services(net: Network, owner: str, request: Request) -> Response | None:
    """The refusal of a caller that is not one of the services behind `owner`."""
    if net.admits(INTERNAL, request.peer):
        return None
    Checklist(net.trace, owner).test("zone", False, f"a machine in the zone {INTERNAL}", request.peer)
    return json_response(403, {"error": "access_denied", "error_description": "Only the services behind this server may ask for this."})
