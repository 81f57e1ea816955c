"""The script of a page: its tokens are in the browser, and so is what comes in the address."""

from __future__ import annotations

from sandbox.protocol.trace import Sent
from tests.support.worlds import sign_in, world


def test_a_page_keeps_its_tokens_in_the_browser_and_a_web_app_does_not():
    w = world()
    sign_in(w, "app")
    sign_in(w, "budget")
    assert list(w.clients["app"].sessions) == ["laptop"]
    assert "laptop" not in w.clients["budget"].sessions


def test_the_implicit_grant_puts_the_token_into_the_history():
    w = world("oauth-basic")
    sign_in(w, "app")
    assert "&access_token=ey" in w.browsers["laptop"].history[-1]
    assert [e.request.path for e in w.net.trace.events if isinstance(e, Sent) and e.receiver == "auth"] == [
        "/authorize",
        "/login",
        "/consent",
    ]
