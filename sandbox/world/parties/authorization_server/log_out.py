"""Log-out at the authorization server: the end-session endpoint, to which clients send people (OIDC RP-Initiated Logout), and what
ends with a session (OIDC Back-Channel Logout §2.7).

Whoever makes a browser come here could sign its person out, and choose where the browser goes next.  So a log-out that no ID token of
this very session vouches for is asked about, and the browser goes on only to an address that is registered for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.core.frozen import Frozen
from sandbox.core.wire import Pairs, Request, Response, first, form_request, origin, with_query
from sandbox.protocol.checks import Checklist
from sandbox.protocol.tokens import BACKCHANNEL_LOGOUT
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.hints import hinted, is_id_token
from sandbox.world.parties.authorization_server.store import Client, Grant, RefreshToken, Session
from sandbox.world.parties.limits import forget_oldest
from sandbox.world.parties.pages import error_page, form, page, paragraph

LOGOUT_TOKEN_LIFE = 120  # seconds: at most two minutes (OIDC Back-Channel Logout §4)
PATHS = ("/end-session", "/end-session/confirmed")


@dataclass(frozen=True, slots=True)
class Visitor(Frozen):
    """The browser that comes: its session here, its name where forms are bound, and the headers of a page that is shown to it."""

    session: Session | None
    browser: str
    headers: Pairs


@dataclass(frozen=True, slots=True)
class Asked(Frozen):
    """A log-out that somebody asked for.  `client`: for which client, '' if that is unknown; `target`: where the browser goes then, with
    this `state`, '' for nowhere; `browser`: the one that fetched the question."""

    client: str
    target: str
    state: str
    browser: str = ""


class Courier(Protocol):
    """Carries logout tokens to clients, where that is more than a delivery on the simulated network."""

    def carry(self, request: Request) -> None: ...


class LogOuts:
    """The log-outs of one authorization server."""

    def __init__(self, core: Core, name: str, title: str) -> None:
        self.core, self.name, self.title = core, name, title
        self.pending: dict[str, Asked] = {}
        self.courier: Courier | None = None

    def describe(self) -> dict[str, Any]:
        """What the metadata say about it (OIDC RP-Initiated Logout §2.1, OIDC Back-Channel Logout §2.1)."""
        out: dict[str, Any] = {"end_session_endpoint": f"{self.core.issuer}{PATHS[0]}"}
        if self.core.policy.backchannel_logout == "on":
            out |= {"backchannel_logout_supported": True, "backchannel_logout_session_supported": True}
        return out

    # ---- the end-session endpoint
    def asked(self, request: Request, visitor: Visitor) -> Response:
        """OIDC RP-Initiated Logout §2: end the session that the hint vouches for, or ask."""
        checks = Checklist(self.core.net.trace, self.name)
        fields = request.query if request.method == "GET" else request.form
        twice = sorted({name for name, _ in fields if sum(name == other for other, _ in fields) > 1})
        if twice:
            checks.test("request_form", False, "each parameter once", f"{', '.join(twice)} more than once")
            return error_page(400, "invalid_request", "A parameter is given more than once.", *visitor.headers)
        if request.method == "POST" and visitor.session is None:  # browsers keep Lax cookies from a form of another site, not from a link
            return Response(303, (("Location", with_query(f"{self.core.issuer}{PATHS[0]}", fields)), *visitor.headers))
        claims, client = self._who_asks(checks, fields)
        target = self._target(checks, client, first(fields, "post_logout_redirect_uri") or "")
        asked = Asked(client.client_id if client else "", target, first(fields, "state") or "", visitor.browser)
        if visitor.session is None:  # it is no mistake to sign somebody out who is not signed in (§4)
            return self._done(asked if claims else Asked("", "", ""), None, visitor.headers)
        if claims is not None and self._belongs(checks, claims, visitor.session):
            return self._done(asked, visitor.session, visitor.headers)
        return self._question(asked, client, visitor.headers)

    def _who_asks(self, checks: Checklist, fields: Pairs) -> tuple[dict[str, Any] | None, Client | None]:
        """The claims of the hint, and the client; of what is not good nothing is used (§4)."""
        hint, client_id, known = first(fields, "id_token_hint"), first(fields, "client_id"), self.core.store.clients
        claims = None
        if hint:
            claims = hinted(self.core, hint)
            claims = claims if claims is not None and is_id_token(hint) and str(claims.get("aud")) in known else None
            if not checks.test(
                "id_token_hint", claims is not None, f"an ID token of {self.core.issuer}", "one" if claims else "another token"
            ):
                return None, None
        if claims is not None:
            mine = str(claims["aud"])
            if client_id and not checks.test("logout_client", client_id == mine, mine, client_id):
                return None, None
            return claims, known[mine]
        if client_id and not checks.test("client_known", client_id in known, "a registered client", client_id):
            return None, None
        return None, known.get(client_id or "")

    def _target(self, checks: Checklist, client: Client | None, uri: str) -> str:
        """Where the browser may be sent afterwards: the address, if it is one of this client's; '' for nowhere (§3)."""
        if not uri:
            return ""
        mine, exact = client.post_logout_redirect_uris if client else (), self.core.policy.exact_logout_redirect == "on"
        fits = uri in mine if exact else any(uri.startswith(origin(known)) for known in mine)
        wanted = (" or ".join(mine) if exact else "a registered prefix") if mine else "none: no client has registered any for this"
        return uri if checks.test("post_logout_redirect_uri", fits, wanted, uri) else ""

    def _belongs(self, checks: Checklist, claims: dict[str, Any], session: Session) -> bool:
        same = claims.get("sub") == session.user.name and claims.get("sid", session.sid) == session.sid
        found = str(claims.get("sub")) + (f", session {claims['sid']}" if "sid" in claims else "")
        return checks.test("hinted_session", same, f"{session.user.name}, session {session.sid}", found)

    def _question(self, asked: Asked, client: Client | None, headers: Pairs) -> Response:
        ticket = self.core.net.entropy.token("ticket", 9)
        self.pending[ticket] = asked
        forget_oldest(self.pending)
        who = f"{client.title} asks" if client else "Somebody asks"
        body = paragraph(f"{who} to sign you out of {self.title}.")
        body += form(PATHS[1], {"ticket": ticket, "log_out": "yes"}, button="Sign out")
        return page("logout", f"Sign out of {self.title}?", body, *headers)

    def confirmed(self, request: Request, session: Session | None, same: Callable[[str, Checklist], bool], headers: Pairs) -> Response:
        """The answer to the question.  `same`: whether it comes from the browser of this name, recorded as a check."""
        checks, asked = Checklist(self.core.net.trace, self.name), self.pending.pop(request.param("ticket") or "", None)
        if asked is None:
            return error_page(400, "invalid_request", "This question has expired.")
        if not same(asked.browser, checks):
            return error_page(403, "access_denied", "This was asked in another browser.")
        answer = request.param("log_out") or "no"
        if not checks.test("logout_wanted", answer == "yes", "yes", answer):
            return page("app", f"You are still signed in to {self.title}", "", *headers)
        return self._done(asked, session, headers)

    def _done(self, asked: Asked, session: Session | None, headers: Pairs) -> Response:
        """The session ends, everybody is told, and then the browser goes on (§3)."""
        if session is not None:
            self.end(session)
        if asked.target:
            target = with_query(asked.target, {"state": asked.state} if asked.state else {})
            return Response(303, (("Location", target), *headers))
        return page("app", f"You are signed out of {self.title}", "", *headers)

    # ---- what ends with a session
    def end(self, session: Session) -> None:
        """End a session here and, if the setting has it, at the clients that it signed in to (OIDC Back-Channel Logout §2.7)."""
        store = self.core.store
        for cookie in [cookie for cookie, other in store.sessions.items() if other is session]:
            del store.sessions[cookie]
        self.core.net.noted(self.name, f"The session {session.sid} of {session.user.name} is over.")
        if self.core.policy.backchannel_logout == "off":
            return
        grants = [g for g in store.grants_of[session.user.name] if g.sid == session.sid]
        self._no_renewal({g.id for g in grants if "offline_access" not in g.scope.split()})
        for client in self._to_tell(grants):
            self._tell(client, session)

    def _no_renewal(self, grants: set[str]) -> None:
        """Refresh tokens that are not for a time when the person is away end with the session, and so do codes that would yield one."""
        store, now = self.core.store, self.core.net.clock.now()
        for token in store.tokens.values():
            if isinstance(token, RefreshToken) and token.grant.id in grants:
                token.revoked = True
        for code in store.codes.values():
            if code.grant.id in grants:
                code.expires_at = min(code.expires_at, now)

    def _to_tell(self, grants: list[Grant]) -> list[Client]:
        """The clients that got an ID token in this session and take logout tokens (§2.3)."""
        names = dict.fromkeys(g.client_id for g in grants if "openid" in g.scope.split())
        clients = [self.core.store.clients[name] for name in names if name in self.core.store.clients]
        return [client for client in clients if client.backchannel_logout_uri]

    def _tell(self, client: Client, session: Session) -> None:
        """Send a logout token (§2.5).  That a client does not answer holds nobody up."""
        request = form_request(client.backchannel_logout_uri, {"logout_token": self.logout_token(client, session)})
        if self.courier is not None:
            self.courier.carry(request)
            return
        answer = self.core.net.deliver(request, self.name, "back")
        if answer.status != 200:
            self.core.net.noted(self.name, f"{client.title} was told of the log-out, and answered {answer.status}.")

    def logout_token(self, client: Client, session: Session) -> str:
        """OIDC Back-Channel Logout §2.4."""
        now = self.core.net.clock.now()
        claims = {"iss": self.core.issuer, "sub": session.user.name, "aud": client.client_id, "iat": now, "exp": now + LOGOUT_TOKEN_LIFE}
        claims |= {"jti": self.core.net.entropy.token("logout jti", 9), "events": {BACKCHANNEL_LOGOUT: {}}, "sid": session.sid}
        return self.core.id_key(client).sign(claims, "logout+jwt")
