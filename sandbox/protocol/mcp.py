"""Messages between an AI tool's client and a server with tools: the Model Context Protocol over HTTP.

Pure: a request in, an answer out; whose token it was is decided elsewhere.  Supported of the specification's revision 2026-07-28
(Streamable HTTP): one POST for each message, answered with one JSON object; the protocol version in a header and in `_meta`, the method
and the tool in headers that must say the same as the body; `server/discover`, `tools/list`, `tools/call`.  Of the revisions with a
handshake, 2025-06-18 and 2025-11-25: `initialize`, notifications, `ping`, `tools/list`, `tools/call`.
Not supported, and refused or left unsaid: event streams (GET is a 405), sessions, batches, `subscriptions/listen`, resources, prompts,
completion, logging, tasks, input requests, and everything before 2025-06-18.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.strict_json import NotJson, read
from sandbox.core.wire import JSON, Request, Response, compact, json_response

MODERN = "2026-07-28"
WITH_HANDSHAKE = ("2025-11-25", "2025-06-18")
VERSIONS = (MODERN, *WITH_HANDSHAKE)
VERSION, METHOD, NAME = "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"
HEADERS = (VERSION, METHOD, NAME)
META = "io.modelcontextprotocol/"  # the prefix of the members of `_meta` that belong to the protocol

NOT_JSON, INVALID, NO_METHOD, UNFIT, INTERNAL = -32700, -32600, -32601, -32602, -32603  # codes of JSON-RPC 2.0
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022
LONGEST_NAME = 200  # characters of a method, a tool, an id
LARGEST_NUMBER = 2**53 - 1  # what every reader of JSON can hold (RFC 8259 §6)
FRESH = 60_000  # milliseconds for which a client may keep the list of tools
ENCODED = "=?base64?", "?="

Id = str | int


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool as its server describes it.  `scope`: what a token must allow; `numbers`: its arguments, all of them whole numbers from
    1 up and all needed, each with what it means; `changes`: whether it changes anything."""

    name: str
    about: str
    scope: str
    numbers: Mapping[str, str] = field(default_factory=dict)
    changes: bool = False

    def described(self) -> dict[str, Any]:
        """The tool in `tools/list`."""
        properties = {n: {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER, "description": d} for n, d in self.numbers.items()}
        schema = {"type": "object", "properties": properties, "required": list(self.numbers), "additionalProperties": False}
        hints = {"readOnlyHint": not self.changes, "destructiveHint": self.changes, "openWorldHint": False}
        return {"name": self.name, "description": self.about, "inputSchema": schema, "annotations": hints}

    def fault(self, arguments: Mapping[str, Any]) -> str:
        """What is wrong with these arguments; '' if nothing is."""
        for name, value in arguments.items():
            if name not in self.numbers:
                return f"{self.name} knows no such argument; it takes {', '.join(self.numbers) or 'none'}."
            if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST_NUMBER:
                return f"{name} must be a whole number from 1 to {LARGEST_NUMBER}."
        missing = [name for name in self.numbers if name not in arguments]
        return f"{', '.join(missing)} is missing." if missing else ""


