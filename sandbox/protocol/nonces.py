"""Nonces for DPoP proofs (RFC 9449 §8, §9): a server says which one a proof must carry, so that no proof is made long before its use.

Each server has its own and accepts nobody else's.  A client keeps the newest of each server and asks again, once, if it is told to.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sandbox.core.entropy import Entropy
from sandbox.core.wire import Request, Response
from sandbox.protocol.checks import Checklist
from sandbox.protocol.tokens import NotAJwt, decode

LIFE = 120  # seconds for which a nonce is accepted
FRESH = 60  # seconds after which the next one is handed out: whoever has just been given one can still use it
HEADER = "DPoP-Nonce"
ERROR = "use_dpop_nonce"
NO_STORE = ("Cache-Control", "no-store")  # a nonce in an answer that was kept would be a stale one (§8.2)


@dataclass
class Nonces:
    """The nonces of one server that are still accepted, each with the second at which it ends; the newest stands last."""

    owner: str
    until: dict[str, int] = field(default_factory=dict)

    def current(self, now: int, entropy: Entropy) -> str:
        """The one that is handed out now; it is unpredictable."""
        self._forget(now)
        newest = next(reversed(self.until), "")
        if not newest or self.until[newest] - now <= LIFE - FRESH:
            newest = entropy.token(f"{self.owner} dpop nonce", 12)
            self.until[newest] = now + LIFE
        return newest

    def accepts(self, nonce: object, now: int) -> bool:
        """Whether this is one that was handed out lately."""
        self._forget(now)
        return isinstance(nonce, str) and nonce in self.until

    def shown(self) -> dict[str, str]:
        """The newest one, for those who look on."""
        newest = next(reversed(self.until), "")
        return {"DPoP nonce": newest} if newest else {}

    def _forget(self, now: int) -> None:
        for nonce in [n for n, end in self.until.items() if end <= now]:
            del self.until[nonce]


def check_nonce(checks: Checklist, request: Request, nonces: Nonces, now: int) -> bool:
    """Whether the proof, which is a good one otherwise, carries a nonce of this server."""
    found = nonce_of(request)
    return checks.test("proof_nonce", nonces.accepts(found, now), f"a nonce of the last {LIFE} s", found or "none")


def nonce_of(request: Request) -> str | None:
    """The nonce in the proof of a request."""
    try:
        found = decode(request.header("dpop") or "").claims.get("nonce")
    except NotAJwt:
        return None
    return found if isinstance(found, str) else None


def supplied(request: Request, response: Response, nonces: Nonces, now: int, entropy: Entropy) -> Response:
    """The answer to a request with a proof, with the nonce for the next one (§8.2)."""
    if request.header("dpop") is None:
        return response
    kept = tuple(h for h in response.headers if h[0] != NO_STORE[0])
    return replace(response, headers=(*kept, NO_STORE, (HEADER, nonces.current(now, entropy))))


def wanted(response: Response) -> str:
    """The nonce that a refusal asks for; '' if the answer is anything else."""
    return (response.header(HEADER) or "") if response.status in (400, 401) and response.error == ERROR else ""
