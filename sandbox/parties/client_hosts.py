"""The three places where a client can live: a web server, the script of a page, a device.  The protocol is in `client.py`."""

from __future__ import annotations

from abc import ABC, abstractmethod

from sandbox.parties.browser import Action, Browser, Fetch, Navigate, Show
from sandbox.parties.client import OAuthClient, Refused, Send, Session
from sandbox.parties.limits import too_large
from sandbox.parties.pages import Form, error_page, form, page, paragraph
from sandbox.wire import Pairs, Request, Response, first, origin, pairs, split, with_query

ASK_PASSWORD = "Your ConnectSphere user name and password:"


class Hosted(OAuthClient, ABC):
    """What all three share: addresses, and the error page that stands for every refusal."""

    @abstractmethod
    def handle(self, request: Request) -> Response:
        """Answer as the place where the client lives."""

    @property
    def home(self) -> str:
        return origin(self.registration.redirect_uri)

    def start_url(self, **wishes: str) -> str:
        """The address of the sign-in button; `wishes` are scope, at (issuer), api (resource) and response (response_type)."""
        return with_query(f"{self.home}/login", {k: v for k, v in wishes.items() if v})

    @property
    def logout_url(self) -> str:
        return f"{self.home}/logout"

    def session_in(self, browser: Browser) -> Session | None:
        """This browser's session."""
        return self.sessions.get(browser.name)

    def sender(self, browser: Browser) -> Send:
        """How requests of that session leave: from the client's own machine."""
        return lambda request: self.net.deliver(request, self.name, "back")

    def _begin(self, session: Session, wishes: Pairs) -> str:
        issuer = first(wishes, "at") or next(iter(self.servers))
        return self.authorization_url(
            session, issuer, first(wishes, "scope") or "", first(wishes, "api") or "", first(wishes, "response") or ""
        )

    def _password_page(self, action: str) -> Response:
        return page(
            "login",
            f"Connect {self.name} to ConnectSphere",
            paragraph(ASK_PASSWORD) + form(action, {}, ("username", "text"), ("password", "password")),
        )


class WebClient(Hosted):
    """A server-side web app.  Its session is a cookie; tokens stay on the server."""

    COOKIE = "client_session"

    def handle(self, request: Request) -> Response:
        """The pages of the app."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        actions = {"/login": self._login, "/connect": self._connect, "/cb": self._callback, "/me": self._me, "/logout": self._logout}
        action = actions.get(request.path)
        if action is None:
            return page("app", "Home") if request.path in ("", "/") else error_page(404, "not_found")
        try:
            return action(request)
        except Refused as refused:
            return error_page(400, refused.error or "access_denied", f"Sign-in did not work: {refused.error}.")

    def session_in(self, browser: Browser) -> Session | None:
        jar = browser.cookies.get(split(self.home).netloc, {})
        return self.sessions.get(jar[self.COOKIE].value) if self.COOKIE in jar else None

    def _cookie(self, request: Request) -> Session | None:
        return self.sessions.get(request.cookies.get(self.COOKIE, ""))

    def _keyed(self, request: Request) -> tuple[Session, tuple[tuple[str, str], ...]]:
        """This browser's session, made if needed, and the header that tells the browser about it."""
        session = self._cookie(request)
        if session:
            return session, ()
        key = self.net.entropy.token(f"{self.name} session", 12)
        return self.session(key, request.peer), (("Set-Cookie", f"{self.COOKIE}={key}; Path=/; Secure; HttpOnly; SameSite=Lax"),)

    def _login(self, request: Request) -> Response:
        session, cookie = self._keyed(request)
        if self.architecture == "jwt":
            response = self._password_page("/connect")
            return Response(response.status, (*response.headers, *cookie), response.body)
        return Response(302, (("Location", self._begin(session, request.query)), *cookie))

    def _connect(self, request: Request) -> Response:
        """The password of somebody else's account, typed into this app: what delegation is there to avoid."""
        session, cookie = self._keyed(request)
        asked = self.password_request(session, next(iter(self.servers)), request.param("username") or "", request.param("password") or "")
        self.accept(session, self.ask(session, asked))
        return page("app", "Connected", "", *cookie)

    def _callback(self, request: Request) -> Response:
        known, cookie = self._keyed(request) if self.policy["state"] != "bound" else (self._cookie(request), ())
        session = self.receive(known, request.query)
        self.accept(session, self.ask(session, self.code_request(session, request.query)))
        return page("app", "Connected", "", *cookie)

    def _me(self, request: Request) -> Response:
        session = self._cookie(request)
        if session is None or not session.tokens:
            raise Refused("login_required")
        url = self.registration.resource
        answer = self.call(session, Request("GET", f"{url}/accounts"), url, lambda r: self.ask(session, r))
        return page("app", "Your accounts", paragraph(answer.body)) if answer.ok else error_page(502, answer.error or "api_error")

    def _logout(self, request: Request) -> Response:
        session = self._cookie(request)
        if session:
            revoke = self.revocation_request(session)
            if revoke:
                self.ask(session, revoke)
            del self.sessions[session.key]
        return page("app", "Signed out", "", ("Set-Cookie", f"{self.COOKIE}=; Path=/; Max-Age=0"))


