"""Below a path, with and without a proxy that takes it off; `serve` behind a real nginx."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sandbox.serve.below import Below, base_path, proxies
from tests.support.asgi import finish
from tests.support.proxies import nginx
from tests.support.real import served
from tests.support.serving import free_port
from tests.support.signing_in import calls, signed_in

SERVER = """
server {{
    listen 127.0.0.1:{front};
    proxy_set_header Host $http_host;
    location /class/ {{ proxy_pass {app}{end}; }}
    location /.well-known/ {{ proxy_pass {app}; }}
}}
"""


def arrives(base: str, path: str, **more: Any) -> dict[str, Any]:
    """What the application behind sees of a request for this path."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    async def nothing(*_: Any) -> Any: ...

    finish(Below(app, base)({"type": "http", "path": path, **more}, nothing, nothing))
    scope: dict[str, Any] = seen[0]
    return scope


@pytest.mark.parametrize("path", ["/class", "/class/x", "/.well-known/openid-configuration/class/auth"])
def test_a_whole_address_stays_as_it_is(path: str) -> None:
    assert arrives("/class", path)["path"] == path
    assert arrives("", path)["path"] == path


@pytest.mark.parametrize("path", ["/", "/x", "/classes/x", "/x/class/y", "//evil.example/x"])
def test_what_was_taken_off_is_put_back(path: str) -> None:
    assert arrives("/class", path)["path"] == f"/class{path}"


def test_what_was_sent_is_put_back_as_it_was_written() -> None:
    seen = arrives("/class", "/a b", raw_path=b"/a%20b", method="GET")
    assert (seen["path"], seen["raw_path"], seen["method"]) == ("/class/a b", b"/class/a%20b", "GET")


def test_what_is_no_request_passes() -> None:
    assert arrives("/class", "", type="lifespan")["path"] == ""


@pytest.mark.parametrize(
    ("text", "path"), [("", ""), ("/", ""), ("class", "/class"), ("/class/", "/class"), ("/a/b-1.x", "/a/b-1.x"), ("/~me", "/~me")]
)
def test_a_path_is_read_however_its_ends_are_written(text: str, path: str) -> None:
    assert base_path(text) == path


@pytest.mark.parametrize(
    "text", ["a b", "..", "/a/../b", "/a//b", "/a?b", "/a#b", "/%2e", "/é", "/a\n", "https://host/a", "/.well-known/x", "/" + "a" * 200]
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        base_path(text)


def test_a_path_whose_beginning_means_something_is_refused() -> None:
    with pytest.raises(ValueError, match="begins like an address of the app itself"):
        base_path("/live/x", lambda first: first == "live")


def test_proxies_are_addresses_and_networks() -> None:
    assert proxies(("127.0.0.1, 10.0.0.0/8", "::1", "127.0.0.1")) == ("127.0.0.1", "10.0.0.0/8", "::1")
    assert proxies(()) == proxies(("",)) == ()


@pytest.mark.parametrize("text", ["*", "proxy.example", "10.0.0.1/8", "127.0.0.1:80", "127.0.0.1 10.0.0.1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no address"):
        proxies((text,))


@pytest.mark.slow
@pytest.mark.parametrize("end", ["", "/"], ids=["the path stays", "the path is taken off"])
def test_serve_is_complete_behind_nginx(end: str) -> None:
    front, behind = free_port(), free_port()
    url, app = f"http://127.0.0.1:{front}/class", f"http://127.0.0.1:{behind}"
    server = SERVER.format(front=front, app=app, end=end)
    with served("--port", str(behind), "--url", url, "--profile", "oauth-basic") as said, nginx(server, front):
        assert said == url
        answer = calls(url, signed_in(url))
        assert (answer.status_code, answer.json()["owner"]) == (200, "alice")
        assert "Authorization server" in requests.get(f"{url}/", timeout=60).text
