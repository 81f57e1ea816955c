"""Messages of the Model Context Protocol: what is answered, and what is refused, with the status and code of the specification."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from sandbox.core.wire import Request, Response
from sandbox.protocol import mcp

TOOL = mcp.Tool("read_note", "Reads one note.", "read", {"id": "the number"})
FACE = mcp.Face("notes", "Notes", "Say please.", (mcp.Tool("list_notes", "Lists.", "read"), TOOL))
META = {"io.modelcontextprotocol/protocolVersion": mcp.MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
JSON = ("Content-Type", "application/json")
AGREED = ("MCP-Protocol-Version", "2025-11-25")


def post(body: Any, *headers: tuple[str, str]) -> Request:
    return Request("POST", "https://tools.example/mcp", (JSON, *headers), body if isinstance(body, str) else json.dumps(body))


def asked(method: str, params: dict[str, Any] | None = None, number: Any = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method} | ({} if params is None else {"params": params})


def modern(method: str, *headers: tuple[str, str], meta: Any = META, version: str = mcp.MODERN, **params: Any) -> Request:
    name = (("Mcp-Name", params["name"]),) if "name" in params and not any(h[0] == "Mcp-Name" for h in headers) else ()
    named = () if any(h[0] == "Mcp-Method" for h in headers) else (("Mcp-Method", method),)
    return post(asked(method, params | {"_meta": meta}), ("MCP-Protocol-Version", version), *named, *name, *headers)


def answered(request: Request) -> Response:
    try:
        return mcp.respond(mcp.read_message(request), FACE, lambda tool, arguments: ({"did": tool.name} | dict(arguments), True))
    except mcp.Fault as fault:
        return fault.answer


def refusal(request: Request) -> tuple[int, int]:
    answer = answered(request)
    return answer.status, answer.json["error"]["code"]


# ---- with a handshake


@pytest.mark.parametrize(
    ("wanted", "agreed"),
    [("2025-11-25", "2025-11-25"), ("2025-06-18", "2025-06-18"), ("2024-11-05", "2025-11-25"), (None, "2025-11-25"), ([], "2025-11-25")],
)
def test_the_handshake_agrees_on_a_version_that_is_known_here(wanted: Any, agreed: str) -> None:
    result = answered(post(asked("initialize", {"protocolVersion": wanted}))).json["result"]
    assert (result["protocolVersion"], result["capabilities"], result["serverInfo"]["name"]) == (agreed, {"tools": {}}, "notes")


def test_what_is_no_question_gets_no_answer() -> None:
    answer = answered(post({"jsonrpc": "2.0", "method": "notifications/initialized"}, AGREED))
    assert (answer.status, answer.body) == (202, "")


def test_ping_and_the_list_of_tools_are_answered_under_the_same_id() -> None:
    assert answered(post(asked("ping", number="a"), AGREED)).json == {"jsonrpc": "2.0", "id": "a", "result": {}}
    found = answered(post(asked("tools/list"), AGREED)).json
    assert [tool["name"] for tool in found["result"]["tools"]] == ["list_notes", "read_note"]
    assert found["result"]["tools"][1]["inputSchema"]["required"] == ["id"]
    assert "resultType" not in found["result"], "that is of a later revision"


def test_a_tool_gives_its_result_as_text_and_as_it_is() -> None:
    result = answered(post(asked("tools/call", {"name": "read_note", "arguments": {"id": 7}}), AGREED)).json["result"]
    assert result["structuredContent"] == {"did": "read_note", "id": 7} == json.loads(result["content"][0]["text"])
    assert result["isError"] is False


@pytest.mark.parametrize("arguments", [{}, {"id": "7"}, {"id": True}, {"id": 0}, {"id": 1.0}, {"id": 2**53}, {"id": 7, "user": "mallory"}])
def test_wrong_arguments_are_a_result_that_says_what_is_wrong(arguments: dict[str, Any]) -> None:
    result = answered(post(asked("tools/call", {"name": "read_note", "arguments": arguments}), AGREED)).json["result"]
    assert (result["isError"], "did" in str(result)) == (True, False)


# ---- without one


def test_a_client_that_sends_its_version_with_each_request_needs_no_handshake() -> None:
    told = answered(modern("server/discover")).json["result"]
    assert (told["supportedVersions"], told["resultType"]) == (list(mcp.VERSIONS), "complete")
    assert told["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "notes"
    assert answered(modern("tools/list")).json["result"]["cacheScope"] == "public"
    assert answered(modern("tools/call", name="list_notes")).json["result"]["structuredContent"] == {"did": "list_notes"}


def test_a_name_in_base64_means_the_same() -> None:
    encoded = f"=?base64?{base64.b64encode(b'list_notes').decode()}?="
    assert answered(modern("tools/call", ("Mcp-Name", encoded), name="list_notes")).status == 200
    assert refusal(modern("tools/call", ("Mcp-Name", "=?base64?!?="), name="list_notes")) == (400, -32020)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (modern("tools/list", ("Mcp-Method", "tools/call")), -32020),
        (modern("tools/call", ("Mcp-Name", "list_notes"), name="read_note"), -32020),
        (modern("tools/list", meta=META | {"io.modelcontextprotocol/protocolVersion": "2025-11-25"}), -32020),
        (modern("tools/list", version="2025-11-25"), -32020),
        (post(asked("tools/list", {"_meta": META})), -32020),
        (post(asked("tools/list")), -32020),
        (modern("tools/list", meta={}), -32602),
        (modern("tools/list", meta="x"), -32602),
        (modern("tools/list", version="1900-01-01"), -32022),
        (modern("tools/list", version="2025-03-26"), -32022),
    ],
)
def test_headers_and_body_must_say_the_same_and_the_version_be_known(request_: Request, code: int) -> None:
    assert refusal(request_) == (400, code)


def test_who_speaks_another_version_is_told_which_are_spoken() -> None:
    error = answered(modern("tools/list", version="1900-01-01")).json["error"]
    assert error["data"] == {"supported": list(mcp.VERSIONS), "requested": "1900-01-01"}


# ---- what is no message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", -32700),
        ("{", -32700),
        ('{"jsonrpc": "2.0", "id": 1, "id": 2, "method": "ping"}', -32700),
        ('{"jsonrpc": "2.0", "id": NaN, "method": "ping"}', -32700),
        ("[" * 100 + "]" * 100, -32700),
        ([asked("ping")], -32600),
        ("null", -32600),
        (asked("ping") | {"jsonrpc": "1.0"}, -32600),
        (asked("ping") | {"method": 7}, -32600),
        (asked("x" * 201), -32600),
        (asked("ping") | {"params": []}, -32600),
        (asked("ping", number=None), -32600),
        (asked("ping", number=1.5), -32600),
        (asked("ping", number=True), -32600),
        (asked("ping", number="x" * 201), -32600),
        (asked("ping", number=2**53), -32600),
        (asked("notifications/initialized"), -32600),
        ({"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "list_notes"}}, -32600),
        ({"jsonrpc": "2.0", "id": 1, "result": {}}, -32600),
    ],
)
def test_whatever_is_no_single_message_is_refused(body: Any, code: int) -> None:
    assert refusal(post(body, AGREED)) == (400, code)


def test_the_id_comes_back_only_where_it_could_be_read() -> None:
    assert answered(post(asked("ping", number=9) | {"params": []}, AGREED)).json["id"] == 9
    assert "id" not in answered(post("{", AGREED)).json


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((("Accept", "text/html"),), 406),
        ((("Accept", "application/json, text/event-stream"),), 200),
        ((("Accept", "*/*"),), 200),
        ((("Accept", "application/json;q=0.9"),), 200),
        ((), 200),
    ],
)
def test_the_answer_is_json_and_only_for_who_takes_it(headers: tuple[tuple[str, str], ...], status: int) -> None:
    assert answered(post(asked("ping"), AGREED, *headers)).status == status
    assert answered(Request("POST", "https://tools.example/mcp", (("Content-Type", "text/plain"),), "{}")).status == 415


def test_what_is_not_offered_is_refused_as_the_version_wants_it() -> None:
    assert refusal(post(asked("resources/list"), AGREED)) == (200, -32601)
    assert refusal(modern("resources/list")) == (404, -32601)
    assert refusal(modern("ping")) == (404, -32601), "that revision has none"
    assert refusal(modern("initialize")) == (404, -32601)
    assert refusal(post(asked("server/discover"), AGREED)) == (200, -32601)
    assert refusal(post(asked("tools/call", {"name": "drop_tables"}), AGREED)) == (200, -32602)
    assert refusal(post(asked("tools/call", {"name": "list_notes", "arguments": []}), AGREED)) == (200, -32602)
    assert refusal(post(asked("tools/list", {"cursor": "2"}), AGREED)) == (200, -32602)


def test_the_tool_that_is_called_can_be_known_before_anything_is_done() -> None:
    assert mcp.tool_named(post(asked("tools/call", {"name": "read_note"}), AGREED)) == "read_note"
    for other in (post("{"), post(asked("tools/list"), AGREED), post(asked("tools/call", {"name": 7}), AGREED)):
        assert mcp.tool_named(other) == ""
