"""The one place where a request leaves the sandbox for a real server: an issuer elsewhere.

Whoever can make a server fetch an address can make it look where only it can: server-side request forgery.  So a request leaves only
for a host that was named, over https or to this machine; the name is looked up once, all its addresses must be public, and the
connection goes to the address that was looked at.
Redirects are answers here, and are not followed.  What an answer may cost is bounded in seconds and bytes, and how often somebody
lets us ask, in a minute, where that is not the operator.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from sandbox.core.clock import Clock
from sandbox.core.text import quoted
from sandbox.core.wire import Request, Response, split

SECONDS = 5.0  # for connecting, and then from there to the last byte of the answer
LARGEST = 64 * 1024  # bytes of an answer
MINUTE = 60  # seconds
MOST_OUTGOING = 5  # requests of one world to servers elsewhere, in a minute, that somebody else than the operator has caused
OURS = frozenset({"host", "content-length", "connection", "transfer-encoding", "accept-encoding"})
EMBEDDED = ipaddress.ip_network("64:ff9b::/96")  # of translators: the last four bytes are an IPv4 address

Host = tuple[str, int | None]  # with its port, or with any
IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Look = Callable[[str, int], list[str]]


class Kept(ValueError):
    """A request that does not leave; the message says why."""


class Spent(Kept):
    """A request that does not leave now, because too many have left within a minute."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Where requests may go.  `own_machine`: whether plain http to this machine is allowed; `inside`: hosts whose addresses may be private,
    because whoever runs the sandbox has named them; `only`: the hosts that may be asked at all, if not all public ones."""

    own_machine: bool = False
    inside: frozenset[str] = frozenset()
    only: frozenset[Host] | None = None

    @classmethod
    def of(cls, hosts: Iterable[Host]) -> Policy:
        """The operator has named these, and no others may be asked: over https, and plainly on this machine if it is among them."""
        named = frozenset(hosts)
        names = frozenset(host for host, _ in named)
        return cls(own_machine=any(map(is_this_machine, names)), inside=names, only=named)

    def names(self, host: str, port: int) -> bool:
        """Whether this host may be asked at this port."""
        return self.only is None or not self.only.isdisjoint({(host, None), (host, port)})


def host_of(text: str) -> Host:
    """`HOST`, or `HOST:PORT`, as the operator names it.  Raises ValueError with the reason."""
    try:
        address = str(ipaddress.ip_address(text))
        text = f"[{address}]" if ":" in address else address
    except ValueError:
        pass  # a name, or one with a port
    try:
        u = split(f"//{text}")
        host, port = u.hostname or "", u.port
    except ValueError:
        host, port = "", None
    if not host or u.netloc != text or u.username is not None or port == 0 or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"{quoted(text)} is no host: write it as sso.example or 127.0.0.1:9000")
    return host, port


@dataclass
class Allowance:
    """At most so many requests within a minute."""

    clock: Clock
    most: int
    times: deque[int] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> None:
        """One more.  Raises Spent."""
        with self.lock:
            now = self.clock.now()
            while self.times and self.times[0] <= now - MINUTE:
                self.times.popleft()
            if len(self.times) >= self.most:
                wait = self.times[0] + MINUTE - now
                raise Spent(f"{self.most} requests have left within a minute, and that is all that may; the next one can in {wait} seconds")
            self.times.append(now)


def looked_up(host: str, port: int) -> list[str]:
    """The addresses of a host.  Raises OSError."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class Outgoing:
    """Sends requests to the hosts that were named with `allow`, and to no other."""

    def __init__(self, policy: Policy, look: Look = looked_up, allowance: Allowance | None = None) -> None:
        self.policy, self.allowance, self._look = policy, allowance, look
        self._hosts: set[tuple[str, str, int]] = set()

    def allow(self, url: str) -> None:
        """Let requests leave for the origin of this address.  Raises Kept if it is neither https nor this machine."""
        self._hosts.add(self._place(url))

    def _place(self, url: str) -> tuple[str, str, int]:
        """Scheme, host and port of an address to which requests may leave at all."""
        try:
            u = split(url)
            host, port = u.hostname or "", u.port
        except ValueError:
            raise Kept(f"{url} is no address") from None
        own = self.policy.own_machine and is_this_machine(host)
        if not host or not (u.scheme == "https" or (u.scheme == "http" and own)):
            raise Kept(f"{url} is not an https address{' (plain http only on this machine)' if self.policy.own_machine else ''}")
        if u.username is not None:
            raise Kept(f"{url} has a user name in it")
        port = port or (443 if u.scheme == "https" else 80)
        if not self.policy.names(host, port):
            raise Kept(f"{host}:{port} is not among the hosts that whoever runs the sandbox has named (--outgoing)")
        return u.scheme, host, port

    def send(self, request: Request) -> Response:
        """The real server's answer.  Raises Kept, or OSError and HTTPException where there is none."""
        scheme, host, port = place = self._place(request.url)
        if place not in self._hosts:
            raise Kept(f"nothing leaves for {host}:{port}")
        return self._leave(request, scheme, host, port)

    def check(self, url: str) -> None:
        """Raises Kept if nothing can leave for this address; who it is is not looked up."""
        self._place(url)

    def ask(self, request: Request, largest: int = LARGEST) -> Response:
        """The same for an address that was not allowed by name, where the policy has nothing against it; at most so many bytes."""
        return self._leave(request, *self._place(request.url), largest)

    def _leave(self, request: Request, scheme: str, host: str, port: int, largest: int = LARGEST) -> Response:
        if self.allowance is not None:
            self.allowance.take()
        with _Connection(scheme, host, port, self._address(host, port)) as connection:
            return connection.exchange(request, largest)

    def _address(self, host: str, port: int) -> str:
        """The address to connect to.  If one of a host's addresses must not be asked, none is."""
        own = self.policy.own_machine and is_this_machine(host)
        found = self._look(host, port)
        for address in found:
            ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
            allowed = ip.is_loopback if own else host in self.policy.inside or (ip.is_global and not ip.is_multicast)
            if not allowed:
                raise Kept(f"{host} is at {address}, which is not a public address")
        if not found:
            raise Kept(f"{host} has no address")
        return found[0]


