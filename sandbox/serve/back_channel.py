"""Logout tokens on their way to clients outside: where they may go is the business of `world/outgoing.py`.

The authorization server hands them over while it answers, and its answer waits for them (OIDC RP-Initiated Logout §3), but nothing else
does: they leave in threads.  A client that cannot be reached holds nobody up longer than the time that a request may take.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException

from sandbox.core.wire import Request, Response
from sandbox.serve.fetching import recorded
from sandbox.world.network import NOWHERE, Network
from sandbox.world.outgoing import Kept, Outgoing

AT_ONCE = 10  # logout tokens of one log-out that leave; a session with more clients outside is nobody's
TELLS = "Before that answer left, the authorization server told clients outside that the session has ended"


@dataclass(kw_only=True)
class BackChannel:
    """Carries logout tokens of one authorization server, `party`: to parties of its world at once, to clients outside when `finish`
    is awaited.  Without `outgoing` nothing leaves.  `announce`: told what follows, before it is recorded."""

    net: Network
    party: str
    outgoing: Outgoing | None
    announce: Callable[[str], None] | None = None
    waiting: list[Request] = field(default_factory=list)

    def carry(self, request: Request) -> None:
        """Deliver, or keep until `finish`."""
        if self.net.owner(request.url) != NOWHERE:
            self.net.deliver(request, self.party, "back")
        elif self.outgoing is not None and len(self.waiting) < AT_ONCE:
            self.waiting.append(request)
        else:
            self.net.noted(self.party, f"No logout token leaves for {request.url}.")

    async def finish(self, log: Callable[[str], None] | None = None) -> None:
        """Send what waits, all at once; each is recorded with its answer or with the reason why there is none, and is a line of the log."""
        requests, self.waiting = self.waiting, []
        found = await asyncio.gather(*(asyncio.to_thread(self.send, request) for request in requests))
        self.net.trace.now = self.net.clock.now()
        if self.announce is not None:
            self.announce(TELLS)
        for request, answer in zip(requests, found, strict=True):
            if isinstance(answer, Response):
                recorded(self.net, self.party, request, answer)
            else:
                self.net.noted(self.party, f"The logout token for {request.url} did not arrive: {answer}.")
        if log is not None:
            log("\n".join(_line(request, answer) for request, answer in zip(requests, found, strict=True)))

    def send(self, request: Request) -> Response | str:
        """The client's answer, or why there is none."""
        assert self.outgoing is not None
        try:
            return self.outgoing.ask(request)
        except (Kept, OSError, HTTPException, ValueError) as error:
            return f"{error}"[:300].rstrip(".")


def _line(request: Request, answer: Response | str) -> str:
    found = answer.status if isinstance(answer, Response) else f"not reached: {answer}"
    return f"logout token to {request.url} -> {found}"[:300]
