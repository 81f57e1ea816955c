"""One request to the live worlds at their ASGI interface."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sandbox.serve.live import Worlds
from tests.support.asgi import Answer, finish

ORIGIN = "http://127.0.0.1:8501"


def ask(worlds: Worlds, target: str, form: dict[Any, Any] | None = None, method: str = "", raw: bytes = b"", **headers: str) -> Answer:
    """One request, as the server would pass it on."""
    path, _, query = target.removeprefix(ORIGIN).partition("?")
    body = urlencode(form).encode() if form is not None else raw
    if form is not None:
        headers.setdefault("content_type", "application/x-www-form-urlencoded")
    fields = [(b"host", b"127.0.0.1:8501"), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())]
    scope = {
        "type": "http",
        "method": method or ("GET" if form is None else "POST"),
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": fields,
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    finish(worlds(scope, receive, send))
    return Answer(sent)
