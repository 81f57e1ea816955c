"""One request to the live worlds at their ASGI interface."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sandbox.protocol.settings import Settings
from sandbox.serve.live import Live
from sandbox.serve.live_document import document
from sandbox.serve.setup import OPEN
from sandbox.serve.worlds import Worlds
from tests.support import asgi
from tests.support.asgi import Answer

ORIGIN = "http://127.0.0.1:8501"
BCP = Settings.of("oauth-bcp", OPEN)


def ask(worlds: Worlds, target: str, form: dict[Any, Any] | None = None, method: str = "", raw: bytes = b"", **headers: str) -> Answer:
    """One request, as the server would pass it on."""
    body = urlencode(form).encode() if form is not None else raw
    if form is not None:
        headers.setdefault("content_type", "application/x-www-form-urlencoded")
    fields = ((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
    method = method or ("GET" if form is None else "POST")
    return asgi.ask(worlds, method, target.removeprefix(ORIGIN), body, *fields, host=ORIGIN.removeprefix("http://"))


def titles(live: Live) -> list[str]:
    """The moments that the stepper shows of a world."""
    doc = document(live)
    return [m["title"] for m in doc["panes"][0]["moments"]] if doc else []


def says(live: Live) -> list[str]:
    """The sentences that the stepper has for the requests of a world."""
    doc = document(live)
    return [step["say"] for step in doc["panes"][0]["steps"].values()] if doc else []
