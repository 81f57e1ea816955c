"""Listening: a port, uvicorn, and a clean end."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.core.wire import split
from sandbox.serve.asgi import Edge
from sandbox.serve.below import Below
from sandbox.serve.setup import Served
from sandbox.serve.several import Several
from sandbox.serve.together import Together

BACKLOG = 512
PATIENCE = 20.0  # seconds in which a request has to be there, body and all
MOST_CONNECTIONS, SPARE = 1000, 64  # at once; descriptors that are left for everything else
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
LONGEST_HEAD = 512 * 1024  # bytes of address and headers that are read at all; from 40 KiB on the edge refuses them politely


def most_connections() -> int:
    """How many connections are held at once: fewer than the system lets this process have descriptors."""
    try:
        import resource
    except ImportError:  # not on Windows, where sockets are no descriptors
        return MOST_CONNECTIONS
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_CONNECTIONS if allowed == resource.RLIM_INFINITY else max(10, min(MOST_CONNECTIONS, allowed - SPARE))


class Bounded(HttpToolsProtocol):
    """uvicorn's fast parser keeps any amount of headers in memory, and any number of connections for ever; this one hangs up.

    A request has to be there, whole, some time after its beginning; where there are too many connections, the one that has brought
    no whole request for the longest time makes room.
    """

    head = 0
    in_head = True
    since = 0.0  # when it last brought a whole request, or was opened
    deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Together(transport, self.loop))  # type: ignore[arg-type]  # the rest of it is the transport's own
        self.since = self.loop.time()
        self._expect()
        if len(self.connections) > most_connections():
            others = (c for c in self.connections if c is not self and isinstance(c, Bounded))
            oldest = min(others, key=lambda c: c.since, default=self)
            self.connections.discard(oldest)  # now, and not when the loop comes to it: more may be at the door
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._no_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.deadline is None:
            self._expect()
        self.head += len(data) if self.in_head else 0
        if self.head > LONGEST_HEAD:
            self.send_400_response("The headers never end.")
        else:
            super().data_received(data)

    def on_headers_complete(self) -> None:
        self.head, self.in_head = 0, False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.in_head, self.since = True, self.loop.time()
        self._no_deadline()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.transport.flush()  # type: ignore[attr-defined]
        super().on_response_complete()

    def _expect(self) -> None:
        """A whole request, from now on, before patience ends."""
        self.deadline = self.loop.call_later(PATIENCE, self._too_slow)

    def _no_deadline(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _too_slow(self) -> None:
        """Say so to whoever has begun (RFC 9110 §15.5.9), and hang up."""
        self.deadline = None
        waits = not self.in_head and not self.cycle.response_complete  # for the rest of its body; some are answered before that
        if self.head or waits:
            self.transport.write(TOO_SLOW)
        self.transport.close()


class CannotListen(OSError):
    """The port is taken, or the address is not this machine's."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def unknown(host: str) -> str | None:
    """Why nobody can listen at this address, as far as its name tells; None if it has an address."""
    try:
        socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        return str(error.strerror if isinstance(error, OSError) else "it is no name")
    return None


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one.  Raises CannotListen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise CannotListen(f"{host}:{port}: {error.strerror}") from error
    sock = socket.socket(family, kind, protocol)  # with its protocol, or asyncio leaves Nagle's algorithm on: 40 ms a request
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise CannotListen(f"{host}:{port}: {error.strerror}") from error
    return sock


def address(host: str, port: int) -> str:
    """How others write it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def hosts(base: str, port: int) -> Iterable[str]:
    """The Host headers to answer: the server's own address and this machine's usual names."""
    return (split(base).netloc.lower(), *(f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")))


def allow_plain_http(base: str) -> None:
    """Authlib allows plain http on loopback only; serving elsewhere without TLS was agreed to by an option."""
    if base.startswith("http:") and not is_loopback(split(base).hostname or ""):
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"


def serve(worlds: Sequence[Served], base: str, sock: socket.socket, log: Callable[[str], None] | None) -> None:
    """Serve one world at this address, or several below it, until Ctrl+C or SIGTERM."""
    allow_plain_http(base)
    known = tuple(hosts(base, sock.getsockname()[1]))
    alone = len(worlds) == 1 and worlds[0].base == base
    config = uvicorn.Config(
        Below(Edge(worlds[0], known, log) if alone else Several(tuple(worlds), base, known, log), split(base).path),
        http=Bounded,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nobody is believed: --url says what the address is
        lifespan="off",
        ws="none",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=2,
    )
    with suppress(KeyboardInterrupt):  # uvicorn has already ended in order, and passes the signal on
        uvicorn.Server(config).run(sockets=[sock])
