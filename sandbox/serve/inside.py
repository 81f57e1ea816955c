"""Asking a served world from inside the process, by the same door as everybody: ASGI requests in the server's own event loop."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import unquote

from sandbox.core.wire import Request, Response, split
from sandbox.serve.asgi import Message, Receive, Send

PATIENCE = 30.0  # seconds for one answer

T = TypeVar("T")
App = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]


def done(work: Coroutine[Any, Any, T], loop: AbstractEventLoop | None) -> T:
    """What this work comes to in the server's event loop; not to be called in its own thread.  Raises TimeoutError."""
    if loop is not None:
        return asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE)
    with ThreadPoolExecutor(1) as alone:  # this thread may have a loop that runs
        return alone.submit(asyncio.run, work).result(PATIENCE)


class Door:
    """The door of an ASGI application; on a simulated network it is one more party.

    `loop`: where the application is served.  Without it there is no server, and whoever asks is the only one who does.
    """

    def __init__(self, app: App, loop: AbstractEventLoop | None, name: str = "door") -> None:
        self.app, self.loop, self.name = app, loop, name

    def handle(self, request: Request) -> Response:
        """The answer.  Raises TimeoutError."""
        return done(self._exchange(request), self.loop)

    def state(self) -> dict[str, str]:
        return {}

    async def _exchange(self, request: Request) -> Response:
        u, body, sent = split(request.url), request.body.encode(), list[Message]()
        fields = (("Host", u.netloc), *request.headers, *([("Content-Length", str(len(body)))] if body else []))
        scope = {
            "type": "http",
            "method": request.method,
            "scheme": u.scheme,
            "path": unquote(u.path),
            "raw_path": u.path.encode(),
            "query_string": u.query.encode(),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields],
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        headers = tuple((k.decode("latin-1").title(), v.decode("latin-1")) for k, v in sent[0]["headers"])
        return Response(sent[0]["status"], headers, b"".join(m.get("body", b"") for m in sent[1:]).decode("utf-8", "replace"))
