"""Listening: what is cut off, what is refused, and where."""

from __future__ import annotations

import pytest
import requests

from sandbox.serve import listen as listening
from tests.support.real import served


@pytest.mark.slow
def test_headers_without_end_are_cut_off() -> None:
    import socket

    with served() as base, socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=60) as s:
        s.sendall(b"GET /auth/jwks HTTP/1.1\r\nX-Long: ")
        with pytest.raises(OSError, match=r"reset|pipe"):
            s.sendall(b"a" * 20_000_000)


def test_what_is_not_http_is_refused_and_the_next_request_answered() -> None:
    import socket

    with served() as base:
        for junk in (
            b"\x16\x03\x01\x00junk\r\n\r\n",
            b"POST /auth/token HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=60) as s:
                s.sendall(junk)
                assert s.recv(100).startswith(b"HTTP/1.1 400 ")
        assert requests.get(f"{base}/auth/jwks", timeout=60).ok


@pytest.mark.parametrize(
    ("host", "mine"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.0.9", False),
        ("localhost.example", False),
    ],
)
def test_only_this_machine_can_reach_loopback(host: str, mine: bool) -> None:
    assert listening.is_loopback(host) is mine


def test_a_port_that_is_taken_and_an_address_that_is_not_ours_are_said() -> None:
    with listening.listen("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
        with pytest.raises(listening.CannotListen, match=f"127.0.0.1:{port}: "):
            listening.listen("127.0.0.1", port)
    with pytest.raises(listening.CannotListen, match=r"192\.0\.2\.1:0: "):  # RFC 5737: nobody's address
        listening.listen("192.0.2.1", 0)


def test_an_address_is_written_as_others_write_it_and_answered_under_the_usual_names() -> None:
    assert (listening.address("127.0.0.1", 80), listening.address("::1", 80)) == ("http://127.0.0.1:80", "http://[::1]:80")
    assert set(listening.hosts("http://Workshop.test:9000", 9000)) == {
        "workshop.test:9000",
        "localhost:9000",
        "127.0.0.1:9000",
        "[::1]:9000",
    }
