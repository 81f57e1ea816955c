"""One request at the ASGI interface of the served parties, as a server would pass it on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.serve import Edge
from sandbox.serve.worlds import Worlds


def finish(coroutine: Any) -> None:
    """Run what never really waits; without an event loop, because Playwright keeps one in this thread once a browser was used."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


class Answer:
    """What came back over ASGI."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self.status = messages[0]["status"]
        self.headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in messages[0]["headers"]]
        self.body = messages[1]["body"]

    def header(self, name: str) -> str | None:
        return next((v for k, v in self.headers if k == name), None)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    served: Edge | Worlds,
    method: str,
    target: str,
    body: bytes = b"",
    *headers: tuple[str, str] | tuple[bytes, bytes],
    host: str = "127.0.0.1:9000",
) -> Answer:
    """One request, as a server would pass it on."""
    path, _, query = target.partition("?")
    fields = [
        (b"host", host.encode()),
        *((k, v) if isinstance(k, bytes) else (k.lower().encode(), v.encode("latin-1")) for k, v in headers),
    ]  # type: ignore[union-attr]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": fields,
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    finish(served(scope, receive, send))
    return Answer(sent)
