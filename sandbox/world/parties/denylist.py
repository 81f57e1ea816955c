"""The issuer's list of what is revoked, and how the services get to read it.

Others get no answer: which tokens are dead, like who has which role, is told inside the company only.

There is no standard for this (RFC 7009 §3 calls it non-standardized backend interaction).  Services with `rs.denylist=strict`
ask at each request; to those with `eventual` the issuer pushes each entry, and a replica may lag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.clock import clock_time
from sandbox.core.wire import Request, Response, json_request, json_response
from sandbox.protocol.cast import INTERNAL
from sandbox.protocol.checks import Checklist
from sandbox.protocol.tokens import number
from sandbox.world.network import Network
from sandbox.world.parties.limits import ISSUED, forget_oldest, full

NAMES = ("jti", "sid")  # claims by which one token, or all of one sign-in, can be on the list


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A replica that keeps a copy.  `lag`: seconds until an entry arrives there."""

    url: str
    lag: int


@dataclass
class Revoked:
    """The list, or a copy of it: ids of tokens and sign-ins, each with the second at which it is over anyway; and users, each with the
    second up to which all that was issued to them is void, and that at which it is over anyway."""

    ids: dict[str, int] = field(default_factory=dict)
    users: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, entry: Mapping[str, Any], now: int) -> bool:
        """Add an entry as it travels, `{jti, exp}`, `{sid, exp}` or `{sub, before, exp}`; false if it is none."""
        exp, before = number(entry.get("exp")), number(entry.get("before"))
        names = [str(entry[name]) for name in NAMES if name in entry]
        if exp is None or (before is None) != ("sub" not in entry) or len(names) + ("sub" in entry) != 1:
            return False
        if before is None:
            self.ids[names[0]] = int(exp)
        else:
            self.users[str(entry["sub"])] = (int(before), int(exp))
        self._forget(now)
        return True

    def covers(self, claims: Mapping[str, Any], now: int) -> bool:
        """Whether a token with these claims is revoked: it, its sign-in, or all that its user had by then.

        What was issued in the very second up to which all is void is void, too: tokens do not tell time any finer.
        """
        before, until = self.users.get(str(claims.get("sub")), (0, 0))
        issued = number(claims.get("iat"))
        named = any(self.ids.get(str(claims[name]), 0) > now for name in NAMES if name in claims)
        return named or (until > now and (issued is None or issued <= before))

    def take_over(self, other: Revoked) -> None:
        """All that is on another list, too."""
        self.ids |= other.ids
        self.users |= other.users

    def shown(self) -> dict[str, str]:
        """The list as a learner sees it."""
        out = {f"denylist {name}": "until it expires" for name in self.ids}
        return out | {f"denylist {user}": f"whatever was issued until {clock_time(at)}" for user, (at, _) in self.users.items()}

    def _forget(self, now: int) -> None:
        if full(self.ids):
            self.ids = {name: end for name, end in self.ids.items() if end > now}
        forget_oldest(self.ids, ISSUED)
        forget_oldest(self.users, ISSUED)


@dataclass
class Denylist:
    """The list of an issuer."""

    net: Network
    owner: str
    subscribers: tuple[Subscriber, ...] = ()
    revoked: Revoked = field(default_factory=Revoked)

    def add(self, jti: str, exp: int) -> None:
        """Put a token on the list until it expires."""
        if jti not in self.revoked.ids:
            self._enter({"jti": jti, "exp": exp})

    def add_sign_in(self, sid: str, exp: int) -> None:
        """Put all tokens of a sign-in on the list until the last of them has expired."""
        if sid not in self.revoked.ids:
            self._enter({"sid": sid, "exp": exp})

    def add_user(self, user: str, exp: int) -> None:
        """Make void whatever was issued to a user until now; the last of it expires at `exp`."""
        self._enter({"sub": user, "before": self.net.clock.now(), "exp": exp})

    def _enter(self, entry: dict[str, Any]) -> None:
        """Write it down, unless it is over already, and tell the subscribers."""
        now = self.net.clock.now()
        if entry["exp"] <= now or not self.revoked.take(entry, now):
            return
        for to in self.subscribers:
            request = json_request("POST", to.url, entry)
            if to.lag:
                self.net.later(to.lag, request, self.owner)
            else:
                self.net.deliver(request, self.owner, "internal")

    def answer(self, request: Request) -> Response:
        """`GET /denylist?jti=...` of a service that asks at each request, with the claims that entries can be about."""
        refusal = for_services(self.net, self.owner, request)
        if refusal is not None:
            return refusal
        claims: dict[str, Any] = {name: value for name in (*NAMES, "sub") if (value := request.param(name)) is not None}
        issued = request.param("iat") or ""
        claims |= {"iat": int(issued)} if issued.isdecimal() and len(issued) < 13 else {}
        return json_response(200, {"listed": self.revoked.covers(claims, self.net.clock.now())})


def for_services(net: Network, owner: str, request: Request) -> Response | None:
    """The refusal of a caller that is not one of the services behind `owner`."""
    if net.admits(INTERNAL, request.peer):
        return None
    Checklist(net.trace, owner).test("zone", False, f"a machine in the zone {INTERNAL}", request.peer)
    return json_response(403, {"error": "access_denied", "error_description": "Only the services behind this server may ask for this."})
