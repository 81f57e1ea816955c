"""The authorization server on the network: its addresses, its login and consent pages, its sessions.

Protocol decisions are Authlib's, in `core.py`.  The pages are what a person sees, and the simulated browser fills them in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError

from sandbox.core.wire import Pairs, Request, Response, first, json_response, split
from sandbox.protocol import nonces
from sandbox.protocol.certificates import certificate_thumbprint
from sandbox.protocol.checks import Checklist
from sandbox.protocol.client_jwts import SIGNED_BY_CLIENTS
from sandbox.protocol.proofs import PROOF_ALGORITHMS, SeenProofs, check_proof
from sandbox.protocol.step_up import PASSWORD, TWO_FACTOR
from sandbox.world.network import Network
from sandbox.world.parties import cors
from sandbox.world.parties.authorization_server import device, exchange, explain
from sandbox.world.parties.authorization_server.core import (
    AUTH_METHODS,
    CONFIDENTIAL,
    ASRequest,
    ASResponse,
    Core,
    ServerConfig,
    answer,
)
from sandbox.world.parties.authorization_server.device_pages import DevicePages
from sandbox.world.parties.authorization_server.devices import PATH
from sandbox.world.parties.authorization_server.hints import hinted
from sandbox.world.parties.authorization_server.log_out import LogOuts, Visitor
from sandbox.world.parties.authorization_server.pushed import reference
from sandbox.world.parties.authorization_server.pushing import push
from sandbox.world.parties.authorization_server.registration import register
from sandbox.world.parties.authorization_server.response_modes import MODES, in_mode, offered
from sandbox.world.parties.authorization_server.second_factor import SecondFactor
from sandbox.world.parties.authorization_server.store import AccessToken, Client, Pending, RefreshToken, Session, Store
from sandbox.world.parties.authorization_server.userinfo import Proved, userinfo
from sandbox.world.parties.denylist import Denylist, for_services
from sandbox.world.parties.limits import ISSUED, forget_oldest, too_large
from sandbox.world.parties.memory import explained
from sandbox.world.parties.pages import error_page, form, page, paragraph
from sandbox.world.parties.people import Directory, User

NO_STORE = ("Cache-Control", "no-store")
COOKIE = "__Host-as_session"
BROWSER = "__Host-as_browser"  # names a browser before anybody has signed in
NO_FRAMES = ("Content-Security-Policy", "frame-ancestors 'none'")
PAGES = (  # where a whole window goes; no script of another origin
    "/authorize", "/login", "/second-factor", "/consent", "/logout", "/account/sessions", "/device", "/device/consent",
    "/end-session", "/end-session/confirmed",
)  # fmt: skip
MALFORMED = "A parameter is missing, unreadable or given more than once."
CLAIMS = ["sub", "name", "given_name", "family_name", "preferred_username", "email", "email_verified", "address", "phone_number"]


class AuthorizationServer:
    """One authorization server, for these people."""

    def __init__(self, name: str, net: Network, config: ServerConfig, people: Directory) -> None:
        self.name, self.net, self.people = name, net, people
        self.policy, self.issuer, self.title = config.policy, config.url, config.title
        exact = config.policy.exact_redirect == "on"
        self.store = Store({c.client_id: replace(c, exact_redirect=exact) for c in config.clients})
        self.denylist = Denylist(net, name, config.subscribers)
        self.core = Core(net, config, people, store=self.store, denylist=self.denylist)
        if config.policy.token_exchange == "on":
            exchange.install(self.core)
        if config.policy.device_flow == "on":
            device.install(self.core)
        self.proofs, self.nonces = SeenProofs(), nonces.Nonces(name)
        self.pending: dict[str, Pending] = {}
        self.second_factor = SecondFactor(people)
        self.log_outs = LogOuts(self.core, name, self.title)
        self.token_in_address = config.token_in_address
        self.since = 0  # what was issued before is void, if the world was started anew then
        self.registration = False  # whether clients may register themselves; nobody in the simulation does

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
            "/authorize": ("GET POST", self.authorize),
            "/login": ("POST", self.login),
            "/second-factor": ("POST", self.code),
            "/consent": ("POST", self.consent),
            "/token": ("POST", self._with_nonce if self.policy.dpop_nonce == "on" else self.token),
            "/introspect": ("POST", self.introspect),
            "/userinfo": ("GET POST", self.userinfo),
            "/denylist": ("GET", self.denylist.answer),
            "/roles": ("GET", self.roles),
            "/logout": ("POST", self.logout),
            "/end-session": ("GET POST", self.end_session),
            "/end-session/confirmed": ("POST", self.end_session_confirmed),
        }
        if self.core.devices is not None:
            pages = DevicePages(self, self.core.devices)
            routes["/device_authorization"] = ("POST", self.device_authorization)
            routes |= {PATH: ("GET POST", pages.code), f"{PATH}/consent": ("POST", pages.consent)}
        if self.policy.revocation == "on":
            routes["/revoke"] = ("POST", self.revoke)
        if self.policy.par != "off":
            routes["/par"] = ("POST", self.push)
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
        at = self.issuer
        out: dict[str, Any] = {"issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token"}
        out |= {"jwks_uri": f"{at}/jwks", "userinfo_endpoint": f"{at}/userinfo", "introspection_endpoint": f"{at}/introspect"}
        out |= {"revocation_endpoint": f"{at}/revoke"} if self.policy.revocation == "on" else {}
        out |= {"device_authorization_endpoint": f"{at}/device_authorization"} if self.core.devices is not None else {}
        out |= {"registration_endpoint": f"{at}/register"} if self.registration else {}
        out |= self.log_outs.describe()
        out["scopes_supported"] = list(self.core.scopes)
        out["response_types_supported"] = ["code"] if self.policy.no_implicit == "on" else ["code", "token"]
        out["grant_types_supported"] = self.core.grant_types + ([] if self.policy.no_implicit == "on" else ["implicit"])
        out["acr_values_supported"] = self.second_factor.acrs
        out["token_endpoint_auth_methods_supported"] = AUTH_METHODS
        out |= {"revocation_endpoint_auth_methods_supported": AUTH_METHODS} if self.policy.revocation == "on" else {}
        out["introspection_endpoint_auth_methods_supported"] = AUTH_METHODS if self.policy.endpoint_auth == "off" else CONFIDENTIAL
        for place in ("token", "revocation", "introspection"):
            if f"{place}_endpoint_auth_methods_supported" in out:
                out[f"{place}_endpoint_auth_signing_alg_values_supported"] = list(SIGNED_BY_CLIENTS)
        if self.policy.pkce != "ignore":
            out["code_challenge_methods_supported"] = ["S256"] if self.policy.pkce_s256_only == "on" else ["S256", "plain"]
        out |= {"claims_supported": CLAIMS, "claims_parameter_supported": False}
        out |= {
            "request_parameter_supported": self.policy.request_object != "off",
            "request_uri_parameter_supported": False,
            "response_modes_supported": list(MODES),
        }
        out |= self._requests()
        out |= {"dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS)} if self.policy.dpop_bind == "on" else {}
        out |= {"tls_client_certificate_bound_access_tokens": True} if self.policy.mtls_bind == "on" else {}
        out |= {"authorization_response_iss_parameter_supported": True} if self.policy.iss_param == "on" else {}
        return out | {"subject_types_supported": ["public"], "id_token_signing_alg_values_supported": [k.alg for k in self.core.keys]}

    def _requests(self) -> dict[str, Any]:
        """How requests may come beside in the address: pushed (RFC 9126 §5), or signed (RFC 9101 §10.5)."""
        policy, out = self.policy, dict[str, Any]()
        out |= {"pushed_authorization_request_endpoint": f"{self.issuer}/par"} if policy.par != "off" else {}
        out |= {"require_pushed_authorization_requests": True} if policy.par == "required" else {}
        out |= {"request_object_signing_alg_values_supported": list(SIGNED_BY_CLIENTS)} if policy.request_object != "off" else {}
        return out | ({"require_signed_request_object": True} if policy.request_object == "required" else {})

    def jwks(self, request: Request) -> Response:
        """The public keys (RFC 7517 §5); a shared secret is not among them."""
        keys = {k.kid: k.jwk for k in (self.core.key, *self.core.keys, *self.core.signing.verifying) if k.jwk}
        return json_response(200, {"keys": list(keys.values())})

    # ---- authorization endpoint
    def session(self, request: Request) -> Session | None:
        return self.store.sessions.get(request.cookies.get(COOKIE, ""))

    def authorize(self, request: Request) -> Response:
        """RFC 6749 §3.1: check the request, then ask who is there and whether it is allowed."""
        session = self.session(request)
        asked = ASRequest(request, self._fields(request), session)
        failed = explain.authorization(self.core, asked, Checklist(self.net.trace, self.name))
        try:
            if failed is not None and (objection := self._objection(asked, failed)) is not None:
                raise objection
            grant = self.core.get_consent_grant(asked, session.user if session else None)
        except OAuth2Error as error:
            return self._refused(asked, error)
        except ValueError:  # Authlib puts client text into descriptions and then refuses characters of it
            return error_page(400, "invalid_request")
        prompt, known = asked.payload.data.get("prompt", "").split(), session
        session = session if session and "login" not in prompt and self._still_good(asked, session) else None
        if session and "consent" not in prompt and self._remembers(asked, session.user, grant.client):
            return self._issue(asked, session, True)
        if "none" in prompt:
            code = "consent_required" if session else "login_required"
            return self._refused(asked, OAuth2Error(error=code, redirect_uri=grant.redirect_uri, state=asked.payload.state))
        ticket, cookie = self.begun(request, asked.sent)
        if session is None and known is not None and "login" not in prompt and self._recent(asked, known):
            return self.second_factor.ask(ticket, known.user, NO_STORE, *self.framing(), *cookie)  # nothing but that is missing
        return self._consent_page(ticket, asked, grant.client, *cookie) if session else self.login_page(ticket, None, *cookie)

    def _remembers(self, asked: ASRequest, user: User, client: Client) -> bool:
        """Whether this user need not be asked again.  An app at a scheme of its own cannot show that it is the one that was allowed."""
        if not self.store.allowed(user, client.client_id, asked.payload.scope or ""):
            return False
        redirect_uri = asked.payload.redirect_uri or client.get_default_redirect_uri() or ""
        if client.confidential or split(redirect_uri).scheme in ("https", "http"):
            return True  # http: on the user's own machine, and the stand-in for https while something is built
        if self.policy.ask_again == "off":
            return True
        self.net.noted(
            self.name, f"{user.name} has allowed {client.client_id} before, and is asked again: any app can claim {redirect_uri}."
        )
        return False

    def _objection(self, asked: ASRequest, failed: str) -> OAuth2Error | None:
        """The error for a check that failed; None where Authlib will refuse the request itself."""
        if asked.refusal is not None:
            return self._malformed(asked, *asked.refusal)
        if failed == "request_form":
            return self._malformed(asked)
        if failed == "client_known":  # this and the next before Authlib looks at the response type
            return InvalidClientError(description="The client does not exist on this server.")
        if failed == "redirect_uri":
            return InvalidRequestError("The redirect URI is not a registered one.")
        return self._told(asked, failed) if failed in ("resource", "response_mode", "scope_offered", "max_age") else None

    def _told(self, asked: ASRequest, failed: str) -> OAuth2Error:
        """The error of a request whose client and redirect URI are good."""
        modes = f"response_mode can be {' or '.join(MODES)}; a token is never in the query."
        error, text = {
            "resource": ("invalid_target", "This server issues no tokens for that resource."),
            "response_mode": ("invalid_request", modes),
            "max_age": ("invalid_request", "max_age is a number of seconds."),
            "scope_offered": ("invalid_scope", self.core.unknown(asked.payload.scope or "")),
        }[failed]
        return OAuth2Error(error=error, description=text, redirect_uri=asked.payload.redirect_uri, state=asked.payload.state)

    def _malformed(self, asked: ASRequest, error: str = "invalid_request", text: str = MALFORMED) -> OAuth2Error:
        """The request cannot be read: told to the client, if the parameters that name it are themselves in order (RFC 6749 §4.1.2.1)."""
        data = asked.payload.data
        client = self.core.query_client(data.get("client_id", ""))
        uri = data.get("redirect_uri", "")
        named = client is not None and client.check_redirect_uri(uri) and not {"client_id", "redirect_uri"} & asked.twice
        state = None if "state" in asked.twice else asked.payload.state
        return OAuth2Error(text, error=error, redirect_uri=uri if named else None, state=state if named else None)

    def begun(self, request: Request, asked: Request | None = None) -> tuple[str, tuple[tuple[str, str], ...]]:
        """A ticket for the forms to come, and the header that names this browser.  `asked`: what is to be answered, if that is not how
        it was sent."""
        ticket, (browser, cookie) = self.net.entropy.token("ticket", 9), self._browser(request)
        self.pending[ticket] = Pending(asked or request, browser)
        forget_oldest(self.pending)
        return ticket, cookie

    def _browser(self, request: Request) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The name of this browser, where forms are bound to it, and the header that tells it if it is new here."""
        known = request.cookies.get(BROWSER, "")
        if self.policy.bind_forms == "off" or known:
            return known, ()
        name = self.net.entropy.token("browser", 12)
        return name, (("Set-Cookie", f"{BROWSER}={name}; Path=/; Secure; HttpOnly; SameSite=Lax"),)

    def same_browser(self, pending: Pending, request: Request, checks: Checklist) -> bool:
        """Whether a form comes back from the browser that fetched it (RFC 6749 §10.12)."""
        if self.policy.bind_forms == "off":
            checks.skip("form_browser", "a form may come from any browser")
            return True
        found = request.cookies.get(BROWSER, "")
        return checks.test("form_browser", bool(found) and found == pending.browser, "the browser that fetched the form", found or "none")

    def _still_good(self, asked: ASRequest, session: Session) -> bool:
        """Whether this session is what the client asks for: recent, of the right user, and strong enough (`acr_values`)."""
        return self._recent(asked, session) and not self.second_factor.lacking(asked.payload.data, session)

    def _recent(self, asked: ASRequest, session: Session) -> bool:
        """Whether it is recent (`max_age`), and the user of `id_token_hint` (OIDC Core §3.1.2.1)."""
        max_age, hint = asked.payload.data.get("max_age"), asked.payload.data.get("id_token_hint")
        if max_age and self.net.clock.now() - session.auth_time > int(max_age):
            return False
        return not hint or self._hinted(hint) == session.user.name

    def _hinted(self, hint: str) -> str | None:
        """The user of an ID token of ours, expired or not; None if it is none of ours."""
        claims = hinted(self.core, hint)
        return str(claims.get("sub")) if claims is not None else None

    def _fields(self, request: Request) -> Pairs:
        return request.query if request.method == "GET" else request.form

    def _refused(self, asked: ASRequest, error: OAuth2Error) -> Response:
        """Errors go back to the client if its redirect URI is known to be its own, else to a page (RFC 6749 §4.1.2.1).
        To a page they go, too, if nobody here knows its response_mode: that would say how to send them back (OIDC Core §3.1.2.6)."""
        response = ASResponse(*error(self.core.get_error_uri(asked, error)))
        if response.location is None:
            return error_page(response.status, error.error, error.description or "")
        if (mode := asked.payload.data.get("response_mode")) and mode not in offered(self._kind(asked)):
            return error_page(400, error.error, error.description or "")
        if self.policy.iss_param == "on":
            self.core.issuer_parameter.add_issuer_parameter(self.core, response)  # Authlib leaves it out of these
        return self._moded(asked, answer(response))

    def _kind(self, asked: ASRequest) -> str:
        """The response type by which an answer travels."""
        return "code" if self.policy.no_implicit == "on" else asked.payload.data.get("response_type", "")

    def _moded(self, asked: ASRequest, response: Response) -> Response:
        """The answer in the way that the client wants it (`response_mode`)."""
        data = asked.payload.data
        client = self.core.query_client(data.get("client_id", ""))
        uri = data.get("redirect_uri") or (client.get_default_redirect_uri() if client else "") or ""
        return in_mode(response, uri, self._kind(asked), data.get("response_mode", ""))

    def login_page(self, ticket: str, error: str | None = None, *headers: tuple[str, str]) -> Response:
        hint = first(self._fields(self.pending[ticket].request), "login_hint") or ""
        body = form("/login", {"ticket": ticket}, ("username", "text"), ("password", "password"), button="Sign in", hint=hint)
        status = 200 if error is None else 401
        return page("login", f"Sign in to {self.title}", body, NO_STORE, *self.framing(), *headers, status=status, error=error)

    def framing(self) -> tuple[tuple[str, str], ...]:
        """Where the pages may be shown: nowhere but in a window of their own (RFC 9700 §4.16), or anywhere."""
        return (NO_FRAMES,) if self.policy.deny_frames == "on" else ()

    def _consent_page(self, ticket: str, asked: ASRequest, client: Client, *headers: tuple[str, str]) -> Response:
        scopes = (asked.payload.scope or "").split()
        wants = "".join(f"<li>{self.core.scopes[s]}</li>" for s in scopes if s in self.core.scopes)
        body = (
            paragraph(f"{client.title} wants to:")
            + f"<ul>{wants}</ul>"
            + form("/consent", {"ticket": ticket, "allow": "yes"}, button="Allow")
        )
        return page("consent", f"Allow {client.title}?", body, NO_STORE, *self.framing(), *headers)

    def login(self, request: Request) -> Response:
        """The login form.  Answers with the consent page, or straight to the client if consent was given before."""
        ticket, checks = request.param("ticket") or "", Checklist(self.net.trace, self.name)
        pending = self.pending.get(ticket)
        if pending is None:
            return error_page(400, "invalid_request", "This sign-in has expired.")
        if not self.same_browser(pending, request, checks):
            return error_page(403, "access_denied", "This sign-in was begun in another browser.")
        original = pending.request
        user = self.people.login(request.param("username"), request.param("password"))
        if not checks.test("password", user is not None, "a user and its password", request.param("username") or "nobody"):
            return self.login_page(ticket, "access_denied")
        assert user is not None
        if not checks.test("account_active", not user.disabled, "not disabled", "disabled" if user.disabled else "active"):
            return self.login_page(ticket, "access_denied")
        if self.second_factor.wanted(ASRequest(original, self._fields(original)).payload.data):
            return self.second_factor.ask(ticket, user, NO_STORE, *self.framing())
        return self._signed_in(request, ticket, user, PASSWORD)

    def code(self, request: Request) -> Response:
        """The form for the second factor."""
        ticket, checks = request.param("ticket") or "", Checklist(self.net.trace, self.name)
        pending = self.pending.get(ticket)
        if pending is not None and not self.same_browser(pending, request, checks):
            return error_page(403, "access_denied", "This sign-in was begun in another browser.")
        headers, now = (NO_STORE, *self.framing()), self.net.clock.now()
        user = self.second_factor.check(ticket, request.param("otp") or "", now, checks, *headers) if pending else None
        if isinstance(user, Response):
            return user
        if user is None:
            self.pending.pop(ticket, None)
            return error_page(400, "invalid_request", "This sign-in has expired.")
        return self._signed_in(request, ticket, user, TWO_FACTOR)

    def _signed_in(self, request: Request, ticket: str, user: User, acr: str) -> Response:
        """A new session, and on to the consent page, or straight to the client if consent was given before."""
        original = self.pending[ticket].request
        session = Session(self.net.entropy.token("sid", 6), user, self.net.clock.now(), request.header("user-agent") or "", acr)
        cookie = self.net.entropy.token("cookie", 18)
        self.store.sessions.pop(request.cookies.get(COOKIE, ""), None)  # whoever logs in again begins a new session
        self.store.sessions[cookie] = session
        forget_oldest(self.store.sessions, ISSUED)
        set_cookie = ("Set-Cookie", f"{COOKIE}={cookie}; Path=/; Secure; HttpOnly; SameSite=Lax")
        if original.path == PATH and self.core.devices is not None:
            response = DevicePages(self, self.core.devices).ask(ticket, original)
            return replace(response, headers=(*response.headers, set_cookie))
        asked = ASRequest(original, self._fields(original), session)
        client = self.store.clients[asked.payload.client_id]
        prompt = asked.payload.data.get("prompt", "").split()
        if "consent" not in prompt and self._remembers(asked, user, client):
            response = _after_post(self._issue(asked, session, True))
            return replace(response, headers=(*response.headers, set_cookie))
        return self._consent_page(ticket, asked, client, set_cookie)

    def consent(self, request: Request) -> Response:
        """The consent form."""
        session, pending = self.session(request), self.pending.pop(request.param("ticket") or "", None)
        if session is None or pending is None:
            return error_page(400, "invalid_request", "This sign-in has expired.")
        if not self.same_browser(pending, request, Checklist(self.net.trace, self.name)):
            return error_page(403, "access_denied", "This sign-in was begun in another browser.")
        original = pending.request
        asked, allowed = ASRequest(original, self._fields(original), session), request.param("allow") == "yes"
        if allowed:
            self.net.consented(self.name, session.user.name, asked.payload.client_id, asked.payload.scope or "")
        return _after_post(self._issue(asked, session, allowed))

    def _issue(self, asked: ASRequest, session: Session, allowed: bool) -> Response:
        """Let Authlib answer the authorization request (RFC 6749 §4.1.2); one that was pushed is answered once (RFC 9126 §4)."""
        pushed = self.store.pushed.get(reference(asked.payload.data.get("request_uri", "")))
        if pushed is not None and not pushed.use():
            return error_page(400, "invalid_request_uri", "This request was answered before.")
        checks = Checklist(self.net.trace, self.name)
        checks.test("consent", allowed, f"{session.user.name} says yes", "yes" if allowed else "no")
        grant = self.core.get_consent_grant(asked, session.user)
        return self._moded(asked, answer(self.core.create_authorization_response(grant.request, session.user if allowed else None, grant)))

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

    def _with_nonce(self, request: Request) -> Response:
        """The same, where proofs need a nonce: each answer brings the one for the next request (RFC 9449 §8.2)."""
        return nonces.supplied(request, self.token(request), self.nonces, self.net.clock.now(), self.net.entropy)

    def push(self, request: Request) -> Response:
        """RFC 9126 §2."""
        return push(self.core, self.proofs, request, self._objection)

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
            self._forget(user)
        return response

    def _forget(self, user: User, device: str = "") -> None:
        """End the user's own sessions here, so that nobody gets new tokens with their cookies."""
        for cookie, session in list(self.store.sessions.items()):
            if session.user is user and device in ("", session.device):
                del self.store.sessions[cookie]

    # ---- ending sessions
    def end_session(self, request: Request) -> Response:
        """OIDC RP-Initiated Logout §2: a client has sent somebody here to be signed out."""
        browser, cookie = self._browser(request)
        visitor = Visitor(self.session(request), browser, (NO_STORE, *self.framing(), *cookie))
        return self._without_cookie(request, self.log_outs.asked(request, visitor))

    def end_session_confirmed(self, request: Request) -> Response:
        """The form on the page that asks whether it is wanted."""
        same: Callable[[str, Checklist], bool] = lambda browser, checks: self.same_browser(Pending(request, browser), request, checks)  # noqa: E731
        answer = self.log_outs.confirmed(request, self.session(request), same, (NO_STORE, *self.framing()))
        return self._without_cookie(request, answer)

    def _without_cookie(self, request: Request, response: Response) -> Response:
        """The answer, which takes the cookie of a session that is over out of the browser."""
        if COOKIE not in request.cookies or self.session(request) is not None:
            return response
        return replace(response, headers=(*response.headers, ("Set-Cookie", f"{COOKIE}=; Path=/; Secure; Max-Age=0")))

    def logout(self, request: Request) -> Response:
        """Forget this browser.  Credentials of clients are not touched."""
        self.store.sessions.pop(request.cookies.get(COOKIE, ""), None)
        return Response(204, (("Set-Cookie", f"{COOKIE}=; Path=/; Secure; Max-Age=0"),))

    def end_sessions(self, request: Request) -> Response:
        """The account page's button: end a client's access, on one device or on all."""
        session = self.session(request)
        if session is None:
            return error_page(401, "login_required")
        client, device = request.param("client"), request.param("device")
        for grant in self.store.grants_of[session.user.name]:
            if self.policy.session_index == "per-user" or (grant.client_id == client and device in (None, "", grant.device)):
                self.core.end_grant(grant)
        if device:
            self._forget(session.user, device)
        return Response(204)


def _after_post(response: Response) -> Response:
    """A redirect after a form: 303, so that no browser sends the form again to where it leads (RFC 9700 §4.12)."""
    return replace(response, status=303) if response.status == 302 else response
