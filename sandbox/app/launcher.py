"""How the app is started: its configuration, its security headers, and the server.

`streamlit run app.py` does not read CONFIG but `.streamlit/config.toml`, which says the same; a test compares the two.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio import Transport
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.app import place
from sandbox.app.assets import PLACE, Front
from sandbox.app.first_answer import FirstAnswer
from sandbox.app.live_worlds import WORLDS
from sandbox.app.rooms import ROOMS
from sandbox.app.visitor import Recognised
from sandbox.core.garbage import keep_what_is_there
from sandbox.room.door import Door
from sandbox.serve.below import Below
from sandbox.serve.store import Store
from sandbox.world.outgoing import Host

SCRIPT = Path(__file__).parent / "entry" / "script.py"

CONFIG: dict[str, Any] = {
    # A browser that drops a message between two quick clicks, after it has said that it has it, loses the visit: Back did that under load
    "global.maxCachedMessageAge": 50,
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


class WorldsBeside:
    """The live worlds have addresses of their own beside the app's, and none of what Streamlit does to an answer.

    It would compress them: a token and a text that others choose would share an answer, and its length would tell the token (BREACH).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        theirs = scope["type"] != "lifespan" and WORLDS.are_at(scope["path"])
        await (cast(ASGIApp, WORLDS) if theirs else self.app)(scope, receive, send)


class RoomsBeside:
    """The rooms have addresses beside the app's, too; what is a room's goes past Streamlit."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app, self.door = app, Door(ROOMS, base, WORLDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] != "lifespan" and self.door.is_at(scope["path"])
        await (self.door if ours else self.app)(scope, receive, send)


class StaticFiles:
    """Streamlit's own files and ours are compressed: they are the same for everybody, and no secret.  (It compresses what else it sends,
    but not these; its websocket is not compressed, but simulated runs are, which are nobody's secret either.)"""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app, self.compressed = app, GZipMiddleware(app, minimum_size=1000, compresslevel=6)
        self.below = (f"{base}/static/", f"{base}/{PLACE}/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        static = scope["type"] == "http" and scope["path"].startswith(self.below)
        await (self.compressed if static else self.app)(scope, receive, send)


def middleware(base: str = "") -> list[Middleware]:
    """All that is around Streamlit's own application, from the outside, below this path or the one of Streamlit's setting."""
    try:
        base = base or place.base()
    except ValueError as error:
        raise SystemExit(f"{place.SETTING}: {error}") from None
    WORLDS.below(base)
    below = [Middleware(each, base) for each in (StaticFiles, FirstAnswer, Front, Recognised)]
    return [
        Middleware(NoDelay),
        Middleware(Below, base),
        Middleware(SafeHeaders),
        Middleware(WorldsBeside),
        Middleware(RoomsBeside, base),
        *below,
    ]


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """While the app is served: the live worlds know where, and the pages are loaded, so that no visitor waits for them."""
    import_module("sandbox.app.frame")
    keep_what_is_there()
    WORLDS.loop, WORLDS.mounted, ROOMS.mounted = asyncio.get_running_loop(), True, True
    yield
    WORLDS.loop = None


def _share_rooms(store: Store) -> None:
    """Keep rooms where the live worlds are kept, too."""
    from sandbox.room.redis_log import RedisLog  # an extra
    from sandbox.serve.redis_store import RedisStore

    if isinstance(store, RedisStore):
        ROOMS.use(RedisLog(store))


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the app listens, and how it is reached: `base` is the path below which proxies have it, and those in `trusted` say for whom
    they ask and whether by https (`X-Forwarded-For`, `X-Forwarded-Proto`)."""

    host: str = "127.0.0.1"
    port: int = 8501
    base: str = ""
    trusted: tuple[str, ...] = ()


def serve(where: Place, outgoing: tuple[Host, ...] = (), store: Store | None = None, replica: str = "") -> None:
    """Serve the app until it is stopped.  Raises BusyPort.

    `outgoing`: where live worlds may use an authorization server elsewhere; `store`: where their set-ups are kept; `replica`: what the
    keys of worlds that are opened here begin with.
    """
    host, port = where.host, where.port
    WORLDS.outgoing, WORLDS.replica = outgoing, replica
    if store is not None:
        WORLDS.use(store)
        _share_rooms(store)
    os.environ["FORWARDED_ALLOW_IPS"] = ",".join(where.trusted)  # for uvicorn, which believes all of this machine otherwise
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BusyPort(f"{host}:{port}: {error.strerror}") from error
    sys.argv = [str(SCRIPT)]  # App.run reads it
    options = {"server.port": port, "server.address": host} | ({place.SETTING: where.base} if where.base else {})
    if host in ("0.0.0.0", "::"):
        options["logger.hideWelcomeMessage"] = True  # for it, Streamlit would ask a server outside which address this machine has
        print(f"The app listens on port {port}, at every address of this machine.", flush=True)
    st.App(SCRIPT, middleware=middleware(where.base), lifespan=lifespan).run(config=CONFIG | options)
