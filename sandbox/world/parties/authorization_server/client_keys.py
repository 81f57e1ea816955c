"""What a client assertion and a request object have in common: a key that the client has registered, and times that are bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.core.clock import clock_time
from sandbox.protocol.client_jwts import LEEWAY, LONGEST, SIGNED_BY_CLIENTS, signed_by
from sandbox.protocol.tokens import Decoded, NotAJwt, dated, decode, number
from sandbox.world.parties.authorization_server.store import Client

Step = tuple[str, bool, object, object]  # check, passed?, expected, found


def read(text: str) -> Decoded | str:
    """A JWT taken apart, or why it is none."""
    try:
        return decode(text)
    except NotAJwt as fault:
        return str(fault)


def typed(token: Decoded, typ: str) -> bool:
    """Whether a JWT says that it is of this type, or nothing: another type is for something else (RFC 8725 §3.11)."""
    found = token.header.get("typ", "JWT")
    return isinstance(found, str) and found.lower().removeprefix("application/") in ("jwt", typ)


def signed(client: Client, token: Decoded, alg: str = "") -> Iterator[Step]:
    """By an algorithm that is accepted here, with a key that the client has registered (RFC 9101 §6.2).  `alg`: the one it registered."""
    found, kid = token.header.get("alg"), token.header.get("kid")
    accepted = (alg,) if alg else SIGNED_BY_CLIENTS
    yield "algorithm", isinstance(found, str) and found in accepted, " or ".join(accepted), found or "none"
    keys = [jwk for jwk in client.keys if kid is None or jwk.get("kid") == kid]
    yield "client_key", bool(keys), f"a key of {client.client_id}", kid or f"{len(client.keys)} registered"
    fits = any(signed_by(jwk, token, str(found)) for jwk in keys)
    yield "signature", fits, "made by a registered key over exactly these bytes", "it fits" if fits else "it does not fit"


def timely(claims: Mapping[str, Any], now: int, since: bool = False) -> Iterator[Step]:
    """It has begun and not ended, and does not last for ever.  `since`: whether it must say when it begins, which must not be long ago."""
    times = {name: number(claims[name]) for name in ("nbf", "iat") if name in claims}
    begins = times.get("nbf")
    begun = all(t is not None and t <= now + LEEWAY for t in times.values())
    recent = not since or (begins is not None and begins >= now - LONGEST)
    wanted = f"nbf within the hour before {clock_time(now)}" if since else f"not after {clock_time(now + LEEWAY)}"
    yield "not_before", begun and recent, wanted, dated(claims, "nbf" if "nbf" in claims else "iat")
    ends, latest = number(claims.get("exp")), (begins if since and begins is not None else now + LEEWAY) + LONGEST
    fits = ends is not None and now < ends <= latest
    yield "expiry", fits, f"later than {clock_time(now)}, by {clock_time(latest)} at the latest", dated(claims, "exp")
