"""A backend for a single-page app (RFC 10017 §6.1): it is the OAuth client, keeps the tokens, and passes API requests on.

The browser holds a cookie that no script can read.  A script in the page can still use the app; it cannot take the tokens away.
"""

from __future__ import annotations

from dataclasses import replace

from sandbox.core.wire import Request, Response, joined, json_response, split
from sandbox.protocol.cast import CAST, ROUTES
from sandbox.protocol.cast import resource as named_in_tokens
from sandbox.protocol.checks import Checklist
from sandbox.world.parties.browser import Browser
from sandbox.world.parties.client_session import Refused, Session
from sandbox.world.parties.web_client import WebClient

HEADER = ("X-CSRF", "1")  # RFC 10017 §6.1.3.3: a browser lets a page of another origin add it only if this host permits that
KEPT = ("content-type", "accept")  # all that an API is told of the browser's own headers


class BackendForFrontend(WebClient):
    """The app's host when the app has a backend.  `/api/NAME/...` is passed on to the API of that name, and to no other host."""

    COOKIE = "__Host-session"
    SAME_SITE = "Strict"  # RFC 10017 §6.1.3.2

    @property
    def apis(self) -> dict[str, str]:
        """Where `/api/NAME` leads: a fixed list (RFC 10017 §6.1.3.6), with the issuer where the account page is the app's."""
        apis = {m.name: m.host for m in CAST.values() if m.kind in ("api", "gateway") and m.host and not m.hers}
        return apis | ({"backend": self.usual_server} if self.architecture == "jwt" else {})

    def handle(self, request: Request) -> Response:
        """The pages, and the addresses that the page's script calls."""
        if request.path == "/out":
            return self.out(request)
        return self._api(request) if request.path.startswith("/api/") else super().handle(request)

    # ---- the page's script
    def fetch(self, browser: Browser, session: Session, request: Request, resource: str) -> Response:
        """The page asks its own host; the token is added there."""
        name = next((n for n, url in self.apis.items() if url == request.origin), "unknown")
        u = split(request.url)
        to = f"{self.home}/api/{name}{u.path}" + (f"?{u.query}" if u.query else "")
        sent = replace(request, url=to)
        return browser.send(sent if sent.header(HEADER[0]) else sent.with_header(*HEADER), f"{self.home}/")

    def lacks_token(self, session: Session, resource: str) -> bool:
        """The page never lacks one: its backend gets what it needs, when it is asked."""
        return not self.renews(session) and super().lacks_token(session, resource)

    def at_issuer(self, browser: Browser, session: Session, request: Request) -> Response:
        """By way of its own host, as everything that the page asks for."""
        return self.fetch(browser, session, request, session.resource)

    # ---- the backend
    def _api(self, request: Request) -> Response:
        """One API request of the page: cookie in, access token out (RFC 10017 §6.1.1)."""
        checks, session = Checklist(self.net.trace, self.name), self._cookie(request)
        signed_in = session is not None and bool(session.tokens)
        if not checks.test("session_cookie", signed_in, "a session that is signed in", "signed in" if signed_in else "none"):
            return json_response(401, {"error": "login_required"})
        if not checks.test("own_page", request.header(HEADER[0]) == HEADER[1], ": ".join(HEADER), request.header(HEADER[0]) or "none"):
            return json_response(403, {"error": "access_denied"})
        name, _, path = request.path.removeprefix("/api/").partition("/")
        if not checks.test("proxy_target", name in self.apis, "an API of this app", name):
            return json_response(404, {"error": "not_found"})
        assert session is not None
        return self._pass_on(session, request, name, path)

    def _pass_on(self, session: Session, request: Request, name: str, path: str) -> Response:
        query = split(request.url).query
        headers = tuple(h for h in request.headers if h[0].lower() in KEPT)
        sent = Request(request.method, joined(self.apis[name], f"/{path}") + (f"?{query}" if query else ""), headers, request.body)
        if self.apis[name] in self.servers:
            return self.ask(session, sent.with_header("Authorization", f"Bearer {session.access_token()}"))
        resource = self._behind(name, path) if self.policy.resource_param == "on" else session.resource
        if self.renews(session) and super().lacks_token(session, resource):
            self._renew(session, resource)
        return self.call(session, sent, resource, lambda r: self.ask(session, r))

    def _behind(self, name: str, path: str) -> str:
        """How tokens name the API that answers: behind the gateway, the one to which its path leads."""
        return named_in_tokens(ROUTES.get(path.partition("/")[0], name) if CAST[name].kind == "gateway" else name)

    def _renew(self, session: Session, resource: str) -> None:
        """A token for another API (RFC 8707 §2.2).  Without it the API will say no, and that is the answer."""
        try:
            self.accept(session, self.ask(session, self.refresh_request(session, resource)))
        except Refused:
            self.net.noted(self.name, "There is no token for this API.")
