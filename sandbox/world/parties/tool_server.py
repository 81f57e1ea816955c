"""The tool server: ConnectSphere's API for AI tools, which speaks the Model Context Protocol (`protocol/mcp.py`) at one address.

It takes access tokens as every API does, by the same checks in the same order, and hands none of them on.  Of the authorization
specification of that protocol (revision 2026-07-28) it has the metadata of RFC 9728 at the path-suffixed address, named in each refusal
together with the scope that is needed (RFC 6750 §3), so that a client can ask for more where a tool needs more.  The authorization server
has discovery (RFC 8414), registration (RFC 7591) and audiences (RFC 8707).  Where something may leave, with `serve` and in Live, it takes
client id metadata documents, too, which that specification prefers to registration (`authorization_server/client_documents.py`), and its
metadata say so there only.
Bearer tokens are refused where `rs.dpop` demands proofs (RFC 9449), as at the other APIs; that protocol's own text knows only Bearer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.core.wire import Request, Response, origin, split
from sandbox.protocol import mcp
from sandbox.protocol.checks import Checklist
from sandbox.world.network import Network
from sandbox.world.parties import cors, resource_metadata
from sandbox.world.parties.records import Records, Route
from sandbox.world.parties.resource_server import Decision, ResourceConfig, ResourceServer

OPERATIONS: dict[str, Route] = {  # what each tool does with the records
    "list_notes": Route("GET", r"/notes", "read", "list"),
    "read_note": Route("GET", r"/notes/(?P<id>\d+)", "read", "one"),
    "delete_note": Route("DELETE", r"/notes/(?P<id>\d+)", "write", "delete"),
}
NUMBER = {"id": "the number of the note"}
FACE = mcp.Face(
    name="connectsphere-notes",
    title="ConnectSphere notes",
    instructions="Notes of the person who has signed in. A note is named by its number: alice:note-1 is note 1 of Alice.",
    tools=(
        mcp.Tool("list_notes", "Lists the notes of the person who has signed in.", "read"),
        mcp.Tool("read_note", "Reads one note.", "read", NUMBER),
        mcp.Tool("delete_note", "Deletes one note for good.", "write", NUMBER, changes=True),
    ),
)
ON_THIS_MACHINE = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?\Z", re.ASCII)


class ToolServer(ResourceServer):
    """The API and its tools."""

    def __init__(self, name: str, net: Network, config: ResourceConfig, records: Records) -> None:
        super().__init__(name, net, config, records)
        self.metadata_path = f"{resource_metadata.PATH}{split(config.url).path}"

    def handle(self, request: Request) -> Response:
        """A message, a question for the metadata, or a browser's for permission."""
        if cors.is_preflight(request) and not self.welcomes(request.header("origin")):
            return self._unwelcome(request)
        return super().handle(request)

    def welcomes(self, page: str | None) -> bool:
        """Whether pages of this origin may ask: those of this server, and those on the asker's own machine.

        A page of anybody else's could reach a server on that machine by a trick with names, DNS rebinding, and must not."""
        return page is None or page == origin(self.url) or bool(ON_THIS_MACHINE.match(page))

    def _unwelcome(self, request: Request) -> Response:
        found = request.header("origin") or ""
        Checklist(self.net.trace, self.name).test("page_origin", False, f"{origin(self.url)}, or this machine", found)
        return mcp.Fault(403, mcp.INVALID, "Pages of this origin may not ask.").answer

    def _call(self, request: Request) -> Response:
        return super()._call(request) if self.welcomes(request.header("origin")) else self._unwelcome(request)

    def scopes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(tool.scope for tool in FACE.tools))

    def operation(self, request: Request) -> Route | None:
        """The one operation, with the scope of the tool that is called."""
        route, tool = super().operation(request), FACE.tool(mcp.tool_named(request))
        return replace(route, scope=tool.scope) if route and tool else route

    def act(self, route: Route, request: Request, user: str) -> Response:
        """The answer to a message of somebody whose token is good."""
        try:
            return mcp.respond(mcp.read_message(request), FACE, lambda tool, arguments: self._use(tool, arguments, user))
        except mcp.Fault as fault:
            return fault.answer

    def _use(self, tool: mcp.Tool, arguments: Mapping[str, Any], user: str) -> tuple[Any, bool]:
        route, number = OPERATIONS[tool.name], arguments.get("id")
        path = "/notes" if number is None else f"/notes/{number}"
        answer = self.records.act(route, Request(route.method, f"{origin(self.url)}{path}"), user)
        return answer.json, answer.ok

    def _refuse(self, status: int, error: str | None, decision: Decision, **more: str) -> Response:
        """With the scopes that are needed, without a good token for all tools at once: who registers itself names its scopes only then.

        With a token for too little, with the way to the metadata, too."""
        if status == 401:
            more = {"scope": " ".join(self.scopes())} | more
        if self.announces and status == 403:
            more["resource_metadata"] = resource_metadata.address(self.url)
        return super()._refuse(status, error, decision, **more)
