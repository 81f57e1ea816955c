"""Logout tokens on their way to clients outside: where they may go is the business of `world/outgoing.py`.

The authorization server hands them over while it answers, and its answer waits for them (OIDC RP-Initiated Logout §3), but nothing else
does: they leave in threads.  A client that cannot be reached holds nobody up longer than the time that a request may take.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http.client import HTTPException

from sandbox.core.wire import Request
from sandbox.world.network import NOWHERE, Network
from sandbox.world.outgoing import Kept, Outgoing, Policy

AT_ONCE = 10  # logout tokens of one log-out that leave; a session with more clients outside is nobody's


class BackChannel:
    """Carries logout tokens: to parties of this world at once, to clients outside when `finish` is awaited."""

    def __init__(self, net: Network, sender: str, policy: Policy | None) -> None:
        self.net, self.sender, self.policy = net, sender, policy
        self.waiting: list[Request] = []

    def carry(self, request: Request) -> None:
        """Deliver, or keep until `finish`; without a policy nothing leaves."""
        if self.net.owner(request.url) != NOWHERE:
            self.net.deliver(request, self.sender, "back")
        elif self.policy is not None and len(self.waiting) < AT_ONCE:
            self.waiting.append(request)
        else:
            self.net.noted(self.sender, f"No logout token leaves for {request.url}.")

    async def finish(self, log: Callable[[str], None] | None = None) -> None:
        """Send what waits, all at once; a line for each says how it went."""
        requests, self.waiting = self.waiting, []
        lines = await asyncio.gather(*(asyncio.to_thread(self.send, request) for request in requests))
        if log is not None:
            log("\n".join(lines))

    def send(self, request: Request) -> str:
        """The client's answer, in a line of the log."""
        assert self.policy is not None
        outgoing = Outgoing(self.policy)
        try:
            outgoing.allow(request.url)
            found = str(outgoing.send(request).status)
        except (Kept, OSError, HTTPException, ValueError) as error:
            found = f"not reached: {error}"
        return f"logout token to {request.url} -> {found}"[:300]
