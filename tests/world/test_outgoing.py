"""What may leave for a real server, and what a server may cost."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from sandbox.core.clock import Clock
from sandbox.core.wire import Request
from sandbox.world import outgoing
from sandbox.world.outgoing import Allowance, Kept, Outgoing, Policy, Spent, host_of

OWN = Policy(own_machine=True)
PUBLIC = "93.184.215.14"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on this machine that reads a request and then does this; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    with suppress(OSError):  # it may be hung up on
                        answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def get(url: str, sender: Outgoing) -> tuple[int, str]:
    sender.allow(url)
    response = sender.send(Request("GET", url))
    return response.status, response.body


def found_at(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(addresses)


def test_a_server_on_this_machine_is_asked_where_that_is_allowed() -> None:
    with serving(lambda c: c.sendall(OK)) as port:
        assert get(f"http://127.0.0.1:{port}/a?b=c", Outgoing(OWN)) == (200, "ok")
        with pytest.raises(Kept, match="is not an https address"):
            get(f"http://127.0.0.1:{port}/", Outgoing(Policy()))


def test_a_host_that_was_not_named_is_not_asked() -> None:
    sender = Outgoing(OWN)
    sender.allow("http://127.0.0.1:80/")
    for url in ("http://127.0.0.1:81/", "https://127.0.0.1:80/", "http://localhost:80/"):
        with pytest.raises(Kept, match="nothing leaves for"):
            sender.send(Request("GET", url))


@pytest.mark.parametrize(
    "url", ["", "nothing", "ftp://a.example/", "http://a.example/", "https://", "https://u:p@a.example/", "http://[::1"]
)
def test_an_address_that_cannot_be_asked_cannot_be_named(url: str) -> None:
    with pytest.raises(Kept):
        Outgoing(OWN).allow(url)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "0.0.0.0",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)
def test_a_name_that_leads_inside_is_not_followed(address: str) -> None:
    """Neither alone nor among addresses that could be asked."""
    for addresses in ((address,), (PUBLIC, address)):
        sender = Outgoing(OWN, found_at(*addresses))
        sender.allow("https://idp.example/")
        with pytest.raises(Kept, match="is not a public address"):
            sender.send(Request("GET", "https://idp.example/"))


def test_this_machines_name_must_lead_to_this_machine() -> None:
    sender = Outgoing(OWN, found_at(PUBLIC))
    sender.allow("http://localhost:80/")
    with pytest.raises(Kept, match="is not a public address"):
        sender.send(Request("GET", "http://localhost:80/"))


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a second look-up would lead elsewhere, and there is none."""
    asked, answers = list[tuple[str, int]](), [[PUBLIC], ["127.0.0.1"]]

    def refuse(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        asked.append(address)
        raise OSError("not here")

    monkeypatch.setattr(socket, "create_connection", refuse)
    sender = Outgoing(OWN, lambda host, port: answers.pop(0))
    sender.allow("https://idp.example/")
    with pytest.raises(OSError, match="not here"):
        sender.send(Request("GET", "https://idp.example/"))
    assert (asked, answers) == ([(PUBLIC, 443)], [["127.0.0.1"]])


def test_a_host_that_the_operator_has_named_may_be_inside() -> None:
    with serving(lambda c: c.sendall(OK)) as port:
        sender = Outgoing(Policy(inside=frozenset({"sso.corp.example"})), found_at("127.0.0.1"))
        sender.allow(f"https://sso.corp.example:{port}/")
        with pytest.raises(OSError):  # noqa: PT011  # it gets as far as TLS, which this server does not speak
            sender.send(Request("GET", f"https://sso.corp.example:{port}/"))


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with serving(lambda c: c.sendall(moved)) as port:
        assert get(f"http://127.0.0.1:{port}/", Outgoing(OWN)) == (302, "")


def test_an_answer_without_end_is_cut_off() -> None:
    def endless(c: socket.socket) -> None:
        c.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            c.sendall(b"x" * 4096)

    with serving(endless) as port, pytest.raises(Exception, match="the answer has more than 65536 bytes"):
        get(f"http://127.0.0.1:{port}/", Outgoing(OWN))


@pytest.mark.slow
@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "], ids=["body", "headers"])
def test_a_server_that_drips_is_hung_up_on(start: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "SECONDS", 0.2)
    done = threading.Event()

    def drip(c: socket.socket) -> None:
        c.sendall(start)
        while not done.wait(0.02):
            c.sendall(b"x")

    with serving(drip) as port:
        with pytest.raises(TimeoutError, match="no whole answer within"):
            get(f"http://127.0.0.1:{port}/", Outgoing(OWN))
        done.set()


def test_a_handshake_that_drips_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "SECONDS", 0.2)
    done = threading.Event()

    def drip(c: socket.socket) -> None:
        c.sendall(b"\x16\x03\x03\x40\x00")  # the head of a TLS record of 16 KiB (RFC 8446 §5.1)
        while not done.wait(0.02):
            c.sendall(b"\x00")

    with serving(drip) as port:
        sender = Outgoing(Policy(inside=frozenset({"sso.corp.example"})), found_at("127.0.0.1"))
        with pytest.raises(TimeoutError, match="no whole answer within"):
            get(f"https://sso.corp.example:{port}/", sender)
        done.set()


