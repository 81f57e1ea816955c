"""A client that is the script of a page: the browser's storage holds the tokens, and every request is the browser's."""

from __future__ import annotations

from sandbox.core.wire import Pairs, Request, Response, first, pairs, split
from sandbox.world.parties.browser import Action, Browser, Fetch, Navigate, Show
from sandbox.world.parties.client_hosts import Hosted
from sandbox.world.parties.client_sender import Send
from sandbox.world.parties.client_session import Refused, Session
from sandbox.world.parties.limits import too_large
from sandbox.world.parties.pages import Form, error_page, page


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
