"""The tool server takes tokens as every API does, and says what it needs; what it speaks is tested in tests/protocol/test_mcp.py."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.core.wire import Request, Response, json_request
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import key_for
from sandbox.world.parties import resource_metadata
from sandbox.world.parties.tool_server import FACE, OPERATIONS
from sandbox.world.world import World
from tests.support.worlds import failures, outcomes, world

TOOLS = "https://tools.connectsphere.example/mcp"
ACCOUNTS = "https://accounts.connectsphere.example"
BEARER = {"rs_dpop": "off"}
AGREED = ("MCP-Protocol-Version", "2025-11-25")
MINE = key_for("a client of my own", "me")


def token(w: World, **claims: Any) -> str:
    """A token by the issuer's own key, as a genuine one for the tool server but for these claims."""
    now = w.net.clock.now()
    good = {"iss": w.issuer.issuer, "sub": "alice", "aud": TOOLS, "client_id": "x", "scope": "read write", "iat": now, "exp": now + 300}
    return w.issuer.core.key.sign(good | {"jti": "1"} | claims, "at+jwt")


def say(w: World, method: str, held: str = "", *headers: tuple[str, str], **params: Any) -> Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    shown = (("Authorization", f"Bearer {held}"),) if held else ()
    return w.net.deliver(json_request("POST", TOOLS, body, (AGREED, *shown, *headers)), "mallory")


def use(w: World, held: str, tool: str, **arguments: Any) -> Response:
    return say(w, "tools/call", held, name=tool, arguments=arguments)


def challenge(answer: Response) -> dict[str, str]:
    return dict(re.findall(r'(\w+)="([^"]*)"', answer.header("www-authenticate") or ""))


def test_every_tool_has_an_operation_with_its_scope() -> None:
    assert {tool.name: tool.scope for tool in FACE.tools} == {name: route.scope for name, route in OPERATIONS.items()}
    assert all(tool.changes == (OPERATIONS[tool.name].method == "DELETE") for tool in FACE.tools)


def test_the_tools_read_and_change_what_belongs_to_the_owner_of_the_token_and_nothing_else() -> None:
    w = world(**BEARER)
    alice, mallory = token(w), token(w, sub="mallory")
    assert use(w, alice, "list_notes").json["result"]["structuredContent"] == {"owner": "alice", "notes": ["alice:note-1"]}
    assert use(w, alice, "read_note", id=1).json["result"]["structuredContent"] == {"note": "alice:note-1"}
    for tool in ("read_note", "delete_note"):
        assert use(w, mallory, tool, id=1).json["result"]["isError"] is True
    assert use(w, alice, "delete_note", id=1).json["result"]["isError"] is False
    assert use(w, alice, "list_notes").json["result"]["structuredContent"]["notes"] == []
    assert use(w, mallory, "list_notes").json["result"]["structuredContent"]["notes"] == ["mallory:note-2"]


@pytest.mark.parametrize("method", ["initialize", "ping", "tools/list", "server/discover", "no/such"])
def test_nothing_is_said_to_who_has_no_token_but_where_to_get_one(method: str) -> None:
    w = world()
    answer = say(w, method)
    assert (answer.status, answer.json) == (401, {})
    assert challenge(answer)["resource_metadata"] == f"https://tools.connectsphere.example{resource_metadata.PATH}/mcp"
    assert challenge(answer)["scope"] == "read write"


def test_its_metadata_stand_at_the_address_with_its_path_and_name_it_and_its_issuer() -> None:
    w = world(**BEARER)
    place = challenge(say(w, "ping"))["resource_metadata"]
    told = w.net.deliver(Request("GET", place), "mallory").json
    assert (told["resource"], told["authorization_servers"]) == (TOOLS, [w.issuer.issuer])
    assert (told["scopes_supported"], told["bearer_methods_supported"]) == (["read", "write"], ["header"])
    assert w.net.deliver(Request("GET", f"https://tools.connectsphere.example{resource_metadata.PATH}"), "mallory").status == 404


def test_where_tokens_come_from_a_login_there_is_nobody_to_name() -> None:
    w = world("jwt-done-properly")
    assert "resource_metadata" not in challenge(say(w, "ping"))


