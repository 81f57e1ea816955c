"""The API gateway: one public address for all services.  It looks at the token, writes down who is calling, and passes the request on.

`ORDER` is the list of its checks.  What it tells the services are two headers, X-User-Id and X-Scope; whether they believe it is
theirs to decide (`rs.verify_behind_gw`).  Signatures are verified by PyJWT's algorithms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.core.clock import clock_time
from sandbox.core.wire import Pairs, Request, Response, first, json_response, split
from sandbox.protocol.checks import Checklist, fits
from sandbox.protocol.policies import DpopDemand, GatewayPolicy
from sandbox.protocol.proofs import SeenProofs, bearer_challenge, challenge, check_proof
from sandbox.protocol.tokens import Decoded, NotAJwt, dated, decode, number, public_key, signature_fits
from sandbox.world.network import Network
from sandbox.world.parties import cors
from sandbox.world.parties.issuer import TrustedIssuer
from sandbox.world.parties.memory import explained, remembered
from sandbox.world.parties.published_keys import PublishedKeys

FIELD_LIMIT = 8 * 1024  # bytes of the address, and of each header field: what Apache and nginx allow unless told otherwise
IDENTITY = ("x-user-id", "x-scope", "client-cert")  # headers by which a gateway tells services who is calling


@dataclass(frozen=True, slots=True)
class Service:
    """A service behind the gateway: its internal address, and its resource identifier (RFC 8707 §2)."""

    internal: str
    resource: str


@dataclass
class Call:
    """One request on its way through the gateway."""

    request: Request
    checks: Checklist
    service: Service
    scheme: str = ""
    token: str = ""
    decoded: Decoded | None = None  # None for a token that says nothing
    claims: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayConfig:
    """How the gateway is set up.  `dpop`: what the services behind it demand; `routes`: services by the first part of the path;
    `asks`: whether it asks the issuer what a token means, showing its own `password`."""

    policy: GatewayPolicy
    dpop: DpopDemand
    url: str
    issuer: TrustedIssuer
    routes: Mapping[str, Service]
    password: str = ""
    asks: bool = False


class Gateway:
    """The gateway: looks at each request's token, and passes the request on."""

    def __init__(self, name: str, net: Network, config: GatewayConfig) -> None:
        self.name, self.net, self.policy, self.dpop = name, net, config.policy, config.dpop
        self.url, self.issuer, self.routes = config.url, config.issuer, config.routes
        self.password, self.asks = config.password, config.asks
        self.jwks = PublishedKeys()
        self.since = 0  # what was issued before is void, if the world was started anew then
        self.proofs = SeenProofs()

    def handle(self, request: Request) -> Response:
        """Check, and pass on to the service behind the path."""
        return cors.served(request, self._route)

    def _route(self, request: Request) -> Response:
        checks = Checklist(self.net.trace, self.name)
        refusal = too_large(checks, request)
        if refusal is not None:
            return refusal
        service = self.routes.get(request.path.split("/")[1] if "/" in request.path else "")
        if service is None:
            return json_response(404, {"error": "not_found"})
        call = Call(request, checks, service)
        for check in ORDER:
            refusal = check(self, call)
            if refusal is not None:
                return refusal
        return self.net.deliver(self._passed_on(call), self.name, "internal")

    def state(self) -> dict[str, str]:
        out = self.jwks.shown()
        return out | {f"proof {jti[:6]}…": "seen" for _, jti in self.proofs.until}

    # ---- passing on
    def _passed_on(self, call: Call) -> Request:
        """The request for the service: its headers as they came or cleaned, and who is calling, at the end."""
        request = call.request
        claims = call.claims
        told = (("X-User-Id", str(claims.get("sub", ""))),) + ((("X-Scope", str(claims["scope"])),) if "scope" in claims else ())
        if call.request.certificate:
            told += (("Client-Cert", f":{call.request.certificate}:"),)  # TLS ends here (RFC 9440 §2.2)
        query = split(request.url).query
        url = f"{call.service.internal}{request.path}" + (f"?{query}" if query else "")
        inside = replace(call.request, url=url, headers=(*self._cleaned(call), *told))
        return self._readable(call, inside) if self.policy.phantom == "on" and call.decoded is None else inside

    def _readable(self, call: Call, inside: Request) -> Request:
        """The request with a JWT that the issuer gives for the opaque token.  Without one it goes on as it came."""
        token = self.issuer.exchange(self.net, self.name, self.password, call.token, call.service.resource)
        return inside.with_header("Authorization", f"Bearer {token}").with_header("DPoP", None) if token else inside

    def _cleaned(self, call: Call) -> Pairs:
        """The headers without those that only a gateway may write."""
        headers, how = call.request.headers, self.policy.strip_identity_headers
        if how == "off":
            call.checks.skip("identity_headers", "they are passed on", ", ".join(k for k, _ in headers if _plain(k) in IDENTITY) or "none")
            return headers
        gone = [k for k, _ in headers if (k.lower() if how == "exact-name" else _plain(k)) in IDENTITY]
        call.checks.test("identity_headers", True, "none from outside", f"{', '.join(gone)}: removed" if gone else "none")
        return tuple(h for h in headers if h[0] not in gone)

    # ---- the checks
    def token_present(self, call: Call) -> Response | None:
        header, query = call.request.credential(), first(call.request.query, "access_token")
        call.scheme, call.token = header or ("bearer", query or "")
        found = call.scheme if call.token else "nothing"
        sent = bool(call.token) and call.scheme in ("bearer", "dpop")
        return None if call.checks.test("token_present", sent, "an access token", found) else self._refused(call, None)

    def format(self, call: Call) -> Response | None:
        if self.asks and self.policy.verify_token == "on" and "." not in call.token:
            call.checks.skip("format", "the issuer is asked what it means", "a text without meaning")
            return None
        try:
            call.decoded = decode(call.token)
            call.claims = dict(call.decoded.claims)
        except NotAJwt as error:
            call.checks.test("format", False, "a JWT", str(error))
            return self._refused(call, "invalid_token")
        call.checks.test("format", True, "a JWT", "a JWT")
        return None

    def verified(self, call: Call) -> Response | None:
        """Algorithm, key, signature, issuer, audience if there is one, lifetime; or nothing of this."""
        if self.policy.verify_token == "off":
            call.checks.skip("signature", "the token is decoded, not verified", f"sub {call.claims.get('sub')}")
            return None
        genuine = self._active(call) if call.decoded is None else self._genuine(call, call.decoded)
        if not genuine or not self._current(call):
            return self._refused(call, "invalid_token")
        return None if remembered(call.checks, call.claims, self.since) else explained(self._refused(call, "invalid_token"), self.since)

    def _active(self, call: Call) -> bool:
        """The issuer's answer takes the place of the claims (RFC 7662 §2.2)."""
        answer = self.issuer.introspect(self.net, self.name, self.password, call.token)
        active = answer.get("active") is True
        call.claims = answer if active else {}
        return call.checks.test("introspection", active, "active", "active" if active else "not active")

    def _genuine(self, call: Call, token: Decoded) -> bool:
        alg = token.header.get("alg")
        if not call.checks.test("algorithm", alg == self.issuer.alg, self.issuer.alg, alg):
            return False
        key = self._key(token.header.get("kid"))
        if not call.checks.test("key", key is not None, f"a key of {self.issuer.url}", str(token.header.get("kid"))[:12]):
            return False
        return fits(call.checks, signature_fits(token, key, self.issuer.alg))

    def _key(self, kid: object) -> Any:
        if self.issuer.secret is not None:
            return self.issuer.secret
        return next((public_key(k, self.issuer.alg) for k in self.jwks.named(kid, self._fetch)), None)

    def _fetch(self) -> Any:
        return self.net.deliver(Request("GET", self.issuer.keys_at), self.name, "back").json

    def _current(self, call: Call) -> bool:
        claims, now = call.claims, self.net.clock.now()
        aud, exp = claims.get("aud"), number(claims.get("exp"))
        names = aud if isinstance(aud, list) else [aud]
        return (
            call.checks.test("issuer", claims.get("iss") == self.issuer.url, self.issuer.url, claims.get("iss"))
            and (aud is None or call.checks.test("audience", call.service.resource in names, call.service.resource, aud))
            and call.checks.test("expiry", exp is not None and now < exp, f"later than {clock_time(now)}", dated(claims, "exp"))
        )

    def key_binding(self, call: Call) -> Response | None:
        """What the services ask for (`rs.dpop`) is asked for here, too, because some of them do not look again."""
        cnf, policy = call.claims.get("cnf"), self.dpop
        bound = cnf.get("jkt") if isinstance(cnf, dict) else None
        if self.policy.verify_token == "off" or policy == "off" or (policy == "accept-both" and call.scheme != "dpop"):
            call.checks.skip("key_binding", "no proof is asked for", f"bound to {str(bound)[:8]}" if bound else "not bound")
            return None
        if bound is None or call.scheme != "dpop":
            found = "not bound to any key" if bound is None else "sent as Bearer, without a proof"
            call.checks.test("key_binding", False, "a token bound to the caller's key", found)
            return self._refused(call, "invalid_token")
        jkt = check_proof(call.checks, call.request, self.net.clock.now(), self.proofs, call.token)
        if jkt is None:
            return self._refused(call, "invalid_dpop_proof")
        ok = call.checks.test("key_binding", jkt == bound, f"key {str(bound)[:8]}", f"key {jkt[:8]}")
        return None if ok else self._refused(call, "invalid_token")

    def _refused(self, call: Call, error: str | None) -> Response:
        """A refusal with its challenge: for a proof where one is asked for, or was tried (RFC 6750 §3, RFC 9449 §7.1)."""
        proof = self.policy.verify_token == "on" and (self.dpop == "require" or (self.dpop == "accept-both" and call.scheme == "dpop"))
        said = challenge(error) if proof else bearer_challenge(error)
        return json_response(401, {"error": error} if error else {}, ("WWW-Authenticate", said))


