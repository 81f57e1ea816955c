"""What the three places where a client can live have in common: a web server, the script of a page, a device.

The protocol is in `client.py`; the places are `web_client.py`, `page_client.py` and `native_client.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from sandbox.core.wire import Pairs, Request, Response, first, joined, origin, with_query
from sandbox.protocol.cast import EVIL
from sandbox.protocol.checks import Checklist
from sandbox.protocol.step_up import ASKED, TWO_FACTOR
from sandbox.world.parties.browser import Browser
from sandbox.world.parties.client import OAuthClient
from sandbox.world.parties.client_sender import Send
from sandbox.world.parties.client_session import Session
from sandbox.world.parties.pages import error_page, form, page, paragraph

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

    def answered_at(self, path: str) -> str | None:
        """The redirect URI that this path of its own is, of those that it has registered somewhere; None if it is another path."""
        known = (self.registration, *(other.registration for other in self.elsewhere.values()))
        here = self.registration.redirect_uri + path.removeprefix("/cb")
        return here if path.startswith("/cb") and here in (r.redirect_uri for r in known) else None

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
        if self.architecture == "jwt" or not (self.answered_at(request.path) or response.page == "error"):
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
        issuer = first(wishes, "at") or self.usual_server
        session.authentication = self._always_asked() | {name: value for name in ASKED if (value := first(wishes, name))}
        return self.authorization_url(
            session, issuer, first(wishes, "scope") or "", first(wishes, "api") or "", first(wishes, "response") or ""
        )

    def _always_asked(self) -> dict[str, str]:
        """What this client asks of each sign-in."""
        return {} if self.policy.acr == "off" else {"acr_values": TWO_FACTOR}

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
        return self.password_request(session, self.usual_server, name, password, first(fields, "api") or "", first(fields, "scope") or "")
