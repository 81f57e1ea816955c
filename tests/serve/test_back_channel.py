"""Logout tokens that leave: to whom, and what becomes of the log-out where they do not arrive."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.wire import Request, Response, form_request
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Noted, Sent, StepStarted
from sandbox.serve import Edge, Served, served
from sandbox.serve.back_channel import AT_ONCE, TELLS, BackChannel
from sandbox.serve.live import Live
from sandbox.world.outgoing import MOST_OUTGOING, Outgoing, Policy
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.authorization_server.store import Session

BASE = "http://127.0.0.1:9000"
HERE = Policy(own_machine=True)


class Client(BaseHTTPRequestHandler):
    """A client on this machine that takes logout tokens."""

    got: list[str] = []  # noqa: RUF012

    def do_POST(self) -> None:
        Client.got.append(self.rfile.read(int(self.headers["content-length"])).decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def client() -> Iterator[str]:
    Client.got.clear()
    with HTTPServer(("127.0.0.1", 0), Client) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/bye"
        server.shutdown()
        thread.join()


def channel(policy: Policy | None) -> BackChannel:
    made = served(Settings.of("oauth-bcp"), BASE, telling=Outgoing(policy) if policy else None).back_channel
    assert made is not None
    return made


def token(url: str) -> Request:
    return form_request(url, {"logout_token": "t"})


def test_a_client_on_this_machine_is_told(client: str) -> None:
    there, lines = channel(HERE), list[str]()
    there.carry(token(client))
    assert Client.got == []
    asyncio.run(there.finish(lines.append))
    assert Client.got == ["logout_token=t"]
    assert lines == [f"logout token to {client} -> 200"]
    assert there.waiting == []
    sent, answered = there.net.trace.since(0)
    assert isinstance(sent, Sent)
    assert isinstance(answered, Answered)
    assert (sent.sender, sent.request.url, answered.response.status) == ("auth", client, 200)


def test_a_client_that_cannot_be_reached_is_a_line_in_the_log() -> None:
    there, lines = channel(HERE), list[str]()
    there.carry(token("http://127.0.0.1:9/bye"))
    asyncio.run(there.finish(lines.append))
    assert "not reached" in lines[0]
    assert ["did not arrive" in e.text for e in there.net.trace.since(0) if isinstance(e, Noted)] == [True]


@pytest.mark.parametrize("policy", [HERE, Policy()])
@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://user@10.0.0.1/", "http://evil.example/", "https://192.168.1.1/"])
def test_nothing_leaves_for_where_the_policy_does_not_allow_it(policy: Policy, url: str) -> None:
    assert isinstance(channel(policy).send(token(url)), str)


def test_where_others_can_reach_the_server_this_machine_is_not_told(client: str) -> None:
    assert isinstance(channel(Policy()).send(token(client)), str)
    assert Client.got == []


def test_a_party_of_the_same_world_is_told_at_once() -> None:
    there = channel(None)
    there.carry(token(f"{BASE}/budget/backchannel-logout"))
    assert there.waiting == []
    assert there.net.trace.since(0)


def test_without_a_policy_nothing_waits_and_never_more_than_so_many() -> None:
    closed, there = channel(None), channel(HERE)
    for _ in range(AT_ONCE + 5):
        closed.carry(token("https://client.example/bye"))
        there.carry(token("https://client.example/bye"))
    assert (len(closed.waiting), len(there.waiting)) == (0, AT_ONCE)
    assert any("No logout token leaves" in e.text for e in closed.net.trace.since(0) if isinstance(e, Noted))


def test_the_answer_to_a_log_out_waits_until_the_client_is_told(client: str) -> None:
    made, lines = served(Settings.of("oauth-bcp"), BASE, telling=Outgoing(HERE)), list[str]()
    answer = log_out(made, Edge(made, log=lines.append), client)
    assert (answer.status, made.world.issuer.store.sessions) == (200, {})  # type: ignore[union-attr]
    assert Client.got[0].startswith("logout_token=eyJ")
    assert lines[-1] == f"logout token to {client} -> 200"


def log_out(made: Served, edge: Edge, client: str) -> Response:
    """Alice signs out while Budget, which takes logout tokens at `client`, has a session of hers."""
    server = made.world.issuer
    assert isinstance(server, AuthorizationServer)
    budget = server.store.clients["budget"]
    server.store.change("budget", backchannel_logout_uri=client)
    session = Session("sid", made.world.people.users["alice"], 0, "")
    server.store.sessions["cookie"] = session
    server.core.new_grant(session.user, budget, "openid", session)
    hint = server.core.id_key(budget).sign({"iss": server.issuer, "sub": "alice", "aud": "budget"})
    headers = (("Cookie", "as_session=cookie"),)
    path = f"{made.paths['auth']}/end-session"
    answer, _ = asyncio.run(edge._answer("GET", path, f"id_token_hint={hint}", headers, b""))
    return answer


def live(*named: str) -> Live:
    policy = Policy.of([(name, None) for name in named]) if named else None
    return Live("k", "http://127.0.0.1:8501", Settings.of("oauth-bcp"), WallClock(), fetching=policy)


def test_from_live_logout_tokens_leave_for_hosts_that_were_named_and_are_drawn(client: str) -> None:
    world = live("127.0.0.1")
    assert log_out(world.served, world.edge, client).status == 200
    assert Client.got[0].startswith("logout_token=eyJ")
    assert [e.say for e in world.events if isinstance(e, StepStarted)][-1] == TELLS
    assert [e.request.url for e in world.events if isinstance(e, Sent)][-1] == client


def test_from_live_none_leave_for_others_nor_more_than_so_many_in_a_minute(client: str) -> None:
    for world in (live(), live("client.example")):
        assert log_out(world.served, world.edge, client).status == 200
    assert Client.got == []
    named = live("127.0.0.1")
    for _ in range(MOST_OUTGOING + 2):
        log_out(named.served, named.edge, client)
    assert len(Client.got) == MOST_OUTGOING
    assert any("that is all that may" in e.text for e in named.events if isinstance(e, Noted))
