"""The authorization server on the network: its addresses, and which part of it answers at each.

Protocol decisions are Authlib's, in `core.py`; the pages that people see are those of `sign_in.py`, `authorization.py`,
`device_pages.py` and `log_out.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol import nonces
from sandbox.protocol.certificates import certificate_thumbprint
from sandbox.protocol.checks import Checklist
from sandbox.protocol.proofs import SeenProofs, check_proof
from sandbox.protocol.tokens import Key
from sandbox.world.network import Network
from sandbox.world.parties import cors
from sandbox.world.parties.authorization_server import device, endpoints, exchange, explain, grants, metadata
from sandbox.world.parties.authorization_server.authorization import AuthorizationEndpoint
from sandbox.world.parties.authorization_server.config import ServerConfig
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.device_pages import DevicePages
from sandbox.world.parties.authorization_server.devices import PATH
from sandbox.world.parties.authorization_server.log_out import LogOuts, Visitor
from sandbox.world.parties.authorization_server.pushing import push
from sandbox.world.parties.authorization_server.registration import register
from sandbox.world.parties.authorization_server.requests import ASRequest, ASResponse, answer
from sandbox.world.parties.authorization_server.sign_in import COOKIE, NO_STORE, SignedIn, SignIn
from sandbox.world.parties.authorization_server.store import AccessToken, RefreshToken, Store
from sandbox.world.parties.authorization_server.userinfo import Proved, userinfo
from sandbox.world.parties.denylist import Denylist, for_services
from sandbox.world.parties.issuer import Lifetimes
from sandbox.world.parties.limits import too_large
from sandbox.world.parties.memory import explained
from sandbox.world.parties.pages import error_page
from sandbox.world.parties.people import Directory

PAGES = (  # where a whole window goes; no script of another origin
    "/authorize", "/login", "/second-factor", "/consent", "/logout", "/account/sessions", "/device", "/device/consent",
    "/end-session", "/end-session/confirmed",
)  # fmt: skip


class AuthorizationServer:
    """One authorization server, for these people."""

    def __init__(self, name: str, net: Network, config: ServerConfig, people: Directory) -> None:
        self.name, self.net, self.people = name, net, people
        self.policy, self.issuer, self.title = config.policy, config.url, config.title
        exact = config.policy.exact_redirect == "on"
        self.store = Store({c.client_id: replace(c, exact_redirect=exact) for c in config.clients})
        self.denylist = Denylist(net, name, config.subscribers)
        self.core = Core(net, config, people, store=self.store, denylist=self.denylist)
        grants.install(self.core)
        endpoints.install(self.core)
        if config.policy.token_exchange == "on":
            exchange.install(self.core)
        if config.policy.device_flow == "on":
            device.install(self.core)
        self.proofs, self.nonces = SeenProofs(), nonces.Nonces(name)
        self.sign_in = SignIn(self.core, self.title)
        self.authorization = AuthorizationEndpoint(self.core, self.sign_in)
        self.log_outs = LogOuts(self.core, name, self.title)
        self.token_in_address = config.token_in_address
        self.since = 0  # what was issued before is void, if the world was started anew then
        self.registration = False  # whether clients may register themselves

    @property
    def lifetimes(self) -> Lifetimes:
        """How long that lives which it issues."""
        return self.core.lifetimes

    @property
    def key(self) -> Key:
        """The key that signs access tokens."""
        return self.core.key

    # ---- dispatch
    def handle(self, request: Request) -> Response:
        """Answer any request; an address that does not exist is a 404, a method that does not fit a 405."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        if request.path.startswith("/admin/users/"):
            return self.set_user(request)
        if request.path == "/admin/keys":
            return self.core.rotate(request)
        if request.path.startswith("/admin/clients/"):
            return self.remove_client(request)
        return self._answer(request) if request.path in PAGES else cors.served(request, self._answer)

    def _answer(self, request: Request) -> Response:
        method, action = self._routes().get(request.path, ("", None))
        if action is None:
            return json_response(404, {"error": "not_found"})
        if request.method not in method.split():
            return json_response(405, {"error": "method_not_allowed"}, ("Allow", method.replace(" ", ", ")))
        return action(request)

    def offers(self) -> dict[str, str]:
        """The addresses that exist in this setting, each with its methods."""
        return {path: methods for path, (methods, _) in self._routes().items()}

    def _routes(self) -> dict[str, tuple[str, Callable[[Request], Response] | None]]:
        routes: dict[str, tuple[str, Callable[[Request], Response] | None]] = {
            "/.well-known/oauth-authorization-server": ("GET", self.metadata),
            "/.well-known/openid-configuration": ("GET", self.metadata),
            "/jwks": ("GET", self.jwks),
            "/authorize": ("GET POST", self.authorization.authorize),
            "/login": ("POST", self.login),
            "/second-factor": ("POST", self.code),
            "/consent": ("POST", self.authorization.consent),
            "/token": ("POST", self._with_nonce(self.token)),
            "/introspect": ("POST", self.introspect),
            "/userinfo": ("GET POST", self.userinfo),
            "/denylist": ("GET", self.denylist.answer),
            "/roles": ("GET", self.roles),
            "/logout": ("POST", self.sign_in.log_out),
            "/end-session": ("GET POST", self.end_session),
            "/end-session/confirmed": ("POST", self.end_session_confirmed),
        }
        if self.core.devices is not None:
            pages = DevicePages(self.sign_in, self.core.devices)
            routes["/device_authorization"] = ("POST", self.device_authorization)
            routes |= {PATH: ("GET POST", pages.code), f"{PATH}/consent": ("POST", pages.consent)}
        if self.policy.revocation == "on":
            routes["/revoke"] = ("POST", self.revoke)
        if self.policy.par != "off":
            routes["/par"] = ("POST", self._with_nonce(self.push))
        if self.registration:
            routes["/register"] = ("POST", self.register)
        if self.policy.session_index != "off":
            routes["/account/sessions"] = ("POST", self.end_sessions)
        return routes

    def state(self) -> dict[str, str]:
        out = {f"session {s.sid}": f"{s.user.name} on {s.device or 'a browser'}" for s in self.store.sessions.values()}
        out |= {f"code {c.code[:6]}…": ("used" if c.used else "waiting") + f", {c.grant.client_id}" for c in self.store.codes.values()}
        for grant in self.store.grants.values():
            out[f"grant {grant.id}"] = f"{grant.user.name} → {grant.client_id}: {grant.scope} ({'alive' if grant.alive else 'revoked'})"
        for name, pushed in self.store.pushed.items():
            out[f"pushed request {name[:6]}…"] = f"{'answered' if pushed.answered else 'waiting'}, {pushed.client_id}"
        for token in self.store.tokens.values():
            if isinstance(token, RefreshToken):
                out[f"refresh token {token.value[:6]}…"] = "exchanged" if token.rotated else "current" if token.grant.alive else "dead"
        out |= self.core.devices.state() if self.core.devices is not None else {}
        return out | self.denylist.revoked.shown() | self.nonces.shown()

    # ---- metadata
    def metadata(self, request: Request | None = None) -> Response:
        """RFC 8414 §2."""
        return json_response(200, self.describe())

    def describe(self) -> dict[str, Any]:
        """The metadata that a client is configured with."""
        acrs, log_out = self.sign_in.second_factor.acrs, self.log_outs.describe()
        return metadata.described(self.core, registration=self.registration, acrs=acrs, log_out=log_out)

    def jwks(self, request: Request) -> Response:
        """RFC 7517 §5."""
        return json_response(200, metadata.key_set(self.core))

    # ---- pages for people
    def login(self, request: Request) -> Response:
        """The login form; whoever is signed in by it goes on to what was asked for."""
        return self._gone_on(self.sign_in.login(request))

    def code(self, request: Request) -> Response:
        """The same for the second factor."""
        return self._gone_on(self.sign_in.code(request))

    def _gone_on(self, done: Response | SignedIn) -> Response:
        if isinstance(done, Response):
            return done
        if done.asked.path == PATH and self.core.devices is not None:
            return DevicePages(self.sign_in, self.core.devices).ask(done.ticket, done.asked, done.cookie)
        return self.authorization.resume(done)

    # ---- endpoints for clients
    def token(self, request: Request) -> Response:
        """RFC 6749 §3.2, with DPoP (RFC 9449 §5) and mutual TLS (RFC 8705 §3)."""
        checks, jkt = Checklist(self.net.trace, self.name), None
        if request.header("dpop") is not None:
            if self.policy.dpop_bind == "on":
                jkt = check_proof(checks, request, self.net.clock.now(), self.proofs)
                if jkt is None:
                    return json_response(400, {"error": "invalid_dpop_proof"}, NO_STORE)
                nonce = self.policy.dpop_nonce == "off" or nonces.check_nonce(checks, request, self.nonces, self.net.clock.now())
                if not nonce:
                    return json_response(400, {"error": nonces.ERROR, "error_description": "The proof needs the nonce of this answer."})
            else:
                checks.skip("proof_present", "DPoP is not supported", "a proof")
        asked = ASRequest(request, request.form, None, jkt)
        if self.policy.mtls_bind == "on":
            asked.x5t = certificate_thumbprint(request.certificate) or None
        failed = explain.token(self.core, asked, checks)
        if failed == "grant_type" and not asked.payload.grant_type:
            text = "There is no grant_type; the body must be application/x-www-form-urlencoded."
            return json_response(400, {"error": "invalid_request", "error_description": text}, NO_STORE)
        if failed in ("request_form", "resource", "resource_granted"):
            return json_response(400, {"error": "invalid_request" if failed == "request_form" else "invalid_target"}, NO_STORE)
        if failed == "scope_offered":
            told = {"error": "invalid_scope", "error_description": self.core.unknown(asked.payload.scope or "")}
            return json_response(400, told, NO_STORE)
        return explained(self._decided(lambda: self.core.create_token_response(asked)), self.since)

    def _with_nonce(self, endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """The same, where proofs need a nonce: each answer brings the one for the next request (RFC 9449 §8.2)."""
        if self.policy.dpop_nonce == "off":
            return endpoint
        return lambda asked: nonces.supplied(asked, endpoint(asked), self.nonces, self.net.clock.now(), self.net.entropy)

    def push(self, request: Request) -> Response:
        """RFC 9126 §2."""
        return push(self.core, self.proofs, request, self.authorization.objection, self.nonces)

    def revoke(self, request: Request) -> Response:
        """RFC 7009."""
        return self._endpoint("revocation", explain.revocation, request)

    def device_authorization(self, request: Request) -> Response:
        """RFC 8628 §3.1."""
        return self._endpoint("device_authorization", device.authorization, request)

    def register(self, request: Request) -> Response:
        """RFC 7591."""
        return register(self.core, request.json, fault=request.json_fault)

    def introspect(self, request: Request) -> Response:
        """RFC 7662."""
        return self._endpoint("introspection", explain.introspection, request)

    def _endpoint(self, name: str, why: explain.Explain, request: Request) -> Response:
        known = ("access_token", "refresh_token")  # another hint is ignored (RFC 7009 §2.2); Authlib would refuse it
        asked = ASRequest(request, tuple((k, v) for k, v in request.form if k != "token_type_hint" or v in known))
        if why(self.core, asked, Checklist(self.net.trace, self.name)) == "request_form":
            return json_response(400, {"error": "invalid_request"}, NO_STORE)
        return self._decided(lambda: self.core.create_endpoint_response(name, asked))

    def _decided(self, decide: Callable[[], ASResponse]) -> Response:
        try:
            return answer(decide())
        except ValueError:  # a description that Authlib itself refuses
            return json_response(400, {"error": "invalid_request"}, NO_STORE)

    def userinfo(self, request: Request) -> Response:
        """OIDC Core §5.3."""
        checks = Checklist(self.net.trace, self.name)
        held: Proved = lambda scheme, token: self._proved(request, scheme, token, checks)  # noqa: E731
        return explained(userinfo(request, self.store, checks, self.token_in_address, held), self.since)

    def _proved(self, request: Request, scheme: str, token: AccessToken, checks: Checklist) -> bool:
        """Whether the caller holds the key that the token is bound to (RFC 9449 §7.1)."""
        if scheme != "dpop":
            return checks.test("key_binding", False, "a token bound to the caller's key", "sent as Bearer, without a proof")
        jkt = check_proof(checks, request, self.net.clock.now(), self.proofs, token.value)
        return jkt is not None and checks.test("key_binding", jkt == token.jkt, f"key {token.jkt}", f"key {jkt}")

    # ---- for the services behind it
    def roles(self, request: Request) -> Response:
        """The roles of a user right now, for services that look them up."""
        refusal = for_services(self.net, self.name, request)
        if refusal is not None:
            return refusal
        user = self.people.users.get(request.param("user") or "")
        return json_response(200, {"roles": user.roles if user and not user.disabled else []})

    def set_user(self, request: Request) -> Response:
        """The operator's change to a user; a disabled user's grants end only where they can be found (`session_index`)."""
        user, response = self.people.change(request)
        if user is not None and user.disabled and self.policy.session_index != "off":
            for grant in self.store.grants_of[user.name]:
                self.core.end_grant(grant)
            self.sign_in.forget(user)
        return response

    def remove_client(self, request: Request) -> Response:
        """The operator takes a client out of the register.  What it holds ends with it (RFC 7592 §2.3) where tokens can be revoked."""
        name = request.path.rpartition("/")[2]
        if request.peer != "admin" or request.method != "DELETE":
            return json_response(403, {"error": "access_denied"})
        if self.store.clients.pop(name, None) is None:
            return json_response(404, {"error": "not_found"})
        self.net.noted(self.name, f"{name} is no client any more.")
        if self.policy.revocation == "on":
            self.core.end_client(name)
        return Response(204)

    # ---- ending sessions
    def end_session(self, request: Request) -> Response:
        """OIDC RP-Initiated Logout §2: a client has sent somebody here to be signed out."""
        browser, cookie = self.sign_in.browser(request)
        visitor = Visitor(self.sign_in.session(request), browser, (*self.sign_in.headers(), *cookie))
        return self._without_cookie(request, self.log_outs.asked(request, visitor))

    def end_session_confirmed(self, request: Request) -> Response:
        """The form on the page that asks whether it is wanted."""
        session, headers = self.sign_in.session(request), self.sign_in.headers()
        same: Callable[[str, Checklist], bool] = lambda browser, checks: self.sign_in.same_browser(browser, request, checks)  # noqa: E731
        return self._without_cookie(request, self.log_outs.confirmed(request, session, same, headers))

    def _without_cookie(self, request: Request, response: Response) -> Response:
        """The answer, which takes the cookie of a session that is over out of the browser."""
        if COOKIE not in request.cookies or self.sign_in.session(request) is not None:
            return response
        return replace(response, headers=(*response.headers, ("Set-Cookie", f"{COOKIE}=; Path=/; Secure; Max-Age=0")))

    def end_sessions(self, request: Request) -> Response:
        """The account page's button: end a client's access, on one device or on all."""
        session = self.sign_in.session(request)
        if session is None:
            return error_page(401, "login_required")
        client, device = request.param("client"), request.param("device")
        for grant in self.store.grants_of[session.user.name]:
            if self.policy.session_index == "per-user" or (grant.client_id == client and device in (None, "", grant.device)):
                self.core.end_grant(grant)
        if device:
            self.sign_in.forget(session.user, device)
        return Response(204)
