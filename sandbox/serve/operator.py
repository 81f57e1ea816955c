"""What whoever runs `serve` can do while it runs: have other keys sign, and let time pass without waiting for it.

Everybody who reaches the server can ask, so a word is demanded that is printed in the operator's terminal and nowhere else.  It has to
come in a header of its own, which a page cannot send to another origin without being allowed to, and no page is: whatever names an
origin is refused, and no answer is readable for one.  Other names of this machine are refused before that (DNS rebinding).
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest

from sandbox.core.clock import clock_time
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import Request, Response, json_response
from sandbox.world.network import Network
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.backend import Backend

OPERATOR = "/operator"
ROTATE, WAIT = f"{OPERATOR}/rotate-key", f"{OPERATOR}/wait"
ASKED = {WAIT: "?seconds=60"}  # an example of what an action wants to know
LONGEST = 31_536_000  # seconds that one request may let pass: a year
NO_STORE = ("Cache-Control", "no-store")
REALM = ("WWW-Authenticate", 'Bearer realm="operator"')


def rotate(net: Network, issuer: AuthorizationServer | Backend) -> Response:
    """The operator's wish to the issuer, over the internal network, as in a scenario: sign with other keys."""
    return net.deliver(Request("POST", f"{issuer.issuer}/admin/keys"), "admin", "internal")


@dataclass(kw_only=True)
class Operator:
    """The operator's door to a world.  `word`: what has to be known, from real randomness in every case."""

    net: Network
    issuer: AuthorizationServer | Backend
    word: str

    @classmethod
    def of(cls, net: Network, issuer: AuthorizationServer | Backend) -> Operator:
        return cls(net=net, issuer=issuer, word=SystemEntropy().token("operator", 18))

    @property
    def actions(self) -> dict[str, Callable[[Request], Response]]:
        """What can be done, by its address below the server's; keys turn where there is a key set."""
        keys = {ROTATE: self._rotate} if self.issuer.key.jwk is not None else {}
        return {**keys, WAIT: self._wait}

    def handle(self, request: Request) -> Response:
        """Do it, or say why not."""
        action = self.actions.get(request.path)
        if request.header("origin") is not None:
            return _refused(403, "access_denied", "No page may ask this; use a terminal.")
        if action is None:
            return _refused(404, "not_found", f"There is {' and '.join(self.actions)} for the operator.")
        if request.method != "POST":
            return _refused(405, "method_not_allowed", "Send a POST request.", ("Allow", "POST"))
        given = (request.header("authorization") or "").encode(errors="replace")
        if not compare_digest(given, f"Bearer {self.word}".encode()):
            return _refused(401, "invalid_token", "The operator's word is missing or wrong; the server has printed it at its start.", REALM)
        return action(request)

    def _rotate(self, _: Request) -> Response:
        before = self.issuer.key
        answer = rotate(self.net, self.issuer)
        if not answer.ok:
            return answer
        return json_response(200, {"signs": self.issuer.key.kid, "stays_in_the_key_set": before.kid}, NO_STORE)

    def _wait(self, request: Request) -> Response:
        """Let so many seconds pass."""
        text = request.param("seconds") or ""
        seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
        if not 0 < seconds <= LONGEST:
            return _refused(400, "invalid_request", f"seconds must be a whole number from 1 to {LONGEST}.")
        self.net.wait(seconds)
        return json_response(200, {"now": clock_time(self.net.clock.now())}, NO_STORE)

    def lines(self, base: str) -> list[str]:
        """What to type into a terminal."""
        header = shlex.quote(f"Authorization: Bearer {self.word}")
        return [f"curl -X POST {shlex.quote(base + path + ASKED.get(path, ''))} -H {header}" for path in self.actions]


def _refused(status: int, error: str, text: str, *headers: tuple[str, str]) -> Response:
    return json_response(status, {"error": error, "error_description": text}, NO_STORE, *headers)