def is_this_machine(host: str) -> bool:
    """Whether a host is a loopback address, or the name of one."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unwrapped(ip: IP) -> IP:
    """The IPv4 address that an IPv6 address stands for, if it does: the network goes there in the end."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in EMBEDDED:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


class _Connection:
    """A connection to the address that was looked at; the name serves the certificate and the Host header only.

    When its time is over it is shut, whatever it is doing then: a server that sends a byte at a time does not hold us.
    """

    def __init__(self, scheme: str, host: str, port: int, address: str) -> None:
        kind = HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context()) if scheme == "https" else None
        self.http = kind or HTTPConnection(host, port, timeout=SECONDS)
        self.http._create_connection = self._connect  # type: ignore[attr-defined]  # the standard library's own place for it
        self.place, self.late = (address, port), False
        self.line: socket.socket | None = None

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        if self.line is not None:
            self.timer.cancel()
            self.line.close()

    def _connect(self, *_: object, **__: object) -> socket.socket:
        connected = socket.create_connection(self.place, SECONDS)
        self.line = connected.dup()  # TLS takes the first one for its own
        self.timer = threading.Timer(SECONDS, self._shut)
        self.timer.daemon = True
        self.timer.start()
        return connected

    def _shut(self) -> None:
        self.late = True
        with suppress(OSError):  # it may be over by now
            if self.line is not None:
                self.line.shutdown(socket.SHUT_RDWR)

    def exchange(self, request: Request, largest: int) -> Response:
        """Send a request, and read its answer.  Raises TimeoutError, and OSError and HTTPException where there is none."""
        try:
            return self._exchange(request, largest)
        except (OSError, HTTPException) as error:
            if self.late or isinstance(error, TimeoutError):
                raise TimeoutError(f"no whole answer within {SECONDS:g} seconds") from None
            raise

    def _exchange(self, request: Request, largest: int) -> Response:
        u, body, http = split(request.url), request.body.encode(), self.http
        http.putrequest(request.method, (u.path or "/") + (f"?{u.query}" if u.query else ""), skip_accept_encoding=True)
        for name, value in request.headers:
            if name.lower() not in OURS:
                http.putheader(name, value)
        if body or request.method == "POST":
            http.putheader("Content-Length", str(len(body)))
        http.endheaders(body or None)
        answer = http.getresponse()
        text = answer.read(largest + 1)
        if self.late:
            raise TimeoutError  # an answer without a stated length ends where it was cut
        if len(text) > largest:
            raise HTTPException(f"the answer has more than {largest} bytes")
        return Response(answer.status, tuple(answer.getheaders()), text.decode("utf-8", "replace"))
