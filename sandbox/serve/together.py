"""A transport that sends in one what is written one after the other: the head of an answer and its body are one packet, one call of the
system, and the client wakes up once."""

from __future__ import annotations

import asyncio
from typing import Any


class Together:
    """Keeps what is written until `flush`, until it is closed, or until the event loop has nothing else to do first."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._waiting: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this, a little later."""
        if not self._waiting:
            self._loop.call_soon(self.flush)
        self._waiting.append(data)

    def flush(self) -> None:
        """Send what waits."""
        if self._waiting:
            self._transport.write(b"".join(self._waiting))
            self._waiting.clear()

    def close(self) -> None:
        """Close it after the last answer."""
        self.flush()
        self._transport.close()
