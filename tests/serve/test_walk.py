"""Everything that `serve` and Live print is used, as somebody would who has nothing but what is printed."""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import FORM
from sandbox.protocol.proofs import prove
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import key_for
from sandbox.serve import Edge
from sandbox.serve import served as put_together
from sandbox.serve.banner import CHALLENGE, VERIFIER, introduction
from sandbox.serve.operator import Operator
from sandbox.serve.setup import CALLBACK, OPEN, Served, offers
from sandbox.serve.worlds import Worlds
from sandbox.world.parties.authorization_server import AuthorizationServer
from tests.support.asgi import Answer, ask
from tests.support.real import parameters
from tests.support.visiting import Visitor

pytestmark = pytest.mark.slow

BASE = "http://127.0.0.1:9000"
WORLDS = [
    ("oauth-bcp", {}),
    ("oauth-bcp", {"rs.dpop": "accept-both"}),
    ("oauth-bcp", {"as.token_format": "opaque", "rs.introspect": "live", "rs.dpop": "off"}),
    ("oauth-basic", {}),
    ("jwt-done-properly", {}),
    ("naive-jwt", {}),
]
MINE = key_for("a client of my own", "me")
URL = re.compile(r"http://127\.0\.0\.1:9000[^\s'()]*")


@pytest.fixture(params=[*((*w, "serve") for w in WORLDS), ("oauth-basic", {}, "live")], ids=lambda p: f"{p[2]}-{p[0]}-{len(p[1])}")
def place(request: pytest.FixtureRequest) -> tuple[Served, Visitor]:
    profile, changes, where = request.param
    settings = Settings.of(profile, OPEN | changes)
    if where == "live":
        worlds = Worlds(WallClock(), SystemEntropy())
        return (live := worlds.open(BASE, settings)).served, Visitor(worlds, live.base.partition("/world")[0])
    there = put_together(settings, BASE)
    there.operator = Operator.of(there.world.net, there.world.issuer)
    return there, Visitor(Edge(there), BASE)


def printed(there: Served) -> list[str]:
    return [line.strip() for line in introduction(there)]


def test_each_address_leads_somewhere(place: tuple[Served, Visitor]) -> None:
    """The parties' own, the web apps', and whatever else stands there and can be opened."""
    there, alice = place
    found = [url for line in printed(there) if not line.startswith("curl") for url in URL.findall(line)]
    assert len(found) > len(there.paths)
    opened = {url: _opened(alice, url) for url in found if not url.endswith("/cb")}
    assert {url: status for url, status in opened.items() if status not in (200, "a code")} == {}


def _opened(alice: Visitor, url: str) -> int | str:
    if url.endswith("/mcp") and "/.well-known/" not in url:  # not for browsers; its refusal leads on to what is printed below it
        answer = _said(alice, url, "tools/list")
        (place,) = re.findall(r'resource_metadata="([^"]+)"', answer.header("www-authenticate") or "")
        return alice.ask("GET", place).status if answer.status == 401 else answer.status
    end = alice.visit(url)
    return "a code" if end.startswith(CALLBACK) and "code=" in end else alice.answer.status


@pytest.mark.parametrize(
    ("app", "how", "data"),
    [
        ("budget", "login", "alice:account-1"),
        ("assistant", "login", "alice:note-1"),
        *(("importer", w, "alice:statement-1") for w in ("login", "share")),
    ],
)
def test_a_web_app_shows_what_it_was_connected_for(place: tuple[Served, Visitor], app: str, how: str, data: str) -> None:
    there, alice = place
    alice.visit(f"{there.origin}{there.paths[app]}/{how}")
    assert b"Connected" in alice.answer.body
    alice.visit(f"{there.origin}{there.paths[app]}/me")
    assert (alice.answer.status, data.encode() in alice.answer.body) == (200, True), alice.answer.body


def test_each_operation_of_each_api_is_there_and_behind_the_gateway_too(place: tuple[Served, Visitor]) -> None:
    """With a token for the API that is asked, each address that it offers gives data or refuses for what the token does not allow."""
    there, alice = place
    asked = list(_operations(there))
    assert {name for name, *_ in asked} == {"gateway", *there.world.apis} - {"tool_server"}
    answers = {url: _called(there, alice, api, "GET", url) for _, api, url in asked}
    lost = {url: answer.json for url, answer in answers.items() if answer.status in (401, 404, 405)}
    assert lost == {}, "with a good token nothing that is offered is missing"
    assert sum(a.status == 200 for a in answers.values()) > len(answers) / 2


