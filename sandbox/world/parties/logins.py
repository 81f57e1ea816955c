"""What a login endpoint remembers if it wants to end a login again: each login with its refresh tokens, and what it has yielded.

This is what teams build around JWTs: no authorization server, but the same records as those of one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.world.parties.limits import ISSUED, forget_oldest
from sandbox.world.parties.people import User


@dataclass
class Login:
    """One login.  `app` and `device` are what the app says of itself; nobody checks it.  `until`: when its last refresh token ends."""

    sid: str
    user: User
    app: str
    device: str
    until: int
    alive: bool = True
    yielded: deque[tuple[str, int]] = field(default_factory=deque)  # ids of its access tokens, and when each expires

    def add(self, jti: str, exp: int, now: int) -> None:
        """Remember an access token; those that have expired need no revoking."""
        self.yielded.append((jti, exp))
        while self.yielded[0][1] <= now:
            self.yielded.popleft()


@dataclass
class RefreshToken:
    """A refresh token of a login.  `rotated`: it has been exchanged for a newer one."""

    login: Login
    rotated: bool = False


@dataclass
class Logins:
    """All logins by their ids, and all refresh tokens by their text."""

    logins: dict[str, Login] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)

    def begin(self, login: Login) -> Login:
        self.logins[login.sid] = login
        forget_oldest(self.logins, ISSUED)
        return login

    def keep(self, value: str, login: Login) -> None:
        """Remember a refresh token that was handed out."""
        self.refresh_tokens[value] = RefreshToken(login)
        forget_oldest(self.refresh_tokens, ISSUED)

    def of(self, user: User, app: str = "", device: str = "") -> Iterator[Login]:
        """The living logins of a user, in this app and on this device if they are named."""
        mine = (login for login in self.logins.values() if login.user is user and login.alive)
        return (login for login in mine if app in ("", login.app) and device in ("", login.device))

    def take_over(self, before: Logins, most: int) -> None:
        """The latest of what another store remembers."""
        for mine, theirs in ((self.logins, before.logins), (self.refresh_tokens, before.refresh_tokens)):
            mine.update(theirs)  # type: ignore[arg-type]
            forget_oldest(mine, most)

    def shown(self) -> dict[str, str]:
        """What a learner sees of it."""
        out: dict[str, str] = {}
        for login in self.logins.values():
            where = f" in {login.app} on {login.device}" if login.app else ""
            out[f"login {login.sid}"] = f"{login.user.name}{where}" + ("" if login.alive else " (ended)")
        for value, token in self.refresh_tokens.items():
            out[f"refresh token {value[:6]}…"] = "exchanged" if token.rotated else "current" if token.login.alive else "dead"
        return out