@dataclass(frozen=True, slots=True)
class Face:
    """What a server says of itself."""

    name: str
    title: str
    instructions: str
    tools: tuple[Tool, ...]

    def tool(self, name: object) -> Tool | None:
        return next((tool for tool in self.tools if tool.name == name), None)

    @property
    def info(self) -> dict[str, str]:
        return {"name": self.name, "title": self.title, "version": "1.0.0"}


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a client.  `id`: None for a notification; `version`: the one it is written in, '' where it need not say so."""

    method: str
    params: Mapping[str, Any]
    id: Id | None
    version: str


class Fault(Exception):
    """The message is refused: `answer` is what goes back, without the id if that could not be read."""

    def __init__(self, status: int, code: int, text: str, number: Id | None = None, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(text)
        error = {"code": code, "message": text} | ({"data": dict(data)} if data else {})
        self.answer = json_response(status, {"jsonrpc": "2.0"} | ({"id": number} if number is not None else {}) | {"error": error})


Use = Callable[[Tool, Mapping[str, Any]], tuple[Any, bool]]  # what came of it, and whether it worked


# ---- what comes in


def read_message(request: Request) -> Message:
    """The one message of a POST.  Raises Fault."""
    media = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if media != JSON:
        raise Fault(415, INVALID, f"A message is sent as {JSON}.")
    if not _takes_json(request.header("accept")):
        raise Fault(406, INVALID, f"The answer is {JSON}; Accept must allow it.")
    try:
        body = read(request.body)
    except NotJson as fault:
        raise Fault(400, NOT_JSON, f"The body {fault}.") from None
    if not isinstance(body, dict):
        raise Fault(400, INVALID, "A message is one JSON object; there are no batches.")
    number, method, params = body.get("id"), body.get("method"), body.get("params", {})
    if "id" in body and not _is_id(number):
        raise Fault(400, INVALID, f"An id is a whole number or a text of at most {LONGEST_NAME} characters.")
    if body.get("jsonrpc") != "2.0" or not isinstance(method, str) or not 0 < len(method) <= LONGEST_NAME:
        raise Fault(400, INVALID, 'A message has "jsonrpc": "2.0" and a method.', number)
    if not isinstance(params, dict):
        raise Fault(400, INVALID, "params must be a JSON object.", number)
    if method.startswith("notifications/") != (number is None):
        raise Fault(400, INVALID, "A request has an id, a notification has none.", number)
    return Message(method, params, number, _version(request, method, params, number))


def tool_named(request: Request) -> str:
    """The tool that a message calls; '' if it calls none, or is no message at all."""
    try:
        message = read_message(request)
    except Fault:
        return ""
    name = message.params.get("name")
    return name if message.method == "tools/call" and isinstance(name, str) else ""


def _takes_json(accept: str | None) -> bool:
    """Whether a client takes JSON: without the header anything."""
    ranges = [part.partition(";")[0].strip().lower() for part in (accept or "*/*").split(",")]
    return bool({JSON, "application/*", "*/*"} & set(ranges))


def _is_id(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_NAME
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER


def _version(request: Request, method: str, params: Mapping[str, Any], number: Id | None) -> str:
    """The version in which this message is written.  Raises Fault."""
    told, meta = request.header(VERSION), params.get("_meta")
    within = meta.get(f"{META}protocolVersion") if isinstance(meta, dict) else None
    if told is None and (method == "initialize" or number is None) and within is None:
        return ""  # the handshake agrees on one; no header is defined for notifications
    if told is None:
        raise Fault(400, HEADER_MISMATCH, f"There is no {VERSION} header.", number)
    if told not in VERSIONS:
        raise Fault(400, UNSUPPORTED_VERSION, "Unsupported protocol version", number, {"supported": list(VERSIONS), "requested": told})
    if told == MODERN and number is not None:
        _check_modern(request, method, params, meta, number)
    elif within is not None and within != told:
        raise Fault(400, HEADER_MISMATCH, f"{VERSION} and _meta name different versions.", number)
    return told


def _check_modern(request: Request, method: str, params: Mapping[str, Any], meta: object, number: Id) -> None:
    """What each request of that revision has to say, in the body and again in headers.  Raises Fault."""
    said = meta if isinstance(meta, dict) else {}
    if not isinstance(said.get(f"{META}protocolVersion"), str) or not isinstance(said.get(f"{META}clientCapabilities"), dict):
        raise Fault(400, UNFIT, f"params._meta needs {META}protocolVersion and {META}clientCapabilities.", number)
    expected = {VERSION: said[f"{META}protocolVersion"], METHOD: method}
    if method == "tools/call":
        expected[NAME] = params.get("name")
    for header, value in expected.items():
        found = request.header(header)
        if (_decoded(found) if header == NAME else found) != value:
            raise Fault(400, HEADER_MISMATCH, f"The header {header} does not say what the body says.", number)


def _decoded(value: str | None) -> str | None:
    """The value of a header that may be in base64 because it could not be written as it is; None if it is neither."""
    if value is None or not (value.startswith(ENCODED[0]) and value.endswith(ENCODED[1])):
        return value
    try:
        return base64.b64decode(value[len(ENCODED[0]) : -len(ENCODED[1])], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


# ---- what goes out


def respond(message: Message, face: Face, use: Use) -> Response:
    """The answer to this message; `use` does what a tool is there for."""
    if message.id is None:
        return Response(202)
    try:
        result = _result(message, face, use)
    except Fault as fault:
        return fault.answer
    if message.version == MODERN:
        result = {"resultType": "complete", **result, "_meta": {f"{META}serverInfo": face.info}}
    return json_response(200, {"jsonrpc": "2.0", "id": message.id, "result": result})


def _result(message: Message, face: Face, use: Use) -> dict[str, Any]:
    modern, method, params = message.version == MODERN, message.method, message.params
    capabilities: dict[str, Any] = {"tools": {}}
    if method == "initialize" and not modern:
        wanted = params.get("protocolVersion")
        agreed = wanted if wanted in WITH_HANDSHAKE else WITH_HANDSHAKE[0]
        return {"protocolVersion": agreed, "capabilities": capabilities, "serverInfo": face.info, "instructions": face.instructions}
    if method == "server/discover" and modern:
        told = {"supportedVersions": list(VERSIONS), "capabilities": capabilities, "instructions": face.instructions}
        return told | _cacheable()
    if method == "ping" and not modern:
        return {}
    if method == "tools/list":
        if "cursor" in params:
            raise Fault(200, UNFIT, "There is one page of tools, and no cursor was given out.", message.id)
        return {"tools": [tool.described() for tool in face.tools]} | (_cacheable() if modern else {})
    if method == "tools/call":
        return _called(message, face, use)
    raise Fault(404 if modern else 200, NO_METHOD, "Method not found", message.id)


def _cacheable() -> dict[str, Any]:
    return {"ttlMs": FRESH, "cacheScope": "public"}  # the same for everybody who may ask


def _called(message: Message, face: Face, use: Use) -> dict[str, Any]:
    """What a tool gave.  Wrong arguments are a result, too, which the model can read and do better next time."""
    tool, arguments = face.tool(message.params.get("name")), message.params.get("arguments", {})
    if tool is None:
        raise Fault(200, UNFIT, "Unknown tool", message.id)
    if not isinstance(arguments, dict):
        raise Fault(200, UNFIT, "arguments must be a JSON object.", message.id)
    fault = tool.fault(arguments)
    if fault:
        return {"content": [{"type": "text", "text": fault}], "isError": True}
    value, worked = use(tool, arguments)
    return {"content": [{"type": "text", "text": compact(value)}], "structuredContent": value, "isError": not worked}
