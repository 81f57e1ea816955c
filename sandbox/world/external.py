"""A real authorization server somewhere else, for the sandbox's own client and resource servers: the article's "use a dedicated one".

The simulated network reaches real HTTP only through `Outside`, and only at the origins of an issuer that the user has named; how a
request leaves is the business of `outgoing.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from http.client import HTTPException
from typing import Any

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import Request, Response, origin, split
from sandbox.protocol.tokens import KEY_TYPES
from sandbox.world.network import Network
from sandbox.world.outgoing import Kept, Outgoing, Policy
from sandbox.world.parties.client_session import Registration
from sandbox.world.parties.issuer import TrustedIssuer
from sandbox.world.world import World

NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
USED = (*NEEDED, "userinfo_endpoint", "revocation_endpoint", "introspection_endpoint", "pushed_authorization_request_endpoint")


class NotAnIssuer(ValueError):
    """There is no usable authorization server at the address; the message says why."""


@dataclass
class Outside:
    """Carries requests to real servers and their answers back; on the simulated network it is one more party."""

    outgoing: Outgoing
    name: str = "external"
    asked: int = 0

    def handle(self, request: Request) -> Response:
        """The real server's answer; 502 if there is none."""
        self.asked += 1
        try:
            return self.outgoing.send(request)
        except (OSError, HTTPException, ValueError) as error:
            return Response(502, (("Content-Type", "text/plain"),), f"{type(error).__name__}: {error}")

    def state(self) -> dict[str, str]:
        return {"requests": str(self.asked)}


@dataclass(frozen=True, slots=True)
class External:
    """An authorization server outside.  `alg`: of its access tokens; '' takes the one of its first signing key."""

    issuer: str
    client_id: str = "budget"
    client_secret: str | None = None
    alg: str = ""
    metadata: dict[str, Any] = field(default_factory=dict, compare=False)


def unfit_issuer(text: str) -> str | None:
    """Why this is no issuer identifier: an address by https (or http, for this machine) without query and fragment (RFC 8414 §2)."""
    try:
        u = split(text)
        port = u.port
    except ValueError:
        return "it is no address; write one such as https://sso.example"
    if u.scheme not in ("http", "https") or not u.hostname or port == 0 or not text.isascii() or not text.isprintable() or " " in text:
        return "it is no address; write one such as https://sso.example"
    if "?" in text or "#" in text:
        return "an issuer has no query and no fragment (RFC 8414 §2); leave out what begins with ? or #"
    return "an issuer has no user name" if "@" in u.netloc else None


def use(world: World, external: External, client: str = "budget", outgoing: Outgoing | None = None) -> External:
    """Point this client and all resource servers of the world at the external server, in real time.  Raises NotAnIssuer.

    One whose metadata are known is not asked for them again.
    """
    net, outside = world.net, Outside(outgoing or Outgoing(named_by_operator(external)))
    if not isinstance(net.clock, WallClock):
        net.clock, net.entropy = WallClock(), SystemEntropy()
    known = found(net, external, outside)
    trusted = TrustedIssuer(known.issuer, known.alg, None, known.metadata["jwks_uri"])
    for api in world.apis.values():
        api.trust(trusted)
    party = world.clients[client]
    party.registration = Registration(
        client_id=known.client_id,
        secret=known.client_secret,
        redirect_uri=party.registration.redirect_uri,
        resource=party.registration.resource,
    )
    party.servers = {known.issuer: known.metadata}
    return known


def named_by_operator(external: External) -> Policy:
    """For an issuer that whoever runs the sandbox has named: it may be inside, and so may what it names on this machine."""
    return Policy(own_machine=True, inside=frozenset({split(external.issuer).hostname or ""}))


def found(net: Network, external: External, outside: Outside) -> External:
    """The external server with its metadata and the algorithm of its tokens; from now on it can be asked.  Raises NotAnIssuer."""
    _allow(net, outside, external.issuer)
    if why := unfit_issuer(external.issuer):
        raise NotAnIssuer(f"{external.issuer}: {why}")
    known = replace(external, metadata=external.metadata or _discovered(net, external.issuer))
    for name in USED:
        if name in known.metadata:
            _allow(net, outside, known.metadata[name])
    return replace(known, alg=known.alg or _signing_algorithm(net, known.metadata["jwks_uri"]))


def _allow(net: Network, outside: Outside, url: Any) -> None:
    """Let requests leave for the origin of this address: https, as RFC 8414 §2 wants it, or this machine.  Raises NotAnIssuer."""
    try:
        outside.outgoing.allow(str(url))
    except Kept as kept:
        raise NotAnIssuer(str(kept)) from None
    net.connect(outside, origin(str(url)))


def _discovered(net: Network, issuer: str) -> dict[str, Any]:
    """The metadata (OIDC Discovery §4, RFC 8414 §3), with the issuer checked, which the metadata could be lying about (§3.3)."""
    u, base = split(issuer), issuer.rstrip("/")
    places = (
        f"{base}/.well-known/openid-configuration",
        f"{origin(issuer)}/.well-known/oauth-authorization-server{u.path.rstrip('/')}",
    )
    for place in places:
        answer = net.deliver(Request("GET", place, (("Accept", "application/json"),)), "budget", "back")
        found = answer.json
        if answer.status == 502:
            raise NotAnIssuer(f"{issuer} cannot be reached: {answer.body}")
        if answer.ok and isinstance(found, dict):
            return _checked(issuer, found)
    raise NotAnIssuer(f"{issuer} has no metadata at {' or '.join(places)}")


def _checked(issuer: str, found: dict[str, Any]) -> dict[str, Any]:
    if found.get("issuer") != issuer:
        raise NotAnIssuer(f"the metadata at {issuer} are those of {json.dumps(found.get('issuer'))}")
    missing = [name for name in NEEDED if not isinstance(found.get(name), str)]
    if missing:
        raise NotAnIssuer(f"the metadata of {issuer} lack {', '.join(missing)}")
    return {"id_token_signing_alg_values_supported": ["RS256"]} | found


def _signing_algorithm(net: Network, jwks_uri: str) -> str:
    """The algorithm of the first signing key that we can verify with."""
    answer = net.deliver(Request("GET", jwks_uri), "accounts", "back")
    if answer.status == 502:
        raise NotAnIssuer(f"{jwks_uri} cannot be reached: {answer.body}")
    body = answer.json
    keys = body.get("keys") if isinstance(body, dict) else None
    for jwk in keys if isinstance(keys, list) else []:
        fits = [alg for alg, kty in KEY_TYPES.items() if kty == jwk.get("kty") != "oct" and jwk.get("alg", alg) == alg]
        if fits and jwk.get("use", "sig") == "sig":
            return fits[0]
    raise NotAnIssuer(f"{jwks_uri} has no signing key of ES256, RS256 or EdDSA")