@pytest.mark.parametrize(
    ("claims", "check"),
    [
        ({"aud": ACCOUNTS}, "audience"),
        ({"aud": "https://tools.connectsphere.example"}, "audience"),
        ({"exp": 1}, "expiry"),
        ({"iss": "https://evil.example"}, "issuer"),
    ],
)
def test_a_token_for_another_api_and_a_token_that_is_not_good_are_refused(claims: dict[str, Any], check: str) -> None:
    w = world(**BEARER)
    answer = use(w, token(w, **claims), "list_notes")
    assert (answer.status, challenge(answer)["error"], failures(w)) == (401, "invalid_token", [f"tool_server.{check}"])


def test_its_token_opens_no_other_api() -> None:
    w = world(**BEARER)
    held = token(w)
    answer = w.net.deliver(Request("GET", f"{ACCOUNTS}/accounts", (("Authorization", f"Bearer {held}"),)), "tool_server")
    assert (answer.status, failures(w)) == (401, ["accounts.audience"])


def test_a_tool_that_changes_something_needs_more_and_says_so() -> None:
    w = world(**BEARER)
    held = token(w, scope="read")
    assert use(w, held, "list_notes").status == 200
    answer = use(w, held, "delete_note", id=1)
    place = f"https://tools.connectsphere.example{resource_metadata.PATH}/mcp"
    assert answer.status == 403
    assert challenge(answer) == {"error": "insufficient_scope", "scope": "write", "resource_metadata": place}
    assert "alice:note-1" in w.apis["tool_server"].records.objects


def test_where_proofs_are_demanded_a_bearer_token_is_refused_and_a_bound_one_taken() -> None:
    w = world()
    assert w.settings.value("tool_server.dpop") == "require"
    refused = use(w, token(w), "list_notes")
    assert (refused.status, refused.header("www-authenticate")[:5]) == (401, "DPoP ")
    bound = token(w, cnf={"jkt": MINE.thumbprint})
    assert use(w, bound, "list_notes").status == 401, "sent as Bearer"
    proof = prove(MINE, "POST", TOOLS, w.net.clock.now(), "j1", bound)
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    sent = json_request("POST", TOOLS, body, (AGREED, ("Authorization", f"DPoP {bound}"), ("DPoP", proof)))
    assert w.net.deliver(sent, "mallory").status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT"])
def test_no_stream_is_offered(method: str) -> None:
    answer = world().net.deliver(Request(method, TOOLS), "mallory")
    assert (answer.status, answer.header("allow")) == (405, "POST")
    assert world().net.deliver(Request(method, f"{TOOLS}/more"), "mallory").status == 404


def test_an_unknown_version_is_refused_once_the_token_is_good() -> None:
    w = world(**BEARER)
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for headers, status in ((("Authorization", f"Bearer {token(w)}"),), 400), ((), 401):
        assert (
            w.net.deliver(json_request("POST", TOOLS, body, (("MCP-Protocol-Version", "1999-01-01"), *headers)), "mallory").status == status
        )


WELCOME = ("https://tools.connectsphere.example", "http://localhost:6274", "http://127.0.0.1:5173", "http://[::1]:80", "https://localhost")
UNWELCOME = ("https://evil.example", "null", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://evil.example:8765", "", "http://127.0.0.1/x",
    "file://localhost", "http://127.0.0.1:80.evil.example", "http://localhost:80\n", "http://me@localhost", "http://tools.connectsphere.example", "http://[::1", "http://localhost:6274/")  # fmt: skip


@pytest.mark.parametrize("page", WELCOME)
def test_a_page_of_its_own_or_on_the_same_machine_may_ask(page: str) -> None:
    w = world(**BEARER)
    assert say(w, "ping", token(w), ("Origin", page)).status == 200
    assert "page_origin" not in outcomes(w, "tool_server")


@pytest.mark.parametrize("page", UNWELCOME)
def test_any_other_page_may_not_even_with_a_good_token(page: str) -> None:
    w = world(**BEARER)
    assert use(w, token(w), "delete_note", id=1).status == 200
    answer = say(w, "ping", token(w), ("Origin", page))
    assert (answer.status, answer.json["error"]["code"], failures(w)) == (403, -32600, ["tool_server.page_origin"])
    asking = Request("OPTIONS", TOOLS, (("Origin", page), ("Access-Control-Request-Method", "POST")))
    assert w.net.deliver(asking, "mallory").header("access-control-allow-origin") is None