# ---------------------------------------------------------------- what the operator names, and how often


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("sso.example", ("sso.example", None)),
        ("sso.example:8443", ("sso.example", 8443)),
        ("127.0.0.1:9000", ("127.0.0.1", 9000)),
        ("[::1]:9000", ("::1", 9000)),
        ("::1", ("::1", None)),
    ],
)
def test_a_host_is_named_with_or_without_its_port(text: str, host: tuple[str, int | None]) -> None:
    assert host_of(text) == host


@pytest.mark.parametrize(
    "text",
    ["", "https://sso.example", "sso.example/", "a@sso.example", "sso.example:0", "sso.example:99999", "a b", "x?y", "[::1", "\u202e"],
)
def test_a_text_that_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no host: write it as"):
        host_of(text)


def test_only_hosts_that_the_operator_has_named_are_asked() -> None:
    sender = Outgoing(Policy.of([("sso.example", None), ("keys.example", 8443)]))
    sender.allow("https://sso.example:1234/")
    sender.allow("https://keys.example:8443/")
    for url in ("https://keys.example/", "https://other.example/", "https://127.0.0.1/"):
        with pytest.raises(Kept, match="is not among the hosts"):
            sender.allow(url)
    for url in ("http://sso.example/", "http://127.0.0.1/"):
        with pytest.raises(Kept, match="is not an https address"):
            sender.allow(url)


def test_this_machine_is_asked_plainly_where_it_was_named() -> None:
    with serving(lambda c: c.sendall(OK)) as port:
        assert get(f"http://127.0.0.1:{port}/", Outgoing(Policy.of([("127.0.0.1", port)]))) == (200, "ok")
        with pytest.raises(Kept, match="is not among the hosts"):
            Outgoing(Policy.of([("127.0.0.1", port)])).allow(f"http://127.0.0.1:{port + 1}/")
        with pytest.raises(Kept, match="is not among the hosts"):
            Outgoing(Policy.of([("127.0.0.1", port)])).allow(f"http://localhost:{port}/")


def test_only_so_many_requests_leave_in_a_minute() -> None:
    clock = Clock()
    with serving(lambda c: c.sendall(OK)) as port:
        url, sender = f"http://127.0.0.1:{port}/", Outgoing(OWN, allowance=Allowance(clock, 2))
        assert get(url, sender) == (200, "ok")
        clock.advance(40)
        assert get(url, sender) == (200, "ok")
        with pytest.raises(Spent, match="2 requests have left within a minute, and that is all that may; the next one can in 20 seconds"):
            get(url, sender)
        clock.advance(20)
        assert get(url, sender) == (200, "ok")
        with pytest.raises(Spent, match="in 40 seconds"):
            get(url, sender)