ORDER: tuple[Callable[[Gateway, Call], Response | None], ...] = (
    Gateway.token_present,
    Gateway.format,
    Gateway.verified,
    Gateway.key_binding,
)


def octets(text: str) -> int:
    """How many bytes a text has on the wire, whatever is in it."""
    return len(text.encode(errors="surrogatepass"))


def too_large(checks: Checklist, request: Request) -> Response | None:
    """431 for a header field, 414 for an address that is too long (RFC 6585 §5, RFC 9110 §15.5.15)."""
    name, size = max(((k, octets(f"{k}: {v}")) for k, v in request.headers), key=lambda field: field[1], default=("no header", 0))
    if octets(request.url) > FIELD_LIMIT:
        checks.test("request_size", False, f"at most {FIELD_LIMIT} bytes", f"the address: {octets(request.url)} bytes")
        return json_response(414, {"error": "uri_too_long"})
    ok = checks.test("request_size", size <= FIELD_LIMIT, f"at most {FIELD_LIMIT} bytes", f"{name}: {size} bytes")
    return None if ok else json_response(431, {"error": "request_header_fields_too_large"})


def _plain(name: str) -> str:
    """A header's name as CGI and WSGI see it: `_` and `-` are the same (RFC 3875 §4.1.18)."""
    return name.lower().replace("_", "-")


__all__ = ["ORDER", "Call", "Gateway", "Service"]
