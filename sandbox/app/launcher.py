"""How the app is started: its configuration, its security headers, and the server.

`streamlit run app.py` does not read CONFIG but `.streamlit/config.toml`, which says the same; a test compares the two.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from asyncio import Transport
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.app.live_worlds import WORLDS
from sandbox.app.visitor import Recognised
from sandbox.serve.worlds import MOUNTS
from sandbox.world.outgoing import Host

SCRIPT = Path(__file__).parent / "entry" / "script.py"

CONFIG: dict[str, Any] = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 1,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "runner.postScriptGC": False,  # a full collection after every rerun: 72 % of the time of a busy server
    "theme.baseRadius": "8px",
    "theme.light.primaryColor": "#1d4ed8",
    "theme.light.backgroundColor": "#ffffff",
    "theme.light.secondaryBackgroundColor": "#f5f7fa",
    "theme.light.textColor": "#1f2937",
    "theme.light.borderColor": "#dfe4ec",
    "theme.dark.primaryColor": "#3b82f6",
    "theme.dark.backgroundColor": "#0e1117",
    "theme.dark.secondaryBackgroundColor": "#131924",
    "theme.dark.textColor": "#e6e9ef",
    "theme.dark.borderColor": "#2a3342",
}

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'self'",
}


class BusyPort(OSError):
    """Somebody else listens there."""


class SafeHeaders:
    """Streamlit sends no security headers of its own: no foreign frame, no guessed types, no addresses to other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)  # a live world's own pages have a stricter policy
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class NoDelay:
    """Turns Nagle's algorithm off for websockets: with it, one answer in four waits 40 ms for an acknowledgement.

    An ASGI server need not say which connection it is; uvicorn's `receive` belongs to the one that has it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        connection = transport.get_extra_info("socket") if isinstance(transport, Transport) else None
        if scope["type"] == "websocket" and connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self.app(scope, receive, send)


MIDDLEWARE = [Middleware(NoDelay), Middleware(SafeHeaders), Middleware(Recognised)]


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """While the app is served: the live worlds know where."""
    WORLDS.loop = asyncio.get_running_loop()
    yield
    WORLDS.loop = None


def routes() -> list[BaseRoute]:
    """The routes beside the app: the learners' live worlds."""
    WORLDS.mounted = True
    return [Mount(path, cast(ASGIApp, WORLDS)) for path in MOUNTS]


def serve(host: str, port: int, outgoing: tuple[Host, ...] = ()) -> None:
    """Serve the app until it is stopped; `outgoing`: where live worlds may use an authorization server elsewhere.  Raises BusyPort."""
    WORLDS.outgoing = outgoing
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BusyPort(f"{host}:{port}: {error.strerror}") from error
    sys.argv = [str(SCRIPT)]  # App.run reads it
    options = {"server.port": port, "server.address": host}
    if host in ("0.0.0.0", "::"):
        options["logger.hideWelcomeMessage"] = True  # for it, Streamlit would ask a server outside which address this machine has
        print(f"The app listens on port {port}, at every address of this machine.", flush=True)
    st.App(SCRIPT, middleware=MIDDLEWARE, routes=routes(), lifespan=lifespan).run(config=CONFIG | options)
