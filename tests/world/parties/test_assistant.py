"""The assistant knows one address, and finds out the rest; what does not fit together it does not use."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol.trace import Sent
from sandbox.world.parties.assistant import Assistant
from sandbox.world.world import World
from tests.support.worlds import agree, asked, failures, outcomes, sign_in, world

TOOLS = "https://tools.connectsphere.example/mcp"
ABOUT = "https://tools.connectsphere.example/.well-known/oauth-protected-resource/mcp"
AUTH = "https://auth.connectsphere.example"
SERVER = f"{AUTH}/.well-known/oauth-authorization-server"


def assistant(w: World) -> Assistant:
    found = w.clients["assistant"]
    assert isinstance(found, Assistant)
    return found


def mine(w: World) -> list[tuple[str, str]]:
    """What the assistant itself has asked, in order."""
    sent = [e for e in w.net.trace.events if isinstance(e, Sent) and e.sender == "assistant"]
    return [(e.request.method, e.request.url) for e in sent]


class Instead:
    """A party that answers at some addresses in its own way."""

    def __init__(self, real: object, **answers: Response) -> None:
        self.real, self.name, self.answers = real, real.name, answers

    def handle(self, request: Request) -> Response:
        return next((a for end, a in self.answers.items() if request.url.endswith(end)), None) or self.real.handle(request)

    def state(self) -> dict[str, str]:
        return {}


def test_from_one_address_to_a_token_for_that_address_alone() -> None:
    w = world()
    assert (assistant(w).servers, assistant(w).registration.client_id) == ({}, "assistant")
    session = sign_in(w, "assistant")
    assert session is not None
    assert list(session.tokens) == [TOOLS]
    assert mine(w) == [("POST", TOOLS), ("GET", ABOUT), ("GET", SERVER), ("POST", f"{AUTH}/register"), ("POST", f"{AUTH}/token")]
    assert outcomes(w, "assistant")["discovered"] == "pass"
    assert failures(w) == ["tool_server.token_present"]
    told = w.issuer.store.clients[assistant(w).registration.client_id]
    assert (told.title, told.redirect_uris) == ("ConnectSphere assistant", ("https://assistant.example/cb",))


def test_it_finds_out_once() -> None:
    w = world()
    sign_in(w, "assistant")
    sign_in(w, "assistant", browser="phone")
    assert [r.path for r in asked(w, "auth")].count("/register") == 1


def test_its_page_shows_what_a_tool_gave() -> None:
    w = world()
    laptop = w.browsers["laptop"]
    laptop.visit("https://assistant.example/me")
    assert laptop.page.status == 400
    laptop.visit("https://assistant.example/login")
    agree(w, laptop)
    laptop.visit("https://assistant.example/me")
    assert (laptop.page.status, "alice:note-1" in laptop.page.body) == (200, True)
    w.net.wait(3600 * 24 * 400)
    laptop.visit("https://assistant.example/me")
    assert laptop.page.page == "error"


@pytest.mark.parametrize("profile", ["naive-jwt", "jwt-done-properly"])
def test_where_nothing_can_be_found_out_it_is_told_the_server(profile: str) -> None:
    w = world(profile)
    session = sign_in(w, "assistant")
    assert session is not None
    assert session.user == "alice"


@pytest.mark.parametrize(
    ("party", "answers", "found"),
    [
        ("tool_server", {"/mcp": json_response(200, {})}, []),
        ("tool_server", {"/mcp": json_response(401, {}, ("WWW-Authenticate", "Bearer"))}, []),
        ("tool_server", {"resource/mcp": json_response(200, {"resource": "https://accounts.connectsphere.example", "authorization_servers": [AUTH]})}, ["assistant.discovered"]),
        ("tool_server", {"resource/mcp": json_response(200, {"resource": TOOLS, "authorization_servers": "x"})}, ["assistant.discovered"]),
        ("tool_server", {"resource/mcp": json_response(200, {"resource": TOOLS, "authorization_servers": ["http://["]})}, ["assistant.discovered"]),
        ("tool_server", {"resource/mcp": json_response(200, [])}, ["assistant.discovered"]),
        ("auth", {"authorization-server": json_response(200, {"issuer": "https://evil.example"})}, ["assistant.discovered"]),
        ("auth", {"/register": json_response(400, {"error": "invalid_redirect_uri"})}, []),
        ("auth", {"/register": json_response(201, {"client_id": 7})}, []),
    ],
)  # fmt: skip
def test_it_stops_where_something_does_not_fit(party: str, answers: dict[str, Response], found: list[str]) -> None:
    w = world()
    w.net.parties[party] = Instead(w.net.parties[party], **answers)
    laptop = w.browsers["laptop"]
    laptop.visit("https://assistant.example/login")
    assert (laptop.page.status, laptop.page.page) == (400, "error")
    assert [f for f in failures(w) if f.startswith("assistant")] == found
    assert assistant(w).servers == {}
    w.net.parties[party] = w.net.parties[party].real
    assert sign_in(w, "assistant") is not None, "it tries again"


def test_another_one_goes_on_with_what_it_found_out_unless_the_server_is_another() -> None:
    w, again = world(), world()
    sign_in(w, "assistant")
    assistant(again).take_over(assistant(w), {"issuer": "https://elsewhere.example"})
    assert assistant(again).servers == {}
    assistant(again).take_over(assistant(w), again.issuer.describe())
    assert (list(assistant(again).servers), assistant(again).registration) == ([AUTH], assistant(w).registration)
