"""The three places where a client can live: a web server, the script of a page, a device.  The protocol is in `client.py`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar

from sandbox.core.wire import Pairs, Request, Response, first, joined, json_response, origin, pairs, split, with_query
from sandbox.protocol.cast import EVIL
from sandbox.protocol.checks import Checklist
from sandbox.protocol.step_up import ASKED
from sandbox.world.parties import back_channel
from sandbox.world.parties.browser import Action, Browser, Fetch, Navigate, Show
from sandbox.world.parties.client import OAuthClient
from sandbox.world.parties.client_sender import Send
from sandbox.world.parties.client_session import Refused, Session
from sandbox.world.parties.id_tokens import check_id_token
from sandbox.world.parties.limits import too_large
from sandbox.world.parties.pages import Form, error_page, form, page, paragraph

NO_STORE = ("Cache-Control", "no-store")
PIXEL = f'<img src="{EVIL}/pixel.gif" alt="">'
ASK_PASSWORD = "Your ConnectSphere user name and password:"


class Hosted(OAuthClient, ABC):
    """What all three share: addresses, and the error page that stands for every refusal.  `in_page`: its code runs in a web page."""

    in_page = True

    @abstractmethod
    def handle(self, request: Request) -> Response:
        """Answer as the place where the client lives."""

    @property
    def home(self) -> str:
        return origin(self.registration.redirect_uri)

    def start_url(self, **wishes: str) -> str:
        """The address of the sign-in button; `wishes` are scope, at (issuer), api (resource), response (response_type), and what is
        asked of the sign-in: acr_values, max_age (RFC 9470 §4)."""
        return with_query(f"{self.home}/login", {k: v for k, v in wishes.items() if v})

    @property
    def logout_url(self) -> str:
        return f"{self.home}/logout"

    @property
    def signed_out_url(self) -> str:
        """Where the server may send people whom it has signed out; it is registered there."""
        return f"{self.home}/signed-out"

    def session_in(self, browser: Browser) -> Session | None:
        """This browser's session."""
        return self.sessions.get(browser.name)

    def sender(self, browser: Browser) -> Send:
        """How requests of that session leave: from the client's own machine."""
        return lambda request: self.net.deliver(request, self.name, "back")

    def fetch(self, browser: Browser, session: Session, request: Request, resource: str) -> Response:
        """An API request that is made for the person at this browser."""
        return self.call(session, request, resource, lambda r: self.asked(session, r, self.sender(browser)))

    def at_issuer(self, browser: Browser, session: Session, request: Request) -> Response:
        """A request of the person at this browser to the issuer of a JWT design, which knows people by their access tokens."""
        return self.sender(browser)(request.with_header("Authorization", f"Bearer {session.access_token()}"))

    def stored(self, browser: Browser) -> Session | None:
        """What the client keeps in this browser, where its own code, and so any code among it, can read it."""
        return self.session_in(browser)

    def dressed(self, request: Request, response: Response) -> Response:
        """Callback and error pages with an image from elsewhere, or silent about their address (RFC 9700 §4.2.4)."""
        if self.architecture == "jwt" or not (request.path == "/cb" or response.page == "error"):
            return response
        if self.policy.referrer_policy == "on":
            return replace(response, headers=(*response.headers, ("Referrer-Policy", "no-referrer")))
        older = ("Referrer-Policy", "no-referrer-when-downgrade")  # what browsers did until 2020
        return replace(response, headers=(*response.headers, older), body=response.body.replace("</body>", f"{PIXEL}</body>"))

    def out(self, request: Request) -> Response:
        """`/out?u=`: send the browser on to another site, to any or to those that are known (RFC 9700 §4.11.1)."""
        checks, target = Checklist(self.net.trace, self.name), joined(f"{self.home}/", first(request.query, "u") or "")
        known = (self.home, *self.servers)
        if self.policy.no_open_redirect == "off":
            checks.skip("redirect_target", "any address will do", target)
        elif not checks.test("redirect_target", origin(target) in known, " or ".join(known), target):
            return error_page(400, "invalid_request", "This link leads to a place that we do not know.")
        return Response(302, (("Location", target),))

    def _begin(self, session: Session, wishes: Pairs) -> str:
        issuer = first(wishes, "at") or next(iter(self.servers))
        session.authentication = {name: value for name in ASKED if (value := first(wishes, name))}
        return self.authorization_url(
            session, issuer, first(wishes, "scope") or "", first(wishes, "api") or "", first(wishes, "response") or ""
        )

    def _password_page(self, action: str, wishes: Pairs = ()) -> Response:
        return page(
            "login",
            f"Connect {self.name} to ConnectSphere",
            paragraph(ASK_PASSWORD)
            + form(action, {k: v for k, v in wishes if k in ("scope", "api")}, ("username", "text"), ("password", "password")),
        )

    def _with_password(self, session: Session, fields: Pairs) -> Request:
        """The request that trades what the password page was filled in with for a token."""
        name, password = first(fields, "username") or "", first(fields, "password") or ""
        return self.password_request(
            session, next(iter(self.servers)), name, password, first(fields, "api") or "", first(fields, "scope") or ""
        )


