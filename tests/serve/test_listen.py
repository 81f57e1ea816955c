"""Listening: what is cut off, what is refused, and where."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack

import pytest
import requests

from sandbox.serve import listen as listening
from tests.support.real import served, started


@pytest.mark.slow
def test_headers_without_end_are_cut_off() -> None:
    with served() as base, socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=60) as s:
        s.sendall(b"GET /auth/jwks HTTP/1.1\r\nX-Long: ")
        with pytest.raises(OSError, match=r"reset|pipe"):
            s.sendall(b"a" * 20_000_000)


@pytest.mark.slow
def test_what_is_not_http_is_refused_and_the_next_request_answered() -> None:
    with served() as base:
        for junk in (
            b"\x16\x03\x01\x00junk\r\n\r\n",
            b"POST /auth/token HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=60) as s:
                s.sendall(junk)
                assert s.recv(100).startswith(b"HTTP/1.1 400 ")
        assert requests.get(f"{base}/auth/jwks", timeout=60).ok


HALVES = {
    "nothing": b"",
    "a line": b"GET /auth/jwks HTTP/1.1\r\n",
    "half a head": b"GET /auth/jwks HTTP/1.1\r\nHost: HOST\r\nX-Slow: ",
    "half a body": b"POST /auth/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 100\r\n\r\ngrant_type=",
    "a chunk": b"POST /auth/token HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ngrant\r\n",
}
IMPATIENT = "import sandbox.serve.listen as l; l.PATIENCE = 1.0; l.MOST_CONNECTIONS = 20"


def opened(base: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=60)


@pytest.mark.slow
@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("trickles", [False, True])
def test_who_never_finishes_a_request_is_hung_up_on(half: str, trickles: bool) -> None:
    """Even if a byte comes now and then, and also after a request that was whole."""
    with started(first=IMPATIENT) as (base, _), requests.Session() as honest:
        with opened(base) as fresh, opened(base) as used:
            used.sendall(b"GET /auth/jwks HTTP/1.1\r\nHost: " + base[7:].encode() + b"\r\n\r\n")
            answer = b""
            while not answer.endswith(b"]}"):
                answer += used.recv(65536)
            for connection in (fresh, used) if HALVES[half] else (fresh,):
                connection.sendall(HALVES[half].replace(b"HOST", base[7:].encode()))
                answer = _rest(connection, trickles and half != "nothing")
                assert answer is not None, "it is still held"
                assert answer.startswith(b"HTTP/1.1 408 ") or not HALVES[half] or trickles, answer
        assert honest.get(f"{base}/auth/jwks", timeout=60).ok


def _rest(connection: socket.socket, trickles: bool) -> bytes | None:
    """What comes until the other side hangs up; None if it does not."""
    connection.settimeout(0.2)
    answer = b""
    for _ in range(150):
        try:
            if trickles:
                connection.sendall(b"a")
            part = connection.recv(1000)
        except TimeoutError:
            continue
        except OSError:
            return answer
        if not part:
            return answer
        answer += part
    return None


@pytest.mark.slow
@pytest.mark.parametrize("half", ["nothing", "half a head", "half a body"])
def test_half_open_connections_take_no_more_descriptors_than_there_may_be(half: str) -> None:
    patient = IMPATIENT.replace("1.0", "600.0")
    with started(first=patient) as (base, pid), ExitStack() as held:
        before = len(os.listdir(f"/proc/{pid}/fd"))
        for _ in range(120):
            held.enter_context(connection := opened(base))
            connection.sendall(HALVES[half])
        for _ in range(5):
            assert requests.get(f"{base}/auth/jwks", timeout=60).ok, "whoever asks properly is answered"
        assert len(os.listdir(f"/proc/{pid}/fd")) <= before + 20 + 8  # and some that the loop itself opens


def test_the_bound_leaves_descriptors_for_everything_else() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (400, hard))
        assert listening.most_connections() == 400 - listening.SPARE
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


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
