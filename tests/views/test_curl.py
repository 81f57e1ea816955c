"""A request as a shell command: pasted into a shell, it is the same request again."""

from __future__ import annotations

import shlex
import socket
import subprocess
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.wire import Request, form_request, json_request
from sandbox.views.curl import curl
from tests.support.needs import need

NASTY = [
    "it's",
    "$(touch /tmp/x) `id`",
    "a\\b",
    'say "x"',
    "@/etc/passwd",
    "-v",
    "{a,b}[1-3]",
    "é 漢",
    "line\nbreak",
    "tab\tand\x1b[31m",
    "!!",
    "",
]


def arguments(command: str) -> list[str]:
    """What bash makes of the command, as the program would get it."""
    done = subprocess.run(["bash", "-c", f"curl() {{ printf '%s\\0' \"$@\"; }}; {command}"], capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def test_a_form_is_posted() -> None:
    command = curl(form_request("https://a.example/token?x=1&y=2", {"code": "it's", "state": "s"}, (("Authorization", "Basic abc="),)))
    assert command == (
        "curl --globoff --path-as-is 'https://a.example/token?x=1&y=2' \\\n  --header 'Authorization: Basic abc=' \\\n"
        "  --header 'Content-Type: application/x-www-form-urlencoded' \\\n  --data-raw 'code=it%27s&state=s'"
    )


@pytest.mark.parametrize(
    ("method", "body", "option"), [("GET", "", None), ("POST", "x", None), ("PUT", "x", "PUT"), ("GET", "x", "GET"), ("POST", "", "POST")]
)
def test_the_method_is_said_where_curl_would_guess_wrong(method: str, body: str, option: str | None) -> None:
    words = shlex.split(curl(Request(method, "https://a.example/", (), body)))
    assert (words[words.index("--request") + 1] if "--request" in words else None) == option
    assert "--head" in curl(Request("HEAD", "https://a.example/"))


def test_what_curl_cannot_send_has_no_command() -> None:
    assert curl(Request("GET", "com.connectsphere.app:/cb?code=1")) == ""
    assert curl(Request("GET", "https://a.example/", (("X", "\0"),))) == ""


@pytest.mark.parametrize("text", NASTY)
def test_no_text_means_anything_to_the_shell(text: str) -> None:
    request = json_request("POST", "https://a.example/", {"x": text}, (("X-Text", text),))
    words = arguments(curl(request))
    assert words[words.index("--data-raw") + 1] == request.body
    assert (f"X-Text: {text}" if text else "X-Text;") in words


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
def test_quoting_is_undone_by_a_shell(text: str) -> None:
    command = curl(Request("POST", "https://a.example/", (("X", text),), text))
    if not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in text):
        assert text == "" or text in shlex.split(command.replace("\\\n", " "))


def test_curl_sends_exactly_this_request() -> None:
    need("curl")
    with socket.create_server(("127.0.0.1", 0)) as server:
        got: list[bytes] = []
        request = form_request(
            f"http://127.0.0.1:{server.getsockname()[1]}/a/../b?x=[1]", {"code": "@it's"}, (("X-Empty", ""), ("DPoP", "e.y.J"))
        )

        def answer() -> None:
            with server.accept()[0] as peer:
                got.append(peer.recv(65536))
                peer.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

        listener = threading.Thread(target=answer)
        listener.start()
        subprocess.run(["bash", "-c", f"{curl(request)} --silent --noproxy '*' --max-time 10"], check=True)
        listener.join()
    head, _, body = got[0].decode().partition("\r\n\r\n")
    assert head.startswith("POST /a/../b?x=[1] HTTP/1.1\r\n")
    assert "\r\nX-Empty:" in head
    assert "\r\nDPoP: e.y.J" in head
    assert body == request.body
