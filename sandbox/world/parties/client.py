"""An OAuth client: how it asks for tokens, what it checks when they come, and how it presents them to APIs.

One protocol, three places to live: a web server (`WebClient`), a page's script (`PageClient`), a device (`NativeClient`); those
have files of their own.  Here is what they share.  In the JWT profiles the same clients ask for a password instead.
"""

from __future__ import annotations

from dataclasses import replace

from sandbox.core.wire import Pairs, Request, Response, first, form_request, json_request, with_query
from sandbox.protocol import step_up
from sandbox.protocol.checks import Checklist
from sandbox.protocol.client_jwts import request_object
from sandbox.protocol.grant_types import ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE
from sandbox.protocol.tokens import NotAJwt, decode, sha256
from sandbox.world.network import Network
from sandbox.world.parties.client_sender import Send, Sender
from sandbox.world.parties.client_session import ClientConfig, Refused, Session
from sandbox.world.parties.id_tokens import check_acr, check_id_token, sid_of
from sandbox.world.parties.limits import forget_oldest


class OAuthClient(Sender):
    """The protocol, without a place to live."""

    def __init__(self, name: str, net: Network, config: ClientConfig) -> None:
        super().__init__(name, net, config)
        self.architecture = config.architecture
        self.implicit = config.public_page and config.policy.code_flow == "off" and config.architecture == "oauth"
        self.states: dict[str, None] = {}  # as a set that knows which came first
        self.logout_tokens: dict[str, None] = {}  # the names of those that have come

    # ---- sessions
    def state(self) -> dict[str, str]:
        """The state that learners are shown: each session with its pending values and its tokens."""
        out: dict[str, str] = {}
        for s in self.sessions.values():
            shown = {
                "user": s.user,
                "state": s.state,
                "nonce": s.nonce,
                "code_verifier": s.verifier,
                "refresh_token": s.refresh_token,
                "id_token": s.id_token,
            }
            out |= {f"{s.key}: {k}": v for k, v in shown.items() if v}
            out |= {f"{s.key}: access_token": s.access_token()} if s.tokens else {}
        return out

    # ---- authorization request
    def authorization_url(self, session: Session, issuer: str, scope: str, resource: str = "", response_type: str = "") -> str:
        """Make the request's secrets and write the browser's address (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2).  Raises Refused."""
        kind, me = response_type or ("token" if self.implicit else "code"), self.registered(issuer)
        session.issuer, session.scope, session.resource = issuer, self._scope(scope, kind), resource or self.registration.resource
        query = {
            "response_type": kind,
            "client_id": me.client_id,
            "redirect_uri": me.redirect_uri,
            "scope": session.scope,
        } | session.authentication
        if self.policy.state != "off":
            session.state = query["state"] = self._make("state", 12)
            self.states[session.state] = None
            forget_oldest(self.states)
        if self.policy.nonce == "on" and kind != "token":  # no ID token comes with that
            session.nonce = query["nonce"] = self._make("nonce", 12)
        if self.policy.pkce != "off" and kind == "code":
            session.verifier = self._make("code_verifier", 32)
            s256 = self.policy.pkce == "s256"
            query |= {
                "code_challenge": sha256(session.verifier) if s256 else session.verifier,
                "code_challenge_method": "S256" if s256 else "plain",
            }
        if self.policy.dpop == "on" and kind == "code":
            query["dpop_jkt"] = self.proof_key(session).thumbprint  # the code fits this key only (RFC 9449 §10)
        apis = tuple(("resource", api) for api in self._apis(session, kind))
        return with_query(self.endpoint(issuer, "authorization_endpoint"), self._asked(session, issuer, (*query.items(), *apis)))

    def _asked(self, session: Session, issuer: str, query: Pairs) -> Pairs:
        """What the browser carries: the parameters, or an object with them that is signed (RFC 9101 §5), or the reference that the server
        gave for them (RFC 9126 §4).  Raises Refused."""
        server, key = self.metadata(issuer), self.registered(issuer).key
        mine = ("client_id", self.registered(issuer).client_id)
        if self.policy.request_object == "on" and key is not None and server.get("request_parameter_supported"):
            jti = self.net.entropy.token(f"{self.name} request", 9)
            query = (mine, ("request", request_object(key, mine[1], issuer, query, self.net.clock.now(), jti)))
        if self.policy.par == "off" or "pushed_authorization_request_endpoint" not in server:
            return query
        pushed = form_request(self.endpoint(issuer, "pushed_authorization_request_endpoint"), query)
        answer = self.ask(session, self.connected(session, self.authenticated(pushed, issuer)))
        reference = answer.json.get("request_uri") if answer.ok and isinstance(answer.json, dict) else None
        if not isinstance(reference, str):
            raise Refused(answer.error or "invalid_response")
        return (mine, ("request_uri", reference))

    def _apis(self, session: Session, kind: str) -> tuple[str, ...]:
        """The APIs that access is asked for: with a code all that it will want a token for (RFC 8707 §2.1), else the one."""
        if self.policy.resource_param == "off":
            return ()
        known = (self.registration.resource, *self.registration.others)
        several = kind == "code" and session.resource in known
        return tuple(dict.fromkeys((session.resource, *known))) if several else (session.resource,)

    def _scope(self, scope: str, kind: str) -> str:
        wanted = scope.split() or [self.registration.scope]
        named = self.policy.nonce == "on" or self.policy.acr == "check"  # what is compared stands in an ID token
        return " ".join(["openid"] * (named and kind == "code" and "openid" not in wanted) + wanted)

    def _make(self, name: str, size: int) -> str:
        value = self.net.entropy.token(f"{self.name} {name}", size)
        self.net.learned(self.name, name, value, "made it")
        return value

    # ---- authorization response
    def receive(self, session: Session | None, answer: Pairs, at: str = "") -> Session:
        """Check an authorization response before anything is done with it (RFC 6749 §10.12, RFC 9207 §2.4).  `at`: the address at which
        it came in, where the client has several.  Raises Refused."""
        checks = Checklist(self.net.trace, self.name)
        error = first(answer, "error")
        if not checks.test("response", error is None, "no error", error or "no error"):
            raise Refused(error or "")
        self._check_state(checks, session, first(answer, "state"))
        session = session or self.session(first(answer, "state") or "nobody")
        self._check_issuer(checks, session, first(answer, "iss") or "none", at or self.registration.redirect_uri)
        return session

    def _check_issuer(self, checks: Checklist, session: Session, named: str, at: str) -> None:
        """Whether the server has answered that was asked: by its name (RFC 9207 §2.4), or by the address that it alone is given
        (RFC 9700 §4.4.2.2).  Raises Refused."""
        if self.policy.iss_check == "off":
            checks.skip("issuer", "nobody asks who answered", named)
            return
        by_name = self.policy.iss_check == "iss-param"
        expected, found = (session.issuer, named) if by_name else (self.registered(session.issuer).redirect_uri, at)
        if not checks.test("issuer", found == expected, expected, found):
            raise Refused("mismatching_issuer")

    def _check_state(self, checks: Checklist, session: Session | None, found: str | None) -> None:
        policy = self.policy.state
        if policy == "off":
            checks.skip("state", "no state is sent", found or "none")
            return
        pending = session.state if session else ""
        ok = found in self.states if policy == "unbound" else bool(found) and found == pending
        expected = "any state that was ever sent" if policy == "unbound" else pending or "nothing: this browser asked for nothing"
        if not checks.test("state", ok, expected, found or "none"):
            raise Refused("mismatching_state")
        if session and policy == "bound":
            session.state = ""  # one-time use

    # ---- token requests
    def code_request(self, session: Session, answer: Pairs) -> Request:
        """Trade a code for tokens (RFC 6749 §4.1.3).  Raises Refused if there is no code."""
        code = first(answer, "code")
        if code is None:
            raise Refused("invalid_response")
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.registered(session.issuer).redirect_uri}
        if session.verifier:
            fields["code_verifier"] = session.verifier
        if self.policy.resource_param == "on":
            fields["resource"] = session.resource
        return self._token_request(session, fields)

    def refresh_request(self, session: Session, resource: str = "") -> Request:
        """Trade the refresh token for new tokens (RFC 6749 §6), for another API if wanted (RFC 8707 §2.2)."""
        session.resource = resource or session.resource
        if self.architecture == "jwt":
            url = self.endpoint(session.issuer, "refresh_endpoint")
            return json_request("POST", url, {"refresh_token": session.refresh_token} | self._audience(session))
        fields = {"grant_type": "refresh_token", "refresh_token": session.refresh_token}
        if self.policy.resource_param == "on":
            fields["resource"] = session.resource
        return self._token_request(session, fields)

    def _token_request(self, session: Session, fields: dict[str, str]) -> Request:
        url = self.endpoint(session.issuer, "token_endpoint")
        request = self.connected(session, self.authenticated(form_request(url, fields | self._identity(session.issuer)), session.issuer))
        return self.proved(session, request)

    def proved(self, session: Session, request: Request) -> Request:
        """The token request with a DPoP proof, if this client makes any (RFC 9449 §5)."""
        return request if self.policy.dpop == "off" else self.proving(session, request)

    def _identity(self, issuer: str = "") -> dict[str, str]:
        me = self.registered(issuer)
        return {"client_id": me.client_id} if me.public else {}

    def revocation_request(self, session: Session) -> Request | None:
        """Give back what the session holds (RFC 7009 §2.1); None if the server has no such endpoint or there is nothing."""
        if self.architecture == "jwt":
            return self._logout_request(session)
        url = self.servers.get(session.issuer, {}).get("revocation_endpoint")
        token = session.refresh_token or session.access_token()
        if not url or not token:
            return None
        hint = "refresh_token" if session.refresh_token else "access_token"
        return self.authenticated(form_request(url, {"token": token, "token_type_hint": hint} | self._identity()))

    def _logout_request(self, session: Session) -> Request | None:
        """The log-out of a JWT design: the access token, and the refresh token if there is one."""
        url = self.servers.get(session.issuer, {}).get("logout_endpoint")
        if not url or not session.tokens:
            return None
        held = {"refresh_token": session.refresh_token} if session.refresh_token else None
        request = Request("POST", url) if held is None else json_request("POST", url, held)
        return request.with_header("Authorization", f"Bearer {session.access_token()}")

    def end_session_url(self, session: Session, back: str) -> str:
        """Where to send a browser so that its person is signed out at the server, too, and comes back (OIDC RP-Initiated Logout §2);
        '' if the server has no such place."""
        url = self.servers.get(session.issuer, {}).get("end_session_endpoint")
        hint = {"id_token_hint": session.id_token} if session.id_token else {}
        asked = hint | {"client_id": self.registration.client_id, "post_logout_redirect_uri": back}
        return with_query(url, asked) if isinstance(url, str) else ""

    # ---- token responses
    def accept(self, session: Session, response: Response) -> None:
        """Take the tokens of a token response, after the checks that the switches ask for.  Raises Refused."""
        body = response.json
        if not response.ok or not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
            raise Refused(response.error or "invalid_response")
        self.take(session, {k: v for k, v in body.items() if isinstance(v, str)})

    def take(self, session: Session, body: dict[str, str]) -> None:
        """Keep tokens from whichever channel they came.  Raises Refused if the ID token is not good."""
        if "id_token" in body:
            session.user = self._account(session, check_id_token(self, session, body["id_token"], body["access_token"]), body["id_token"])
            session.id_token = body["id_token"]
            session.sid = sid_of(session.id_token) if self.policy.backchannel_logout == "on" else ""
        elif session.nonce:
            Checklist(self.net.trace, self.name).test("nonce", False, session.nonce, "no ID token")
            raise Refused("mismatching_nonce")
        elif self.policy.acr == "check" and session.authentication.get("acr_values") and not self.implicit:
            check_acr(Checklist(self.net.trace, self.name), {})
        if session.issuer in self.elsewhere:  # it says who somebody is, and its tokens open nothing that is used here
            session.verifier, session.user = "", session.user or f"somebody at {session.issuer}"
            self.net.signed_in(self.name, session.browser, session.user)
            return
        if self.policy.resource_param == "off":
            session.tokens.clear()
        session.tokens.pop(session.resource, None)  # the latest stands last
        session.tokens[session.resource] = body["access_token"]
        session.bound = body.get("token_type", "").lower() == "dpop"
        session.refresh_token = body.get("refresh_token", session.refresh_token)
        session.verifier = ""
        session.user = session.user or subject(body["access_token"])
        self.net.signed_in(self.name, session.browser, session.user, body["access_token"])

    def _account(self, session: Session, sub: str, id_token: str) -> str:
        """The account of whoever has signed in: that of the e-mail address, where this client finds people so, else that of the issuer's
        own name for the person (OIDC Core §5.7)."""
        session.email = str(decode(id_token).claims.get("email") or "")
        if self.policy.account_key == "email" and session.email:
            same = (s.user for s in self.sessions.values() if s is not session and s.user and s.email == session.email)
            return next(same, sub)
        return sub if session.issuer in self.servers else f"{sub} at {session.issuer}"

    # ---- with a password: the JWT profiles, and the password grant
    def asks_password(self, wishes: Pairs) -> bool:
        """Whether this client asks for the person's password itself."""
        return self.architecture == "jwt" or first(wishes, "how") == "password"

    def password_request(self, session: Session, issuer: str, username: str, password: str, resource: str = "", scope: str = "") -> Request:
        """Log a person in with that person's password: at the backend, or by the password grant (RFC 6749 §4.3.2)."""
        session.issuer, session.resource = issuer, resource or self.registration.resource
        if self.architecture == "oauth":
            session.scope = self._scope(scope, "password")
            fields = {"grant_type": "password", "username": username, "password": password, "scope": session.scope}
            return self._token_request(session, fields | ({"resource": session.resource} if self.policy.resource_param == "on" else {}))
        named = {"app": self.name, "device": session.browser} if self.servers[issuer].get("login_names_device") else {}
        body = {"username": username, "password": password} | self._audience(session) | named
        return json_request("POST", self.endpoint(issuer, "login_endpoint"), body)

    def _audience(self, session: Session) -> dict[str, str]:
        """What a JWT design calls the API that a token is for."""
        return {"audience": session.resource} if self.policy.resource_param == "on" else {}

    # ---- in the client's own name
    @property
    def own(self) -> Session:
        """The session that belongs to no person: tokens that the client asked for in its own name, or by hand."""
        session = self.session("own")
        session.issuer = session.issuer or next(iter(self.servers), "")
        return session

    def own_request(self, target: str, scope: str) -> Request:
        """Ask for a token in the client's own name, for this API (RFC 6749 §4.4).  Raises Refused."""
        return self._token_request(self.own, {"grant_type": "client_credentials", "scope": scope, "resource": target})

    def exchange_request(self, target: str, token: str, scope: str = "") -> Request:
        """Trade a token that somebody has sent for one of the client's own, for another API (RFC 8693 §2.1).  Raises Refused."""
        fields = {"grant_type": TOKEN_EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN_TYPE, "resource": target}
        return self._token_request(self.own, fields | ({"scope": scope} if scope else {}))

    # ---- API requests
    def api_request(self, session: Session, request: Request, resource: str, scheme: str = "") -> Request:
        """The request with the session's access token for that API, presented as the token wants (RFC 6750 §2, RFC 9449 §7.1)."""
        token, request = session.access_token(resource), self.connected(session, request)
        if session.bound and scheme != "bearer":
            return self.proving(session, request.with_header("Authorization", f"DPoP {token}"), token)
        if self.policy.token_in_header == "off":
            return replace(request, url=with_query(request.url, {"access_token": token}))
        return request.with_header("Authorization", f"Bearer {token}")

    def call(self, session: Session, request: Request, resource: str, send: Send) -> Response:
        """One API request.  An API that knows no DPoP says so, and is asked again with Bearer (RFC 9449 §7.2)."""
        response = send(self.api_request(session, request, resource))
        if session.bound and wants_bearer(response):
            response = send(self.api_request(session, request, resource, "bearer"))
        asked = step_up.challenged(response)
        session.wanted = asked | {"api": resource} if asked else {}
        return response

    def step_up_wishes(self, session: Session) -> dict[str, str]:
        """What the sign-in button is to ask for, so that the refused API will be content (RFC 9470 §4); nothing if none refused."""
        return session.wanted | {"scope": session.scope} if session.wanted else {}

    def lacks_token(self, session: Session, resource: str) -> bool:
        """Whether this client asks for one token per API and has none for this one."""
        return self.policy.resource_param == "on" and resource not in session.tokens

    def renews(self, session: Session) -> bool:
        """Whether this client gets another token without asking the person again: in a JWT design, only with a refresh token."""
        return self.architecture == "oauth" or bool(session.refresh_token)


def wants_bearer(response: Response) -> bool:
    """Whether an API refuses because it knows no DPoP, and asks for Bearer instead (RFC 9449 §7.2)."""
    return response.status == 401 and (response.header("www-authenticate") or "").startswith("Bearer")


def subject(access_token: str) -> str:
    """Whose token this seems to be.  A client should not look; one without an ID token often does."""
    try:
        return str(decode(access_token).claims.get("sub", ""))
    except NotAJwt:
        return ""
