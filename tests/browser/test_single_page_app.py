"""A single-page app with oidc-client-ts, unmodified, in a real browser: signed in, and out again, by redirects."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from tests.support.real import PASSWORDS, metadata, npm, served

PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>An app</title>
<script src="/oidc-client-ts.min.js"></script>"""


@pytest.fixture
def app() -> Iterator[str]:
    """A server with one page, at every path, and the library; yields its address."""
    library = (npm() / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js").read_bytes()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script = self.path.endswith(".js")
            body = library if script else PAGE.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if script else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def manager(issuer: str, client: str, app: str) -> str:
    """The script that makes the library's manager."""
    return (
        f"const manager = new oidc.UserManager({{authority: '{issuer}', client_id: '{client}', redirect_uri: '{app}/cb',"
        f" post_logout_redirect_uri: '{app}/bye', scope: 'openid profile', automaticSilentRenew: false}});"
    )


def test_oidc_client_ts_signs_in_and_out_by_redirects(page: Any, app: str) -> None:
    with served() as base:
        about = metadata(base)
        wanted = {"redirect_uris": [f"{app}/cb"], "post_logout_redirect_uris": [f"{app}/bye"], "token_endpoint_auth_method": "none"}
        client = requests.post(about["registration_endpoint"], json=wanted, timeout=60).json()["client_id"]
        made = manager(about["issuer"], client, app)

        page.goto(f"{app}/")
        page.evaluate(f"() => {{ {made} manager.signinRedirect({{state: 'where I was'}}); }}")
        page.get_by_label("username").fill("alice")
        page.get_by_label("password").fill(PASSWORDS["alice"])
        page.locator("button").first.click()
        page.locator("button").first.click()
        page.wait_for_url(f"{app}/cb?**")
        user = page.evaluate(
            f"async () => {{ {made} const user = await manager.signinRedirectCallback(); return [user.profile.sub, user.state]; }}"
        )
        assert user == ["alice", "where I was"]

        page.evaluate(f"() => {{ {made} manager.signoutRedirect({{state: 'bye'}}); }}")
        page.wait_for_url(f"{app}/bye?**")
        gone = page.evaluate(
            f"async () => {{ {made} const done = await manager.signoutRedirectCallback(); return [done.userState, await manager.getUser()]; }}"
        )
        assert gone == ["bye", None]

        page.evaluate(f"() => {{ {made} manager.signinRedirect(); }}")
        page.get_by_label("username").wait_for()