class WebClient(Hosted):
    """A server-side web app.  Its session is a cookie; tokens stay on the server."""

    COOKIE = "__Host-client_session"
    SAME_SITE = "Lax"
    METHODS: ClassVar[dict[str, tuple[str, ...]]] = {
        "/connect": ("POST",),
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
        actions = {"/login": self._login, "/connect": self._connect, "/cb": self._callback, "/me": self._me, "/logout": self._logout}
        if self.architecture == "oauth":
            actions |= {"/api/login": self._api_login, "/logout/everywhere": self._logout_everywhere, "/signed-out": self._signed_out}
        if self.policy.backchannel_logout == "on":
            actions["/backchannel-logout"] = self._backchannel_logout
        action = actions.get(request.path)
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

    def _api_login(self, request: Request) -> Response:
        """What a page of this site calls with the tokens that it got from the front channel (RFC 6749 §10.16)."""
        body, checks = request.json if isinstance(request.json, dict) else {}, Checklist(self.net.trace, self.name)
        if self.policy.code_flow == "on":
            checks.test("front_channel", False, "a code, redeemed by this client itself", "a token")
            return json_response(400, {"error": "invalid_request"})
        checks.skip("front_channel", "whoever brings a token may sign in", "a token")
        session, _ = self._keyed(request)
        session.issuer = next(iter(self.servers))
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
        session = self.receive(known, request.query)
        self.accept(session, self.ask(session, self.code_request(session, request.query)))
        return page("app", "Connected", "", *self._signed_in(session))

    def _me(self, request: Request) -> Response:
        session = self._connected(self._cookie(request))
        if session is None:
            raise Refused("login_required")
        url, (path, title) = self.registration.resource, self.SHOWN
        answer = self.call(session, Request("GET", f"{url}{path}"), url, lambda r: self.ask(session, r))
        if answer.ok:
            return page("app", title, paragraph(answer.body))
        return error_page(403 if answer.status < 500 else 502, answer.error or "api_error", f"The API answers with {answer.status}.")

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


class PageClient(Hosted):
    """A single-page app: the host serves static pages, the script in the browser is the client, its storage holds the tokens."""

    def handle(self, request: Request) -> Response:
        """The static pages."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        if request.path == "/login" and self.asks_password(request.query):
            return self._password_page("/login", request.query)
        if request.path == "/out":
            return self.out(request)
        if request.path in ("", "/", "/login", "/cb", "/logout", "/logout/everywhere", "/signed-out"):
            return self.dressed(request, page("app", "ConnectSphere", '<script type="module" src="/app.js"></script>'))
        return error_page(404, "not_found")

    def sender(self, browser: Browser) -> Send:
        return lambda request: browser.send(request, f"{self.home}/")

    def ask(self, session: Session, request: Request) -> Response:
        return self.asked(session, request, lambda r: self.net.deliver(r, session.key, "front"))

    # ---- the script
    def load(self, browser: Browser, url: str) -> Action | None:
        """What the page does when it is shown."""
        path = split(url).path
        if path == "/login" and not self.asks_password(pairs(split(url).query)):
            return self._leave(browser, url)
        if path == "/cb":
            return self._receive(browser, url)
        if path == "/logout":
            return self._log_out(browser)
        if path == "/logout/everywhere":
            return self._log_out_everywhere(browser)
        return None

    def _leave(self, browser: Browser, url: str) -> Action:
        try:
            return Navigate(Request("GET", self._begin(self.session(browser.name), pairs(split(url).query))))
        except Refused as refused:
            return Show(error_page(400, refused.error))

    def submit(self, browser: Browser, sent: Form, fields: Pairs) -> Action | None:
        """The login form of the JWT profiles: the script sends it, so the page never reloads."""
        return Fetch(self._with_password(self.session(browser.name), fields), "token")

    def resume(self, browser: Browser, then: str, response: Response) -> Action | None:
        """The answer to something that the script asked for."""
        session = self.session(browser.name)
        if then == "logged_out":
            self.sessions.pop(browser.name, None)
            return Show(page("app", "Signed out"))
        again = self.once_more(session, session.asking, response) if session.asking is not None else None
        session.asking = None
        if again is not None:
            return Fetch(again, then)
        try:
            self.accept(session, response)
        except Refused as refused:
            return Show(error_page(400, refused.error))
        return Show(page("app", "Signed in"))

    def _receive(self, browser: Browser, url: str) -> Action:
        answer = pairs(split(url).query) + pairs(split(url).fragment)
        try:
            session = self.receive(self.sessions.get(browser.name), answer)
            if self.implicit and first(answer, "access_token"):
                self.take(session, dict(answer))
                return Show(page("app", "Signed in"))
            asked = self.code_request(session, answer)
            session.asking = asked if asked.header("dpop") is not None else None
            return Fetch(asked, "token")
        except Refused as refused:
            return Show(error_page(400, refused.error or "access_denied"))

    def _log_out(self, browser: Browser) -> Action | None:
        session = self.sessions.get(browser.name)
        if session is None:
            return None
        revoke = self.revocation_request(session)
        if revoke is not None:
            return Fetch(revoke, "logged_out")
        self.sessions.pop(browser.name, None)
        return Navigate(Request("POST", f"{session.issuer}/logout"))  # the server's cookie goes only with the whole window

    def _log_out_everywhere(self, browser: Browser) -> Action | None:
        session = self.sessions.get(browser.name)
        url = self.end_session_url(session, self.signed_out_url) if session else ""
        if not url:
            return self._log_out(browser)
        self.sessions.pop(browser.name, None)
        return Navigate(Request("GET", url))


class NativeClient(Hosted):
    """An app on a device.  Its links open by a scheme of its own (RFC 8252 §7.1); sessions are kept per device."""

    in_page = False

    def handle(self, request: Request) -> Response:
        """What the device hands to the app."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        session, path = self.session(request.peer), request.path
        try:
            if path == "/login":
                return (
                    self._password_page(f"{self.home}/connect", request.query)
                    if self.asks_password(request.query)
                    else Response(302, (("Location", self._begin(session, request.query)),))
                )
            if path == "/connect":
                asked = self._with_password(session, request.form)
            elif path == "/cb":
                asked = self.code_request(self.receive(session, request.query), request.query)
            elif path == "/logout":
                return self._log_out(session)
            elif path == "/logout/everywhere":
                return self._log_out_everywhere(session)
            elif path == "/signed-out":
                return page("app", "Signed out")
            else:
                return error_page(404, "not_found")
            self.accept(session, self.ask(session, asked))
        except Refused as refused:
            return error_page(400, refused.error or "access_denied")
        return page("app", "Signed in")

    def _log_out(self, session: Session) -> Response:
        revoke = self.revocation_request(session)
        if revoke is None and session.issuer:
            revoke = Request("POST", f"{session.issuer}/logout")
        if revoke is not None:
            self.ask(session, revoke)
        self.sessions.pop(session.key, None)
        return page("app", "Signed out")

    def _log_out_everywhere(self, session: Session) -> Response:
        url = self.end_session_url(session, self.signed_out_url)
        if not url:
            return self._log_out(session)
        self.sessions.pop(session.key, None)
        return Response(303, (("Location", url),))
