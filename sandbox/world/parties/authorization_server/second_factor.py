"""The second factor at login: a code from the person's authenticator, asked for where a client wants a two-factor sign-in (RFC 9470 §4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.core.wire import Response
from sandbox.protocol.checks import Checklist
from sandbox.protocol.one_time_codes import STEP, step_of
from sandbox.protocol.step_up import ASKED, PASSWORD, TWO_FACTOR
from sandbox.world.parties.authorization_server.claims_request import Wish
from sandbox.world.parties.authorization_server.store import Grant, Session
from sandbox.world.parties.limits import forget_oldest
from sandbox.world.parties.pages import form, page, paragraph
from sandbox.world.parties.people import Directory, User

MOST_TRIES = 3  # wrong codes of one person in one time step: there are only a million of them (RFC 4226 §7.3)


@dataclass
class SecondFactor:
    """What one server knows of codes.  `waiting`: who is asked for one, by ticket; `used`: the last time step whose code each user has
    used; `missed`: the last time step in which a user's code was wrong, and how often."""

    people: Directory
    waiting: dict[str, User] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    missed: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def acrs(self) -> list[str]:
        """How strongly people can sign in here."""
        return offered(self.people)

    def wanted(self, acr: Wish) -> bool:
        """Whether a request wants two factors: the first of its values that is known here counts, and others are left aside."""
        return next((value for value in acr.values if value in self.acrs), "") == TWO_FACTOR

    def lacking(self, acr: Wish, session: Session) -> bool:
        """Whether a session is too weak for a request, or another one than it insists on (OIDC Core §5.5.1.1)."""
        if acr.essential and acr.values:
            return session.acr not in acr.values
        return session.acr != TWO_FACTOR and self.wanted(acr)

    def ask(self, ticket: str, user: User, *headers: tuple[str, str]) -> Response:
        """The page that asks for the code."""
        self.waiting[ticket] = user
        forget_oldest(self.waiting)
        return self._page(ticket, *headers)

    def _page(self, ticket: str, *headers: tuple[str, str], error: str | None = None) -> Response:
        body = paragraph("The code that your authenticator shows now:") + form(
            "/second-factor", {"ticket": ticket}, ("otp", "text"), button="Go on"
        )
        return page("login", "One more step", body, *headers, status=401 if error else 200, error=error)

    def check(self, ticket: str, code: str, now: int, checks: Checklist, *headers: tuple[str, str]) -> User | Response | None:
        """The user if the code is right, else the page once more; None if nobody waits under this ticket."""
        user = self.waiting.get(ticket)
        if user is None:
            return None
        step = step_of(user.authenticator, code, now) if code.isascii() else None
        tries = self._misses(user, now)
        found = (
            "too many wrong ones"
            if tries >= MOST_TRIES
            else "it does not fit"
            if step is None
            else "used before"
            if step <= self.used.get(user.name, -1)
            else "it fits"
        )
        if checks.test("second_factor", found == "it fits", "the code of the authenticator, once", found) and step is not None:
            self.used[user.name] = step
            del self.waiting[ticket]
            return user
        self.missed[user.name] = (now // STEP, tries + 1)
        return self._page(ticket, *headers, error="access_denied")

    def _misses(self, user: User, now: int) -> int:
        """How many wrong codes came for this user in this time step."""
        step, tries = self.missed.get(user.name, (0, 0))
        return tries if step == now // STEP else 0


def offered(people: Directory) -> list[str]:
    """How strongly these people can sign in; two factors need an authenticator."""
    every = all(user.authenticator for user in people.users.values())
    return [PASSWORD, *([TWO_FACTOR] if every else [])]


def asked(data: dict[str, Any]) -> bool:
    """Whether a request asks something of the sign-in, so that its tokens tell of it."""
    return any(data.get(name) for name in ASKED)


def claims(grant: Grant) -> dict[str, Any]:
    """What tokens of this grant tell of the sign-in, also after a refresh (RFC 9470 §6, RFC 9068 §2.2.1)."""
    return {"acr": grant.acr, "auth_time": grant.auth_time} if grant.tells and grant.acr else {}
