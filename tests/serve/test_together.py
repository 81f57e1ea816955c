"""What is written one after the other goes out in one, in order, and before the connection is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sandbox.serve.together import Together


class Wire:
    """A transport that notes down what is done with it."""

    def __init__(self) -> None:
        self.done: list[bytes | str] = []

    def write(self, data: bytes) -> None:
        self.done.append(data)

    def close(self) -> None:
        self.done.append("closed")

    def abort(self) -> None:
        self.done.append("aborted")


async def written(transport: Together, wire: Wire) -> None:
    transport.write(b"head ")
    transport.write(b"body")
    assert wire.done == []
    await asyncio.sleep(0)


async def flushed(transport: Together, wire: Wire) -> None:
    transport.write(b"head ")
    transport.write(b"body")
    transport.flush()
    assert wire.done == [b"head body"]
    await asyncio.sleep(0)


async def twice(transport: Together, wire: Wire) -> None:
    await written(transport, wire)
    transport.write(b"next")
    await asyncio.sleep(0)


async def closed(transport: Together, wire: Wire) -> None:
    transport.write(b"last")
    transport.close()
    await asyncio.sleep(0)


async def aborted(transport: Together, wire: Wire) -> None:
    transport.abort()


@pytest.mark.parametrize(
    ("act", "done"),
    [
        (written, [b"head body"]),
        (flushed, [b"head body"]),
        (twice, [b"head body", b"next"]),
        (closed, [b"last", "closed"]),
        (aborted, ["aborted"]),
    ],
)
def test_what_goes_out(act: Callable[[Together, Wire], Awaitable[None]], done: list[Any]) -> None:
    wire, loop = Wire(), asyncio.new_event_loop()
    try:
        loop.run_until_complete(act(Together(wire, loop), wire))  # type: ignore[arg-type]
    finally:
        loop.close()
    assert wire.done == done
