"""Signing in at the authorization server: browsers and their sessions, the login form, and the form for the second factor.

A form is good only in the browser that fetched it (RFC 6749 §10.12), where the switch says so.  What comes after signing in is not
decided here: `login` and `code` say who has signed in, and for which request.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.core.frozen import Frozen
from sandbox.core.wire import Pairs, Request, Response, first
from sandbox.protocol.checks import Checklist
from sandbox.protocol.step_up import PASSWORD, TWO_FACTOR
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.requests import ASRequest
from sandbox.world.parties.authorization_server.second_factor import SecondFactor
from sandbox.world.parties.authorization_server.store import Pending, Session
from sandbox.world.parties.limits import ISSUED, forget_oldest
from sandbox.world.parties.pages import error_page, form, page
from sandbox.world.parties.people import User

NO_STORE = ("Cache-Control", "no-store")
COOKIE = "__Host-as_session"
BROWSER = "__Host-as_browser"  # names a browser before anybody has signed in
NO_FRAMES = ("Content-Security-Policy", "frame-ancestors 'none'")


@dataclass(frozen=True, slots=True)
class SignedIn(Frozen):
    """Somebody has signed in.  `asked`: the request that waits for it, under this ticket; `cookie`: the header that names the session."""

    ticket: str
    asked: Request
    session: Session
    cookie: tuple[str, str]


class SignIn:
    """The sessions of one server, and its forms."""

    def __init__(self, core: Core, title: str) -> None:
        self.core, self.title, self.name = core, title, core.denylist.owner
        self.net, self.policy, self.store = core.net, core.policy, core.store
        self.pending: dict[str, Pending] = {}
        self.second_factor = SecondFactor(core.people)

    def session(self, request: Request) -> Session | None:
        """The session of the browser that sends this."""
        return self.store.sessions.get(request.cookies.get(COOKIE, ""))

    def begun(self, request: Request, asked: Request | None = None) -> tuple[str, tuple[tuple[str, str], ...]]:
        """A ticket for the forms to come, and the header that names this browser.  `asked`: what is to be answered, if that is not how
        it was sent."""
        ticket, (browser, cookie) = self.net.entropy.token("ticket", 9), self.browser(request)
        self.pending[ticket] = Pending(asked or request, browser)
        forget_oldest(self.pending)
        return ticket, cookie

    def browser(self, request: Request) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The name of this browser, where forms are bound to it, and the header that tells it if it is new here."""
        known = request.cookies.get(BROWSER, "")
        if self.policy.bind_forms == "off" or known:
            return known, ()
        name = self.net.entropy.token("browser", 12)
        return name, (("Set-Cookie", f"{BROWSER}={name}; Path=/; Secure; HttpOnly; SameSite={self.same_site}"),)

    @property
    def same_site(self) -> str:
        """Whether its cookies travel with what other sites cause (RFC 10025 §5.6)."""
        return "Lax" if self.policy.lax_cookies == "on" else "None"

    def same_browser(self, fetched_by: str, request: Request, checks: Checklist) -> bool:
        """Whether a form comes back from the browser that fetched it (RFC 6749 §10.12)."""
        if self.policy.bind_forms == "off":
            checks.skip("form_browser", "a form may come from any browser")
            return True
        found = request.cookies.get(BROWSER, "")
        return checks.test("form_browser", bool(found) and found == fetched_by, "the browser that fetched the form", found or "none")

    def headers(self) -> Pairs:
        """Of every page: kept nowhere, and shown nowhere but in a window of its own (RFC 9700 §4.16) where the switch says so."""
        return (NO_STORE, NO_FRAMES) if self.policy.deny_frames == "on" else (NO_STORE,)

    def login_page(self, ticket: str, error: str | None = None, *headers: tuple[str, str]) -> Response:
        hint = first(fields(self.pending[ticket].request), "login_hint") or ""
        body = form("/login", {"ticket": ticket}, ("username", "text"), ("password", "password"), button="Sign in", hint=hint)
        status = 200 if error is None else 401
        return page("login", f"Sign in to {self.title}", body, *self.headers(), *headers, status=status, error=error)

    def login(self, request: Request) -> Response | SignedIn:
        """What was typed into the login form: the next page, or who has signed in."""
        ticket, checks = request.param("ticket") or "", Checklist(self.net.trace, self.name)
        pending = self.pending.get(ticket)
        if pending is None:
            return error_page(400, "invalid_request", "This sign-in has expired.")
        if not self.same_browser(pending.browser, request, checks):
            return error_page(403, "access_denied", "This sign-in was begun in another browser.")
        original = pending.request
        user = self.core.people.login(request.param("username"), request.param("password"))
        if not checks.test("password", user is not None, "a user and its password", request.param("username") or "nobody"):
            return self.login_page(ticket, "access_denied")
        assert user is not None
        if not checks.test("account_active", not user.disabled, "not disabled", "disabled" if user.disabled else "active"):
            return self.login_page(ticket, "access_denied")
        if self.second_factor.wanted(ASRequest(original, fields(original)).acr(self.core.takes_claims)):
            return self.second_factor.ask(ticket, user, *self.headers())
        return self._signed_in(request, ticket, user, PASSWORD)

    def code(self, request: Request) -> Response | SignedIn:
        """What was typed into the form for the second factor."""
        ticket, checks = request.param("ticket") or "", Checklist(self.net.trace, self.name)
        pending = self.pending.get(ticket)
        if pending is not None and not self.same_browser(pending.browser, request, checks):
            return error_page(403, "access_denied", "This sign-in was begun in another browser.")
        now = self.net.clock.now()
        user = self.second_factor.check(ticket, request.param("otp") or "", now, checks, *self.headers()) if pending else None
        if isinstance(user, Response):
            return user
        if user is None:
            self.pending.pop(ticket, None)
            return error_page(400, "invalid_request", "This sign-in has expired.")
        return self._signed_in(request, ticket, user, TWO_FACTOR)

    def _signed_in(self, request: Request, ticket: str, user: User, acr: str) -> SignedIn:
        """A new session for this browser."""
        session = Session(self.net.entropy.token("sid", 6), user, self.net.clock.now(), request.header("user-agent") or "", acr)
        cookie = self.net.entropy.token("cookie", 18)
        self.store.sessions.pop(request.cookies.get(COOKIE, ""), None)  # whoever logs in again begins a new session
        self.store.sessions[cookie] = session
        forget_oldest(self.store.sessions, ISSUED)
        set_cookie = ("Set-Cookie", f"{COOKIE}={cookie}; Path=/; Secure; HttpOnly; SameSite={self.same_site}")
        return SignedIn(ticket, self.pending[ticket].request, session, set_cookie)

    def forget(self, user: User, device: str = "") -> None:
        """End the user's own sessions here, so that nobody gets new tokens with their cookies."""
        for cookie, session in list(self.store.sessions.items()):
            if session.user is user and device in ("", session.device):
                del self.store.sessions[cookie]

    def log_out(self, request: Request) -> Response:
        """Forget this browser.  Credentials of clients are not touched."""
        self.store.sessions.pop(request.cookies.get(COOKIE, ""), None)
        return Response(204, (("Set-Cookie", f"{COOKIE}=; Path=/; Secure; Max-Age=0"),))


def fields(request: Request) -> Pairs:
    """The parameters of a request that may come by GET or by POST (RFC 6749 §3.1)."""
    return request.query if request.method == "GET" else request.form
