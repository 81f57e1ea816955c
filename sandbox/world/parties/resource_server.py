"""A resource server: an API that holds people's data and decides, token by token, who gets it.

`ORDER` is the list of checks, in the order in which they are performed (RFC 6750 §3, RFC 9068 §4, RFC 9449 §4.3 and §7).
Signatures are the business of `signature_check.py`; what the claims mean is decided here, against the virtual clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.core.clock import clock_time
from sandbox.core.wire import Request, Response, first, json_response, with_query
from sandbox.protocol import flaws, nonces, step_up
from sandbox.protocol.certificates import bound_certificate, certificate_thumbprint
from sandbox.protocol.checks import Checklist
from sandbox.protocol.policies import ResourcePolicy
from sandbox.protocol.proofs import SeenProofs, bearer_challenge, challenge, check_proof
from sandbox.protocol.tokens import Decoded, NotAJwt, dated, decode, number
from sandbox.world.network import Network
from sandbox.world.parties import cors, resource_metadata, service_calls
from sandbox.world.parties.denylist import Revoked
from sandbox.world.parties.issuer import TrustedIssuer
from sandbox.world.parties.limits import KEPT, forget_oldest, too_large
from sandbox.world.parties.memory import explained, remembered
from sandbox.world.parties.records import ROUTES, Records, Route
from sandbox.world.parties.signature_check import SignatureCheck

CACHE = 300  # seconds for which a cached introspection answer is believed
MASK = "***"
ISSUERS = "/admin/issuers"  # where the operator says whose tokens are good, too


@dataclass(frozen=True, slots=True)
class Front:
    """The gateway before this API: its name, the address at which it finds the API, and its own, which callers know."""

    gateway: str
    internal: str
    public: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceConfig:
    """How an API is set up.  `url`: its address, and its name in tokens (RFC 8707 §2); `password`: its own at the issuer."""

    policy: ResourcePolicy
    url: str
    issuer: TrustedIssuer
    password: str = ""
    front: Front | None = None


@dataclass
class Decision:
    """One request on its way through the checks."""

    request: Request
    checks: Checklist
    scheme: str = ""
    token: str = ""
    decoded: Decoded = field(default_factory=lambda: Decoded({}, {}, b"", b""))
    opaque: bool = False
    claims: dict[str, Any] = field(default_factory=dict)
    scope: str = ""
    role: str = ""


class ResourceServer:
    """One API with its records."""

    def __init__(self, name: str, net: Network, config: ResourceConfig, records: Records) -> None:
        self.name, self.net, self.records = name, net, records
        self.policy, self.url, self.issuer = config.policy, config.url, config.issuer
        self.password, self.front = config.password, config.front
        self.log: list[Request] = []
        self.signatures = SignatureCheck(name, net, config.policy, config.issuer)
        self.proofs, self.nonces = SeenProofs(), nonces.Nonces(name)
        self.denied = Revoked()
        self.introspected: dict[str, tuple[int, dict[str, Any]]] = {}
        self.since = 0  # what was issued before is void, if the world was started anew then
        self.metadata_path = resource_metadata.PATH
        self.announces = False  # whether it says who issues its tokens; in the simulation nobody asks but AI tools

    def trust(self, issuer: TrustedIssuer) -> None:
        """Take the tokens of this issuer, and of no other."""
        self.issuer, self.signatures = issuer, SignatureCheck(self.name, self.net, self.policy, issuer)

    def _trust_too(self, request: Request) -> Response:
        """`POST /admin/issuers` by the operator: take the tokens of a partner's server, too."""
        told = request.json if isinstance(request.json, dict) else {}
        if request.peer != "admin" or request.method != "POST":
            return json_response(403, {"error": "access_denied"})
        if not isinstance(told.get("issuer"), str) or not isinstance(told.get("alg"), str):
            return json_response(400, {"error": "invalid_request"})
        self.signatures.trust_too(TrustedIssuer(told["issuer"], told["alg"]))
        self.net.noted(self.name, f"Tokens of {told['issuer']} are taken, too.")
        return Response(204)

    # ---- on the network
    def handle(self, request: Request) -> Response:
        """An API request, or the issuer's push of a denylist entry."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        if request.path == "/denylist" and request.method == "POST":
            return self._take_entry(request)
        if request.path == ISSUERS:
            return self._trust_too(request)
        if self.announces and request.path == self.metadata_path:
            return cors.served(request, self._metadata)
        return cors.served(request, self._with_nonce if self.policy.dpop_nonce == "on" else self._call)

    def _metadata(self, request: Request) -> Response:
        """RFC 9728 §3.2."""
        if request.method not in ("GET", "HEAD"):
            return json_response(405, {"error": "method_not_allowed"}, ("Allow", "GET, HEAD"))
        answer = json_response(200, resource_metadata.described(self.url, self.issuer.url, self.policy, self.scopes()))
        return replace(answer, body="") if request.method == "HEAD" else answer

    def _with_nonce(self, request: Request) -> Response:
        """Where proofs need a nonce, each answer brings the one for the next request (RFC 9449 §9)."""
        return nonces.supplied(request, self._call(request), self.nonces, self.net.clock.now(), self.net.entropy)

    def _call(self, request: Request) -> Response:
        """One request of the API's own operations; HEAD is GET without the content (RFC 9110 §9.3.2)."""
        self.log.append(self._redacted(request) if self.policy.log_redaction == "on" else request)
        del self.log[:-KEPT]
        route = self.operation(request)
        if route is None:
            return self._nothing_there(request)
        decision = Decision(request, Checklist(self.net.trace, self.name), scope=route.scope, role=route.role)
        for check in self._checks(request):
            refusal = check(self, decision)
            if refusal is not None:
                return refusal
        answer = self.act(route, request, str(decision.claims.get("sub", "")))
        return replace(answer, body="") if request.method == "HEAD" else answer

    def _checks(self, request: Request) -> tuple[Check, ...]:
        """What is looked at, in order: less where it believes a gateway, or takes the word of another service."""
        if self._behind(request) and self.policy.verify_behind_gw == "off":
            return BELIEVING
        return FROM_SERVICES.get(service_calls.design(self, request), ORDER)

    def scopes(self) -> tuple[str, ...]:
        """The scopes that its operations need."""
        return tuple(dict.fromkeys(route.scope for route in ROUTES[self.records.kind]))

    def operation(self, request: Request) -> Route | None:
        """The operation that is asked for, with what it needs."""
        return self.records.route("GET" if request.method == "HEAD" else request.method, request.path)

    def act(self, route: Route, request: Request, user: str) -> Response:
        """Do it, for this user; all checks are behind it."""
        return self.records.act(route, request, user)

    def _nothing_there(self, request: Request) -> Response:
        """405 where another method would do (RFC 9110 §15.5.6), 404 where none does."""
        allowed = self.records.methods(request.path)
        if not allowed:
            return json_response(404, {"error": "not_found"})
        return json_response(405, {"error": "method_not_allowed"}, ("Allow", ", ".join(allowed)))

    def state(self) -> dict[str, str]:
        out = self.signatures.jwks.shown()
        out |= self.denied.shown()
        out |= {f"proof {jti[:6]}…": "seen" for _, jti in self.proofs.until}
        out |= {"log": f"{len(self.log)} requests" + (", tokens masked" if self.policy.log_redaction == "on" else "")} if self.log else {}
        return out | self.nonces.shown() | self.records.state()

    def _redacted(self, request: Request) -> Request:
        """The request as it goes into the log where tokens and proofs are masked (RFC 9700 §4.9.3)."""
        headers = tuple((k, MASK if k.lower() in ("authorization", "dpop") else v) for k, v in request.headers)
        token = first(request.query, "access_token")
        url = request.url.replace(token, MASK) if token else request.url
        return Request(request.method, url, headers, request.body, request.peer)

    def _refuse(self, status: int, error: str | None, decision: Decision, **more: str) -> Response:
        """A refusal with its challenge (RFC 6750 §3; RFC 9449 §7.1), which can say where the metadata are (RFC 9728 §5.1)."""
        more |= {"resource_metadata": resource_metadata.address(self.url)} if self.announces and status == 401 else {}
        proved = self.policy.dpop == "require" or (self.policy.dpop == "accept-both" and decision.scheme == "dpop")
        said = challenge(error, **more) if proved else bearer_challenge(error, **more)
        return json_response(status, {"error": error} if error else {}, ("WWW-Authenticate", said))

    # ---- behind the gateway
    def _behind(self, request: Request) -> bool:
        """Whether the request came by the internal address."""
        return self.front is not None and request.origin == self.front.internal

    def peer(self, d: Decision) -> Response | None:
        if self.front is None or not self._behind(d.request):
            return None
        if self.policy.gateway_only == "off":
            d.checks.skip("peer", "whoever reaches the internal address may ask", d.request.peer)
            return None
        ok = d.checks.test("peer", d.request.peer == self.front.gateway, self.front.gateway, d.request.peer)
        return None if ok else json_response(403, {"error": "access_denied"})

    def gateway_identity(self, d: Decision) -> Response | None:
        """No token is looked at: the first X-User-Id says who is calling, the first X-Scope what is allowed."""
        d.checks.skip("signature", "the gateway is believed to have checked the token")
        user = identity_header(d.request, "x-user-id")
        d.claims = {"sub": user, "scope": identity_header(d.request, "x-scope") or ""}
        ok = d.checks.test("gateway_identity", bool(user), "an X-User-Id header", user or "none")
        return None if ok else self._refuse(401, None, d)

    def _certificate_of(self, request: Request) -> str:
        """The caller's certificate: that of the connection or, where TLS ends at the gateway, what the gateway says (RFC 9440 §2.2)."""
        if self.front is None or not self._behind(request) or request.peer != self.front.gateway:
            return request.certificate
        return (identity_header(request, "client-cert") or "").strip(":")

    def _as_sent(self, request: Request) -> Request:
        """The request under the address that the caller used: a DPoP proof names that one (RFC 9449 §4.3)."""
        if self.front is None or not self._behind(request) or request.peer != self.front.gateway:
            return request
        return replace(request, url=request.url.replace(self.front.internal, self.front.public, 1))

    # ---- how the token came
    def token_present(self, d: Decision) -> Response | None:
        header, query = d.request.credential(), first(d.request.query, "access_token")
        found = " and ".join(([header[0]] if header else []) + (["address"] if query else [])) or "nothing"
        if not d.checks.test("token_present", header is not None or query is not None, "an access token", found):
            return self._refuse(401, None, d)  # RFC 6750 §3.1: no error code if there was no token
        if header is not None and query is not None and not d.checks.test("one_method", False, "one way of sending it", found):
            return self._refuse(400, "invalid_request", d)
        d.scheme, d.token = header if header is not None else ("bearer", query or "")
        return None

    def token_in_header(self, d: Decision) -> Response | None:
        if d.request.header("authorization") is not None:
            return None
        if self.policy.reject_query_token == "off":
            d.checks.skip("token_in_header", "a token in the address is accepted", "in the address")
            return None
        d.checks.test("token_in_header", False, "in the Authorization header", "in the address")
        return self._refuse(400, "invalid_request", d)

    def scheme(self, d: Decision) -> Response | None:
        known = ("bearer",) if self.policy.dpop == "off" else ("bearer", "dpop")
        if d.checks.test("scheme", d.scheme in known, " or ".join(known), d.scheme):
            return None
        return self._refuse(401, None, d)

    # ---- the token itself
    def format(self, d: Decision) -> Response | None:
        if self.policy.introspect != "off" and "." not in d.token:
            return self._opaque(d)
        if self.policy.strict_format == "off" and (found := flaws.two_readings(d.token)) is not None:
            d.decoded, d.claims = found
            d.checks.skip("format", "one parser verifies it, and another cuts it at the dots", "JSON")
            return None
        try:
            d.decoded = decode(d.token)
            d.claims = dict(d.decoded.claims)
            d.checks.test("format", True, "a JWT", "a JWT")
            return None
        except NotAJwt as error:
            d.checks.test("format", False, "a JWT", str(error))
            return self._refuse(401, "invalid_token", d)

    def _opaque(self, d: Decision) -> Response | None:
        """A token that says nothing: the issuer is asked first, and its answer takes the place of the claims (RFC 7662 §2.2)."""
        d.checks.skip("format", "the issuer is asked what it means", "a text without meaning")
        d.opaque = True
        refusal = self.introspection(d)
        d.claims = dict(self.introspected[d.token][1])
        return refusal

    def signature(self, d: Decision) -> Response | None:
        """Algorithm, key and signature; an opaque token has none of them."""
        if d.opaque:
            d.checks.skip("signature", "there is nothing to verify; the issuer's answer counts")
            return None
        ok = self.signatures.passes(d.checks, d.decoded)
        return None if ok else self._refuse(401, "invalid_token", d)

    def type(self, d: Decision) -> Response | None:
        found = d.decoded.header.get("typ")
        if self.policy.check_typ == "off" or d.opaque:
            d.checks.skip("type", "an opaque token has no header" if d.opaque else "any type is accepted", found or "none")
            return None
        plain = str(found).lower().removeprefix("application/")  # RFC 9068 §4
        return None if d.checks.test("type", plain == "at+jwt", "at+jwt", found) else self._refuse(401, "invalid_token", d)

    def token_issuer(self, d: Decision) -> Response | None:
        found = d.claims.get("iss")
        if self.policy.check_iss == "off":
            d.checks.skip("issuer", "any issuer is accepted", found)
            return None
        known = (self.issuer.url, *self.signatures.partners) if self.policy.check_iss == "value" else (self.signatures.signed_by,)
        if not d.checks.test("issuer", found in known, " or ".join(known), found):
            return self._refuse(401, "invalid_token", d)
        if found != self.issuer.url:
            d.claims["sub"] = f"{d.claims.get('sub')} at {found}"  # a name means somebody only together with its issuer (RFC 7519 §4.1.2)
        return None

    def audience(self, d: Decision) -> Response | None:
        found = d.claims.get("aud")
        if self.policy.check_aud == "off":
            d.checks.skip("audience", "nobody looks at aud", found or "none")
            return None
        names = found if isinstance(found, list) else [found]
        return None if d.checks.test("audience", self.url in names, self.url, found or "none") else self._refuse(401, "invalid_token", d)

    def lifetime(self, d: Decision) -> Response | None:
        now, exp, nbf = self.net.clock.now(), number(d.claims.get("exp")), d.claims.get("nbf")
        if not d.checks.test("expiry", exp is not None and now < exp, f"later than {clock_time(now)}", dated(d.claims, "exp")):
            return self._refuse(401, "invalid_token", d)
        start = number(nbf)
        if nbf is not None and not d.checks.test(
            "not_before", start is not None and start <= now, f"at most {clock_time(now)}", dated(d.claims, "nbf")
        ):
            return self._refuse(401, "invalid_token", d)
        return None

    def memory(self, d: Decision) -> Response | None:
        """What nobody remembers issuing is void."""
        if remembered(d.checks, d.claims, self.since):
            return None
        return explained(self._refuse(401, "invalid_token", d), self.since)

    # ---- asking others
    def denylist(self, d: Decision) -> Response | None:
        if self.policy.denylist == "off":
            d.checks.skip("denylist", "nobody keeps a list")
            return None
        if self.policy.denylist == "eventual":
            listed = self.denied.covers(d.claims, self.net.clock.now())
        else:
            names = {name: str(d.claims[name]) for name in self.issuer.listed_by if name in d.claims}
            answer = self.net.deliver(Request("GET", with_query(f"{self.issuer.url}/denylist", names)), self.name, "internal").json
            listed = not (isinstance(answer, dict) and answer.get("listed") is False)  # fail closed
        return (
            None
            if d.checks.test("denylist", not listed, "not on the list", "listed" if listed else "not listed")
            else self._refuse(401, "invalid_token", d)
        )

    def _take_entry(self, request: Request) -> Response:
        entry = request.json
        if request.peer not in ("auth", "backend") or not isinstance(entry, dict):
            return json_response(403, {"error": "access_denied"})
        if not self.denied.take(entry, self.net.clock.now()):
            return json_response(400, {"error": "invalid_request", "error_description": "This is no entry of a denylist."})
        return Response(204)

    def introspection(self, d: Decision) -> Response | None:
        if d.opaque and d.claims:
            return None  # asked already
        if self.policy.introspect == "off":
            d.checks.skip("introspection", "the issuer is not asked")
            return None
        now = self.net.clock.now()
        asked, answer = self.introspected.get(d.token, (-CACHE, {}))
        if self.policy.introspect == "live" or now - asked >= CACHE:
            asked, answer = now, self._introspect(d.token)
            self.introspected.pop(d.token, None)
            self.introspected[d.token] = (asked, answer)
            forget_oldest(self.introspected)
        active = answer.get("active") is True
        found = ("active" if active else "not active") + ("" if asked == now else f", asked {now - asked} s ago")
        if not d.checks.test("introspection", active, "active", found):
            return self._refuse(401, "invalid_token", d)
        d.claims |= {k: answer[k] for k in ("sub", "scope", "roles") if k in answer}
        return None

    def _introspect(self, token: str) -> dict[str, Any]:
        return self.issuer.introspect(self.net, self.name, self.password, token)

    # ---- proof of possession
    def key_binding(self, d: Decision) -> Response | None:
        policy, bound = self.policy.dpop, self._bound_to(d)
        if policy == "off" or (policy == "accept-both" and d.scheme != "dpop"):
            d.checks.skip("key_binding", "no proof is asked for", f"bound to {bound[:8]}" if bound else "not bound")
            return None
        if bound is None or d.scheme != "dpop":
            found = "not bound to any key" if bound is None else "sent as Bearer, without a proof"
            d.checks.test("key_binding", False, "a token bound to the caller's key", found)
            return self._refuse(401, "invalid_token", d)  # RFC 9449 §7.2
        seen = self.proofs if self.policy.dpop_jti_cache == "on" else None
        jkt = check_proof(d.checks, self._as_sent(d.request), self.net.clock.now(), seen, d.token)
        if jkt is None:
            return self._refuse(401, "invalid_dpop_proof", d)
        if self.policy.dpop_nonce == "on" and not nonces.check_nonce(d.checks, d.request, self.nonces, self.net.clock.now()):
            return self._refuse(401, nonces.ERROR, d)
        ok = d.checks.test("key_binding", jkt == bound, f"key {bound[:8]}", f"key {jkt[:8]}")
        return None if ok else self._refuse(401, "invalid_token", d)

    def _bound_to(self, d: Decision) -> str | None:
        cnf = d.claims.get("cnf")
        jkt = cnf.get("jkt") if isinstance(cnf, dict) else None
        return jkt if isinstance(jkt, str) else None

    def certificate(self, d: Decision) -> Response | None:
        bound, found = bound_certificate(d.claims), certificate_thumbprint(self._certificate_of(d.request))
        if self.policy.mtls == "off":
            d.checks.skip("certificate", "no certificate is asked for", f"bound to {bound[:8]}" if bound else "not bound")
            return None
        expected = f"certificate {bound[:8]}" if bound else "a token bound to the caller's certificate"
        seen = f"certificate {found[:8]}" if found else "no certificate"
        ok = d.checks.test("certificate", bound is not None and found == bound, expected, seen if bound else "not bound to any")
        return None if ok else self._refuse(401, "invalid_token", d)  # RFC 8705 §3

    # ---- what it allows
    def token_scope(self, d: Decision) -> Response | None:
        found = str(d.claims.get("scope", ""))
        if self.policy.check_scope == "off":
            d.checks.skip("scope", "any token may do anything", found or "none")
            return None
        return (
            None
            if d.checks.test("scope", d.scope in found.split(), d.scope, found or "none")
            else self._refuse(403, "insufficient_scope", d, scope=d.scope)
        )

    def user_authentication(self, d: Decision) -> Response | None:
        """For what changes something, how the person has signed in (RFC 9470 §3)."""
        policy, now = self.policy.step_up, self.net.clock.now()
        if policy == "off" or d.scope != "write":
            return None
        asked = step_up.demands(policy)
        expected = " and ".join(f"{name} {value}" for name, value in asked.items())
        if d.checks.test("user_authentication", step_up.meets(d.claims, policy, now), expected, step_up.told(d.claims, now)):
            return None
        return self._refuse(401, step_up.ERROR, d, **asked)

    def user_role(self, d: Decision) -> Response | None:
        if not d.role:
            return None
        if self.policy.live_roles == "on":
            url = with_query(f"{self.issuer.url}/roles", {"user": str(d.claims.get("sub"))})
            answer = self.net.deliver(Request("GET", url), self.name, "internal").json
            roles = answer.get("roles") if isinstance(answer, dict) else []
        else:
            roles = d.claims.get("roles") or [d.claims.get("role")]
        roles = roles if isinstance(roles, list) else [roles]
        ok = d.role in roles
        return (
            None
            if d.checks.test("role", ok, d.role, ", ".join(map(str, roles)) or "none")
            else json_response(403, {"error": "access_denied"})
        )


