"""How one API calls another in a person's name: four designs, by `rs.calls`, as the caller makes the request and as the callee takes it.

- shared-key: one API key that all services have; the person's name stands beside it.
- own-jwt: each service signs a JWT with a key of its own, which the others were configured with; it says for whom, and for which API.
- client-credentials: the service gets a token in its own name (RFC 6749 §4.4); the person's name stands beside it.
- token-exchange: the service trades the token that it was sent for one that names both (RFC 8693 §4.1).

What the callee can tell of its caller is the check `caller`: what an honest log would say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sandbox.core.clock import clock_time
from sandbox.core.entropy import secret
from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol.cast import instances, resource
from sandbox.protocol.checks import Checklist, fits
from sandbox.protocol.policies import ResourcePolicy
from sandbox.protocol.proofs import bearer_challenge
from sandbox.protocol.tokens import Decoded, Key, NotAJwt, b64, dated, decode, key_for, number, public_key, signature_fits
from sandbox.world.network import Network

USER = "X-User-Id"  # where a design has no other place for the person's name
LIFE = 60  # seconds that a JWT of a service's own lives: long enough for one call
NOBODY = "nobody"


# ---------------------------------------------------------------- the caller


def shared_key(seed: str) -> str:
    """The API key that all services have."""
    return b64(secret(seed, "all services")[:24])


def own_key(seed: str, service: str) -> Key:
    """The key with which a service signs its own JWTs; its public half is in the configuration of all others."""
    return key_for(seed, f"{service} as a service")


def own_jwt(seed: str, service: str, user: str, api: str, now: int) -> str:
    """The service's own word that it acts for this person at this API."""
    claims = {"iss": resource(service), "sub": user, "aud": resource(api), "iat": now, "exp": now + LIFE}
    return own_key(seed, service).sign(claims)


def person(request: Request) -> str:
    """For whom a request was sent, as it says itself: by a header, or by its token."""
    named = request.header(USER)
    return named if named is not None else str(claims_of(request).get("sub", ""))


def claims_of(request: Request) -> Mapping[str, Any]:
    """What the token of a request says, believed or not."""
    credential = request.credential()
    try:
        return decode(credential[1]).claims if credential else {}
    except NotAJwt:
        return {}


# ---------------------------------------------------------------- the callee


class Call(Protocol):
    """A request on its way through the checks of an API."""

    request: Request
    checks: Checklist
    scheme: str
    token: str
    decoded: Decoded
    claims: dict[str, Any]


class Callee(Protocol):
    """The API that is called, as far as it matters here."""

    name: str
    net: Network
    policy: ResourcePolicy


def _refused() -> Response:
    return json_response(401, {"error": "invalid_token"}, ("WWW-Authenticate", bearer_challenge("invalid_token")))


def design(server: Callee, request: Request) -> str:
    """`shared-key` or `own-jwt` if the request comes in that way, and this API takes it; '' if it is like any other."""
    calls, credential = server.policy.calls, request.credential()
    if calls == "shared-key" and credential is not None and "." not in credential[1] and request.header(USER) is not None:
        return calls
    return calls if calls == "own-jwt" and _service(claims_of(request).get("iss")) else ""


def _service(name: object) -> str:
    """The service of this address; '' if there is none."""
    return next((api for api in instances("rs") if resource(api) == name), "")


def keyed(server: Callee, d: Call) -> Response | None:
    """One key for all: whoever has it is some service, and the header says for whom."""
    credential, user = d.request.credential(), d.request.header(USER) or NOBODY
    d.scheme, d.token = credential or ("", "")
    d.claims = {"sub": user}
    ok = d.token == shared_key(server.net.entropy.seed)
    if d.checks.test("caller", ok, "the key that all services have", f"some service, which says: for {user}" if ok else "another key"):
        return None
    return _refused()


def spoken_for(server: Callee, d: Call) -> Response | None:
    """A JWT that a service has signed itself: its key, its audience, its life, and whom it names."""
    credential, now = d.request.credential(), server.net.clock.now()
    d.scheme, d.token = credential or ("", "")
    d.decoded = decode(d.token)
    d.claims = dict(d.decoded.claims)
    service = _service(d.claims["iss"])
    key = public_key(own_key(server.net.entropy.seed, service).jwk or {}, "ES256")
    d.checks.test("key", True, f"the key that was configured for {service}", f"that of {service}")
    if not fits(d.checks, d.decoded.header.get("alg") == "ES256" and signature_fits(d.decoded, key, "ES256")):
        return _refused()
    if not d.checks.test("audience", d.claims.get("aud") == resource(server.name), resource(server.name), d.claims.get("aud")):
        return _refused()
    end = number(d.claims.get("exp"))
    if not d.checks.test("expiry", end is not None and now < end, f"later than {clock_time(now)}", dated(d.claims, "exp")):
        return _refused()
    d.checks.test("caller", True, "a service", f"{service}, which says: for {d.claims.get('sub')}")
    return None


def caller(server: Callee, d: Call) -> Response | None:
    """Who calls, by a token of the issuer: a service in its own name that names a person, or one that acts for a person."""
    act, user = d.claims.get("act"), d.request.header(USER)
    if server.policy.calls == "client-credentials" and d.claims.get("sub") in instances("rs") and user is not None:
        d.checks.test("caller", True, "a service", f"{d.claims['sub']}, which says: for {user}")
        d.claims["sub"] = user
    if server.policy.calls == "token-exchange" and isinstance(act, dict):
        d.checks.test("caller", True, "a service", f"{', for '.join(actors(act))}, for {d.claims.get('sub')}")
    return None


def actors(act: object) -> list[str]:
    """Who acts, the latest first (RFC 8693 §4.1)."""
    return [str(act.get("sub")), *actors(act.get("act"))] if isinstance(act, dict) else []
