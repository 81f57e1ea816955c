"""A client that is a web app: a cookie in the browser, tokens on the server."""

from __future__ import annotations

from typing import ClassVar

from sandbox.core.wire import Request, Response, first, json_response
from sandbox.protocol.checks import Checklist
from sandbox.world.parties import back_channel
from sandbox.world.parties.browser import Browser
from sandbox.world.parties.client_hosts import Hosted
from sandbox.world.parties.client_session import Refused, Session
from sandbox.world.parties.id_tokens import check_id_token
from sandbox.world.parties.limits import too_large
from sandbox.world.parties.pages import error_page, page, paragraph

NO_STORE = ("Cache-Control", "no-store")


class WebClient(Hosted):
    """A server-side web app.  Its session is a cookie; tokens stay on the server."""

    COOKIE = "__Host-client_session"
    SAME_SITE = "Lax"
    METHODS: ClassVar[dict[str, tuple[str, ...]]] = {
        "/connect": ("POST",),
        "/signup": ("POST",),
        "/api/login": ("POST",),
        "/logout": ("GET", "HEAD", "POST"),
        "/logout/everywhere": ("POST",),
        "/backchannel-logout": ("POST",),
    }
    SHOWN = "/accounts", "Your accounts"  # what `/me` asks the API for, and how its page is called

    def handle(self, request: Request) -> Response:
        """The pages of the app."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        actions = {"/login": self._login, "/connect": self._connect, "/me": self._me, "/logout": self._logout}
        if self.architecture == "oauth":
            actions |= {
                "/signup": self._signup,
                "/api/login": self._api_login,
                "/logout/everywhere": self._logout_everywhere,
                "/signed-out": self._signed_out,
            }
        if self.policy.backchannel_logout == "on":
            actions["/backchannel-logout"] = self._backchannel_logout
        action = self._callback if self.answered_at(request.path) else actions.get(request.path)
        if action is None:
            return page("app", "Home") if request.path in ("", "/") else error_page(404, "not_found")
        methods = self.METHODS.get(request.path, ("GET", "HEAD"))
        if request.method not in methods:
            return error_page(405, "method_not_allowed", "This page takes no such request.", ("Allow", ", ".join(methods)))
        try:
            response = action(request)
        except Refused as refused:
            response = error_page(400, refused.error or "access_denied", f"Sign-in did not work: {refused.error}.")
        return self.dressed(request, response)

    def session_in(self, browser: Browser) -> Session | None:
        cookie = browser.jar.of(f"{self.home}/").get(self.COOKIE)
        return self.sessions.get(cookie.value) if cookie else None

    def stored(self, browser: Browser) -> Session | None:
        return None  # the tokens are on the server, and no script can read the cookie

    def _cookie(self, request: Request) -> Session | None:
        return self.sessions.get(request.cookies.get(self.COOKIE, ""))

    def _keyed(self, request: Request) -> tuple[Session, tuple[tuple[str, str], ...]]:
        """This browser's session, made if needed, and the header that tells the browser about it."""
        session = self._cookie(request)
        if session:
            return session, ()
        key = self.net.entropy.token(f"{self.name} session", 12)
        return self.session(key, request.peer), self._told(key)

    def _told(self, key: str) -> tuple[tuple[str, str], ...]:
        return (("Set-Cookie", f"{self.COOKIE}={key}; Path=/; Secure; HttpOnly; SameSite={self.SAME_SITE}"),)

    def _signed_in(self, session: Session) -> tuple[tuple[str, str], ...]:
        """The session under a new name once somebody has signed in, so that a name from before is worth nothing (RFC 10025 §8.4)."""
        del self.sessions[session.key]
        session.key = self.net.entropy.token(f"{self.name} session", 12)
        self.sessions[session.key] = session
        return self._told(session.key)

    def _login(self, request: Request) -> Response:
        session, cookie = self._keyed(request)
        if self.asks_password(request.query):
            response = self._password_page("/connect", request.query)
            return Response(response.status, (*response.headers, *cookie), response.body)
        return Response(302, (("Location", self._begin(session, request.query)), *cookie))

    def _connect(self, request: Request) -> Response:
        """The password of somebody else's account, typed into this app: what delegation is there to avoid."""
        session, _ = self._keyed(request)
        self.accept(session, self.ask(session, self._with_password(session, request.form)))
        return page("app", "Connected", "", *self._signed_in(session))

    def _signup(self, request: Request) -> Response:
        """An account of this app's own, with an address and a password.  There is no mail here by which an address could be proved, so
        where that is demanded, nobody gets further."""
        checks, address = Checklist(self.net.trace, self.name), first(request.form, "email") or ""
        if not address:
            return error_page(400, "invalid_request", "An account needs an e-mail address.")
        if self.policy.prove_address == "off":
            checks.skip("address_proved", "whoever types it in gets an account", address)
        elif not checks.test("address_proved", False, "somebody who has opened the link that was sent there", "nobody yet"):
            return error_page(403, "access_denied", "Open the link that we have sent you, and your account is ready.")
        session, cookie = self._keyed(request)
        session.email, session.user = address, f"whoever has {address}"
        self.net.signed_in(self.name, session.browser, session.user)
        return page("app", "Your account", "", *cookie)

    def _api_login(self, request: Request) -> Response:
        """What a page of this site calls with the tokens that it got from the front channel (RFC 6749 §10.16)."""
        body, checks = request.json if isinstance(request.json, dict) else {}, Checklist(self.net.trace, self.name)
        if self.policy.code_flow == "on":
            checks.test("front_channel", False, "a code, redeemed by this client itself", "a token")
            return json_response(400, {"error": "invalid_request"})
        checks.skip("front_channel", "whoever brings a token may sign in", "a token")
        session, _ = self._keyed(request)
        session.issuer = self.usual_server
        try:
            session.user = self._who(checks, session, str(body.get("access_token", "")), body.get("id_token"))
        except Refused as refused:
            return json_response(401, {"error": refused.error})
        self.net.signed_in(self.name, session.browser, session.user)
        return json_response(200, {"user": session.user}, *self._signed_in(session))

    def _who(self, checks: Checklist, session: Session, access_token: str, id_token: object) -> str:
        """Who signs in with these tokens.  Raises Refused."""
        if self.policy.validate_id_token == "on":
            found = "one" if isinstance(id_token, str) else "none"
            if not checks.test("id_token", isinstance(id_token, str), f"an ID token for {self.name}", found):
                raise Refused("invalid_id_token")
            return check_id_token(self, session, str(id_token), access_token)
        checks.skip("id_token", "the access token is taken as proof of who is there", "none" if id_token is None else "not looked at")
        user = self._owner(session, access_token)
        if not user:
            raise Refused("invalid_token")
        return user

    def _owner(self, session: Session, access_token: str) -> str:
        """Whose token this is, as the userinfo endpoint says (OIDC Core §5.3)."""
        url = self.servers[session.issuer].get("userinfo_endpoint", "")
        answer = self.ask(session, Request("GET", url, (("Authorization", f"Bearer {access_token}"),)))
        body = answer.json if answer.ok else None
        return str(body.get("sub", "")) if isinstance(body, dict) else ""

    def _callback(self, request: Request) -> Response:
        known = self._keyed(request)[0] if self.policy.state != "bound" else self._cookie(request)
        mine = known if self.policy.same_browser == "on" or self.policy.state != "bound" else self._began(request, known)
        session = self.receive(mine, request.query, self.answered_at(request.path) or "")
        self.accept(session, self.ask(session, self.code_request(session, request.query)))
        return page("app", "Connected", "", *(self._signed_in(session) if mine is known else ()))

    def _began(self, request: Request, here: Session | None) -> Session | None:
        """The session that was sent away with the state of this answer, in whichever browser; this browser's if there is none."""
        state = first(request.query, "state")
        return next((s for s in self.sessions.values() if s.state and s.state == state), here)

    def _me(self, request: Request) -> Response:
        session = self._connected(self._cookie(request))
        if session is None:
            raise Refused("login_required")
        url, (path, title) = self._asked_api(session), self.SHOWN
        answer = self.call(session, Request("GET", f"{url}{path}"), url, lambda r: self.ask(session, r))
        if answer.ok:
            return page("app", title, paragraph(answer.body))
        return error_page(403 if answer.status < 500 else 502, answer.error or "api_error", f"The API answers with {answer.status}.")

    def _asked_api(self, session: Session) -> str:
        """Where `/me` asks: at the API that the person has typed in, or at the usual one if it is one of those that are known."""
        known = (self.registration.resource, *self.registration.others, "")
        return self.registration.resource if session.resource in known else session.resource

    def _connected(self, session: Session | None) -> Session | None:
        """This session if it holds tokens, or the latest one in which the same user has connected ConnectSphere."""
        if session is None or session.tokens:
            return session
        return next((s for s in reversed(self.sessions.values()) if s.tokens and s.user == session.user), None)

    def _logout(self, request: Request) -> Response:
        session = self._cookie(request)
        if session:
            revoke = self.revocation_request(session)
            if revoke:
                self.ask(session, revoke)
            del self.sessions[session.key]
        return page("app", "Signed out", "", ("Set-Cookie", f"{self.COOKIE}=; Path=/; Secure; Max-Age=0"))

    def _logout_everywhere(self, request: Request) -> Response:
        """End the session here, and send the browser on to the server, to end it there (OIDC RP-Initiated Logout §2)."""
        session, gone = self._cookie(request), ("Set-Cookie", f"{self.COOKIE}=; Path=/; Secure; Max-Age=0")
        url = self.end_session_url(session, self.signed_out_url) if session else ""
        if session:
            del self.sessions[session.key]
        return Response(303, (("Location", url), gone)) if url else page("app", "Signed out", "", gone)

    def _signed_out(self, request: Request) -> Response:
        return page("app", "Signed out")

    def _backchannel_logout(self, request: Request) -> Response:
        """OIDC Back-Channel Logout §2.5, §2.8."""
        try:
            back_channel.end_sessions(self, first(request.form, "logout_token") or "")
        except Refused as refused:
            return json_response(400, {"error": refused.error}, NO_STORE)
        return Response(200, (NO_STORE,))