def identity_header(request: Request, name: str) -> str | None:
    """The first header that is this one in any spelling: behind CGI or WSGI, X_User_Id and X-User-Id are the same (RFC 3875 §4.1.18)."""
    return next((v for k, v in request.headers if k.lower().replace("_", "-") == name), None)


Check = Callable[[ResourceServer, Decision], Response | None]
ORDER: tuple[Check, ...] = (
    ResourceServer.peer,
    ResourceServer.token_present,
    ResourceServer.token_in_header,
    ResourceServer.scheme,
    ResourceServer.format,
    ResourceServer.signature,
    ResourceServer.type,
    ResourceServer.token_issuer,
    ResourceServer.audience,
    ResourceServer.lifetime,
    ResourceServer.memory,
    ResourceServer.denylist,
    ResourceServer.introspection,
    ResourceServer.key_binding,
    ResourceServer.certificate,
    service_calls.caller,
    ResourceServer.token_scope,
    ResourceServer.user_authentication,
    ResourceServer.user_role,
)

# Behind a gateway that is believed, with `verify_behind_gw` off: Figure 3 of the article.
BELIEVING = (ResourceServer.peer, ResourceServer.gateway_identity, ResourceServer.token_scope, ResourceServer.user_role)

# Where services are taken at their word (`calls`): such a design knows no scopes, and whoever is a service may ask for anything.
FROM_SERVICES: dict[str, tuple[Check, ...]] = {
    "shared-key": (ResourceServer.peer, service_calls.keyed, ResourceServer.user_role),
    "own-jwt": (ResourceServer.peer, service_calls.spoken_for, ResourceServer.user_role),
}

__all__ = ["BELIEVING", "ORDER", "Decision", "Front", "ResourceServer", "TrustedIssuer"]
