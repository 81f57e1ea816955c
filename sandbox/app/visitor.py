"""How the app knows a browser again: by a random cookie that only the app's own connection brings.

Its path is Streamlit's own, so that it never travels to a live world, whose diagram anybody with the link can read; no script can
read it.  It says nothing but "the same browser as before", and only the page Live asks.
"""

from __future__ import annotations

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.core.entropy import SystemEntropy
from sandbox.serve.opener import Opener

COOKIE, PATH = "live_browser", "/_stcore"
FIRST = f"{PATH}/health"  # what the page asks before it opens its connection
LENGTHS = range(24, 65)  # of the text that such a cookie has


class Recognised:
    """Gives a browser that has none its cookie; it lasts as long as the browser's session."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app, self.entropy, self.base = app, SystemEntropy(), base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = scope["type"] != "http" or scope["path"] != self.base + FIRST or COOKIE in Request(scope).cookies
        secure = "; Secure" if scope.get("scheme") == "https" else ""

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                cookie = f"{COOKIE}={self.entropy.token('browser', 24)}; Path={self.base}{PATH}; HttpOnly; SameSite=Lax{secure}"
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, send if known else send_with_cookie)


def opener() -> Opener:
    """Who is at this page: as far as the cookie and the address of the connection say."""
    cookie = st.context.cookies.get(COOKIE, "")
    return Opener.of(cookie if len(cookie) in LENGTHS else "", st.context.ip_address or "")