class PageClient(Hosted):
    """A single-page app: the host serves static pages, the script in the browser is the client, its storage holds the tokens."""

    def handle(self, request: Request) -> Response:
        """The static pages."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        if request.path == "/login" and self.architecture == "jwt":
            return self._password_page("/login")
        if request.path in ("", "/", "/login", "/cb", "/logout"):
            return page("app", "ConnectSphere", '<script type="module" src="/app.js"></script>')
        return error_page(404, "not_found")

    def sender(self, browser: Browser) -> Send:
        return lambda request: browser.send(request, f"{self.home}/")

    def ask(self, session: Session, request: Request) -> Response:
        return self.net.deliver(request, session.key, "front")

    # ---- the script
    def load(self, browser: Browser, url: str) -> Action | None:
        """What the page does when it is shown."""
        path = split(url).path
        if path == "/login" and self.architecture == "oauth":
            try:
                return Navigate(Request("GET", self._begin(self.session(browser.name), pairs(split(url).query))))
            except Refused as refused:
                return Show(error_page(400, refused.error))
        if path == "/cb":
            return self._receive(browser, url)
        if path == "/logout":
            return self._log_out(browser)
        return None

    def submit(self, browser: Browser, sent: Form, fields: Pairs) -> Action | None:
        """The login form of the JWT profiles: the script sends it, so the page never reloads."""
        issuer = next(iter(self.servers))
        wishes = pairs(split(browser.url).query)
        session = self.session(browser.name)
        return Fetch(
            self.password_request(
                session, issuer, first(fields, "username") or "", first(fields, "password") or "", first(wishes, "api") or ""
            ),
            "token",
        )

    def resume(self, browser: Browser, then: str, response: Response) -> Action | None:
        """The answer to something that the script asked for."""
        session = self.session(browser.name)
        if then == "logged_out":
            self.sessions.pop(browser.name, None)
            return Show(page("app", "Signed out"))
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
            return Fetch(self.code_request(session, answer), "token")
        except Refused as refused:
            return Show(error_page(400, refused.error or "access_denied"))

    def _log_out(self, browser: Browser) -> Action | None:
        session = self.sessions.get(browser.name)
        if session is None:
            return None
        revoke = self.revocation_request(session)
        if revoke is None:
            revoke = Request("POST", f"{session.issuer}/logout")
            if self.architecture == "jwt":
                revoke = revoke.with_header("Authorization", f"Bearer {session.access_token()}")
        return Fetch(revoke, "logged_out")


class NativeClient(Hosted):
    """An app on a device.  Its links open by a scheme of its own (RFC 8252 §7.1); sessions are kept per device."""

    def handle(self, request: Request) -> Response:
        """What the device hands to the app."""
        refusal = too_large(request)
        if refusal is not None:
            return refusal
        session, path = self.session(request.peer), request.path
        try:
            if path == "/login":
                return (
                    self._password_page(f"{self.home}/connect")
                    if self.architecture == "jwt"
                    else Response(302, (("Location", self._begin(session, request.query)),))
                )
            if path == "/connect":
                asked = self.password_request(
                    session, next(iter(self.servers)), request.param("username") or "", request.param("password") or ""
                )
            elif path == "/cb":
                asked = self.code_request(self.receive(session, request.query), request.query)
            elif path == "/logout":
                return self._log_out(session)
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
            if self.architecture == "jwt":
                revoke = revoke.with_header("Authorization", f"Bearer {session.access_token()}")
        if revoke is not None:
            self.ask(session, revoke)
        self.sessions.pop(session.key, None)
        return page("app", "Signed out")
