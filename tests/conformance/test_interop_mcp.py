"""The `mcp` SDK, the client of AI tools in Python, unmodified, against the served tool server: it finds out everything by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import requests
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from mcp.shared.exceptions import MCPError

from sandbox.protocol.tokens import sha256
from tests.support.publisher import Publisher, certified
from tests.support.real import CALLBACK, PUBLIC, Person, parameters, served, started

pytestmark = [
    pytest.mark.slow,  # each starts a server of its own
    pytest.mark.filterwarnings("ignore"),  # what foreign clients do is their business
]
BEARER = ("--set", "tool_server.dpop=accept-both")  # that client sends no proofs


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(*BEARER, "--client", f"{PUBLIC}={CALLBACK}") as url:
        yield url


@dataclass
class Tool:
    """An AI tool on Alice's machine: what it keeps, and the addresses that it has sent her to."""

    base: str
    mode: str = "auto"
    tokens: OAuthToken | None = None
    issued: int = 0
    known: OAuthClientInformationFull | None = None
    described_at: str | None = None
    sent_to: list[dict[str, str]] = field(default_factory=list)
    back: str = ""

    @property
    def server(self) -> str:
        return f"{self.base}/tool_server/mcp"

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens, self.issued = tokens, self.issued + 1

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.known

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.known = client_info

    async def send(self, url: str) -> None:
        self.sent_to.append(parameters(url))
        self.back = await asyncio.to_thread(Person().visit, url)

    async def came_back(self) -> AuthorizationCodeResult:
        found = parameters(self.back)
        return AuthorizationCodeResult(code=found["code"], state=found.get("state"), iss=found.get("iss"))

    def uses(self, *calls: tuple[str, dict[str, Any]], late: bool = False) -> list[Any]:
        """The names of the tools, and what came of each call.  `late`: before the calls its access token has expired, as it sees it."""
        with ThreadPoolExecutor(1) as other:  # in this thread Playwright keeps an event loop, once a browser was used
            return other.submit(lambda: asyncio.run(self._use(calls, late))).result()

    async def _use(self, calls: tuple[tuple[str, dict[str, Any]], ...], late: bool) -> list[Any]:
        about = OAuthClientMetadata(redirect_uris=[CALLBACK], client_name="An AI tool", grant_types=["authorization_code", "refresh_token"])
        auth = OAuthClientProvider(self.server, about, self, self.send, self.came_back, client_metadata_url=self.described_at)
        async with (
            httpx2.AsyncClient(auth=auth) as http,
            Client(streamable_http_client(self.server, http_client=http), mode=self.mode) as client,
        ):
            found: list[Any] = [[tool.name for tool in (await client.list_tools()).tools]]
            if late:
                auth.context.token_expiry_time = 1.0
            for name, arguments in calls:
                found.append((await client.call_tool(name, arguments)).structured_content)
            return [*found, client.session.protocol_version]


TOOLS = ["list_notes", "read_note", "delete_note"]


@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("2026-07-28", "2026-07-28"), ("legacy", "2025-11-25")])
def test_it_finds_the_authorization_server_registers_signs_in_and_calls(base: str, mode: str, version: str) -> None:
    tool = Tool(base, mode)
    assert tool.uses(("list_notes", {}), ("read_note", {"id": 1})) == [
        TOOLS,
        {"owner": "alice", "notes": ["alice:note-1"]},
        {"note": "alice:note-1"},
        version,
    ]
    (asked,) = tool.sent_to
    assert (asked["resource"], asked["code_challenge_method"], asked["scope"]) == (tool.server, "S256", "read write offline_access")
    assert tool.known is not None
    assert tool.known.client_name == "An AI tool"
    assert tool.tokens is not None


def test_it_renews_its_token_and_comes_back_with_it_without_asking_alice(base: str) -> None:
    tool = Tool(base)
    assert tool.uses(("list_notes", {}), late=True)[1]["owner"] == "alice"
    assert (tool.issued, len(tool.sent_to)) == (2, 1)
    assert tool.uses(("list_notes", {}))[1]["owner"] == "alice"
    assert (tool.issued, len(tool.sent_to)) == (2, 1)


def test_with_a_token_for_reading_it_asks_for_more_where_a_tool_needs_more() -> None:
    """A client that is registered already: one that registers itself names its scopes for good."""
    with served(*BEARER, "--client", f"{PUBLIC}={CALLBACK}") as base:
        tool = Tool(
            base,
            known=OAuthClientInformationFull(
                client_id=PUBLIC, redirect_uris=[CALLBACK], token_endpoint_auth_method="none", issuer=f"{base}/auth"
            ),
        )
        tool.tokens = _for_reading(base)
        assert tool.uses(("list_notes", {}), ("delete_note", {"id": 1}), ("list_notes", {}))[1:4] == [
            {"owner": "alice", "notes": ["alice:note-1"]},
            {"deleted": "alice:note-1"},
            {"owner": "alice", "notes": []},
        ]
    (asked,) = tool.sent_to
    assert set(asked["scope"].split()) >= {"read", "write"}


def _for_reading(base: str) -> OAuthToken:
    verifier = "v" * 43
    asked = {"response_type": "code", "client_id": PUBLIC, "redirect_uri": CALLBACK, "scope": "read", "resource": f"{base}/tool_server/mcp"}
    asked |= {"code_challenge": sha256(verifier), "code_challenge_method": "S256"}
    url = requests.Request("GET", f"{base}/auth/authorize", params=asked).prepare().url
    code = parameters(Person().visit(str(url)))["code"]
    fields = {"grant_type": "authorization_code", "client_id": PUBLIC, "redirect_uri": CALLBACK, "code": code, "code_verifier": verifier}
    return OAuthToken.model_validate(requests.post(f"{base}/auth/token", fields, timeout=60).json())


def test_it_signs_in_with_the_address_of_its_document_and_registers_nowhere(tmp_path: Path) -> None:
    tls, authority = certified(tmp_path)
    publisher = Publisher("/tool.json", tls)
    publisher.describes(client_name="An AI tool", redirect_uris=[CALLBACK], grant_types=["authorization_code", "refresh_token"])
    trusting = f"import os; os.environ['SSL_CERT_FILE'] = {str(authority)!r}"
    try:
        with started(*BEARER, first=trusting) as (base, _):
            tool = Tool(base, described_at=publisher.uri)
            assert tool.uses(("list_notes", {}), late=True)[1] == {"owner": "alice", "notes": ["alice:note-1"]}
            (asked,) = tool.sent_to  # its token was renewed without asking Alice
            assert tool.issued == 2
            assert (asked["client_id"], publisher.asked) == (publisher.uri, 1)
            assert tool.known is not None
            assert (tool.known.client_id, tool.known.client_secret) == (publisher.uri, None)
    finally:
        publisher.close()


def test_where_proofs_are_demanded_it_is_refused_as_any_bearer_is() -> None:
    with served() as base, pytest.raises(BaseExceptionGroup) as raised:
        Tool(base).uses()
    assert raised.group_contains(MCPError)