def test_the_tools_can_be_used(place: tuple[Served, Visitor]) -> None:
    there, alice = place
    url = there.world.apis["tool_server"].url
    held, kind = _token(there, alice, url)
    proof = [("DPoP", _proof(there, "POST", url, held))] if kind == "DPoP" else []
    answer = _said(alice, url, "tools/call", ("Authorization", f"{kind} {held}"), *proof)
    assert answer.json["result"]["structuredContent"] == {"owner": "alice", "notes": ["alice:note-1"]}


def _said(alice: Visitor, url: str, method: str, *headers: tuple[str, str]) -> Answer:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"name": "list_notes"}}).encode()
    fields = (("Content-Type", "application/json"), ("MCP-Protocol-Version", "2025-11-25"), *headers)
    target = url.removeprefix(alice.origin)
    return ask(alice.server, "POST", target, body, *fields, host=urlsplit(alice.origin).netloc)


def _operations(there: Served) -> Iterator[tuple[str, str, str]]:
    """Party, the API whose data it is, and the address of each operation that only reads."""
    apis = there.world.apis
    for name in ("gateway", *apis):
        for path in offers(there.world, name):
            api = next(n for n in (apis if name == "gateway" else (name,)) if path in apis[n].records.offers())
            if apis[api].records.route("GET", path):
                yield name, api, f"{there.origin}{there.paths[name]}{path}"


def _called(there: Served, alice: Visitor, api: str, method: str, url: str) -> Answer:
    token, kind = _token(there, alice, there.world.apis[api].url)
    headers = [("Authorization", f"{kind} {token}")]
    if kind == "DPoP":
        headers.append(("DPoP", _proof(there, method, url, token)))
    return alice.ask(method, url, b"", *headers)


def _proof(there: Served, method: str, url: str, token: str | None = None) -> str:
    net = there.world.net
    return prove(MINE, method, url, net.clock.now(), net.entropy.token("proof", 9), token)


def _token(there: Served, alice: Visitor, resource: str) -> tuple[str, str]:
    issuer = there.world.issuer
    if not isinstance(issuer, AuthorizationServer):
        body = json.dumps({"username": "alice", "password": "wonderland", "audience": resource}).encode()
        return alice.ask("POST", f"{issuer.issuer}/login", body, ("Content-Type", "application/json")).json["access_token"], "Bearer"
    asked = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "scope": "read write", "resource": resource}
    code = parameters(
        alice.visit(f"{issuer.issuer}/authorize?{urlencode(asked | {'code_challenge': CHALLENGE, 'code_challenge_method': 'S256'})}")
    )["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": "app", "code_verifier": VERIFIER}
    url = f"{issuer.issuer}/token"
    bound = there.world.settings.value("accounts.dpop") == "require"
    proof = [("DPoP", _proof(there, "POST", url))] if bound else []
    told: dict[str, Any] = alice.ask("POST", url, urlencode(form).encode(), ("Content-Type", FORM), *proof).json
    return told["access_token"], told["token_type"]


def test_the_printed_lines_work_from_top_to_bottom(place: tuple[Served, Visitor]) -> None:
    there, alice = place
    found, answers = {"CODE": "", "ACCESS_TOKEN": ""}, []
    for line in printed(there):
        if "/authorize?" in line:
            found["CODE"] = parameters(alice.visit(line))["code"]
        elif line.startswith("curl "):
            for name, value in found.items():
                line = re.sub(rf"\b{name}\b", value, line)
            answers.append((line, _curl(alice, line)))
            found["ACCESS_TOKEN"] = answers[-1][1].json.get("access_token", found["ACCESS_TOKEN"])
    proofs = there.world.settings.value("accounts.dpop") == "require"  # the printed lines say that curl cannot make them
    statuses = {line: answer.status for line, answer in answers if not (proofs and re.search(r"/(accounts|gateway)/accounts ", line))}
    pushes = isinstance(there.world.issuer, AuthorizationServer) and there.world.issuer.policy.par != "off"
    assert {line: status for line, status in statuses.items() if status != (201 if "/auth/par" in line else 200)} == {}
    operates = len(there.operator.actions) if there.operator else 0
    assert len(answers) == (5 if isinstance(there.world.issuer, AuthorizationServer) else 3) + pushes + operates


def _curl(alice: Visitor, line: str) -> Answer:
    """What curl sends."""
    words, url, headers, data, method = shlex.split(line)[1:], "", [], [], ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers.append((name, value))
        elif word == "-d":
            data.append(words.pop(0))
        elif word == "-u":
            headers.append(("Authorization", "Basic " + base64.b64encode(words.pop(0).encode()).decode()))
        elif word == "-X":
            method = words.pop(0)
        else:
            url = word
    if data and not any(name == "Content-Type" for name, _ in headers):
        headers.append(("Content-Type", FORM))
    return alice.ask(method or ("POST" if data else "GET"), url, "&".join(data).encode(), *headers)
