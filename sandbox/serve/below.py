"""Below a path: a proxy in front may take the path off or leave it; what is served gets the whole path either way.

What a proxy says in `X-Forwarded-*` is read by uvicorn's own ProxyHeadersMiddleware, for the proxies that `proxies` names.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core.text import quoted
from sandbox.serve.asgi import Receive, Send
from sandbox.serve.inside import App

WELL_KNOWN = "/.well-known/"  # at the root of a host, whatever is below a path there
LONGEST = 100  # characters
PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")

Taken = Callable[[str], bool]


def base_path(text: str, taken: Taken = lambda _: False) -> str:
    """The path as `/one/two`, or '' for none.  Raises ValueError with what is wrong; `taken`: what its first part cannot be."""
    path = "/" + text.strip("/") if text.strip("/") else ""
    if path and (not PATH.fullmatch(path) or len(path) > LONGEST):
        raise ValueError(f"{quoted(text)} is no path: write it as /sandbox, of letters, digits, and . _ ~ - inside")
    if path and taken(path.split("/")[1]):
        raise ValueError(f"{quoted(text)} begins like an address of the app itself: choose another path")
    return path


def proxies(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses and networks, each of them one that uvicorn understands.  Raises ValueError."""
    found = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    for part in found:
        try:
            ipaddress.ip_network(part)
        except ValueError:
            raise ValueError(f"{quoted(part)} is no address: write 192.0.2.7, or a network such as 192.0.2.0/24") from None
    return tuple(dict.fromkeys(found))


class Below:
    """Puts the path back in front where a proxy has taken it off."""

    def __init__(self, app: App, base: str) -> None:
        self.app, self.base = app, base

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and self.base and not self._whole(scope["path"]):
            raw = scope.get("raw_path")
            scope = {**scope, "path": self.base + scope["path"]} | ({"raw_path": self.base.encode() + raw} if raw else {})
        await self.app(scope, receive, send)

    def _whole(self, path: str) -> bool:
        return path == self.base or path.startswith((f"{self.base}/", WELL_KNOWN))
