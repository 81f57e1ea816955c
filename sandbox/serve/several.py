"""Several worlds at once at one address, each below its own name, and a page at the address itself that says which."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.core.wire import Response, json_response, split
from sandbox.serve.asgi import Edge, Receive, Send
from sandbox.serve.pages import front
from sandbox.serve.setup import Served

WELL_KNOWN = r"(?:/\.well-known/(?:oauth-authorization-server|openid-configuration|oauth-protected-resource))?"


class Lobby(Served):
    """What is at the address of all of them: no party, and a page that leads to each world."""

    worlds: tuple[Served, ...] = ()

    @classmethod
    def of(cls, worlds: tuple[Served, ...], base: str) -> Lobby:
        lobby = cls(worlds[0].world, base, worlds[0].trace)
        lobby.worlds = worlds
        return lobby

    def front(self, path: str) -> Response:
        """The page at the base; anything else is nowhere."""
        places = [(world.base.removeprefix(f"{self.base}/"), f"{world.base}/") for world in self.worlds]
        if path in ("", "/"):
            return front(places)
        return json_response(404, {"error": "not_found", "error_description": f"Issuers are at {', '.join(at for _, at in places)}."})


class Several:
    """The ASGI application in front of the doors of these worlds."""

    def __init__(self, worlds: tuple[Served, ...], base: str, hosts: Iterable[str] = (), log: Callable[[str], None] | None = None) -> None:
        known = tuple(hosts)
        self.doors = {world.base.removeprefix(f"{base}/"): Edge(world, known, log) for world in worlds}
        self.lobby = Edge(Lobby.of(worlds, base), known)
        self.path = re.compile(rf"{WELL_KNOWN}{re.escape(split(base).path)}/([a-z0-9-]+)(?=/|\Z)")

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        named = self.path.match(scope.get("path", ""))
        await self.doors.get(named[1] if named else "", self.lobby)(scope, receive, send)
