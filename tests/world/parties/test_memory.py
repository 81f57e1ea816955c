"""A server that was started anew without its memory: what was issued before is void, and it says so."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response, json_response
from sandbox.protocol.checks import Checklist
from sandbox.protocol.trace import Checked, Trace, of
from sandbox.world.parties.memory import explained, remembered
from tests.support.worlds import sign_in, world


@pytest.mark.parametrize(
    ("claims", "since", "ok", "heard"),
    [
        ({"iat": 99}, 100, False, ["fail"]),
        ({"iat": 100}, 100, True, ["pass"]),
        ({"iat": 1}, 0, True, []),
        ({}, 100, True, []),
        ({"iat": "yesterday"}, 100, True, []),
    ],
)
def test_a_token_is_not_older_than_the_memory(claims: dict[str, object], since: int, ok: bool, heard: list[str]) -> None:
    trace = Trace()
    assert remembered(Checklist(trace, "accounts"), claims, since) is ok
    assert [e.outcome for e in of(trace.events, Checked)] == heard


@pytest.mark.parametrize("api", ["accounts", "gateway"])
def test_an_api_and_the_gateway_refuse_what_nobody_remembers(api: str) -> None:
    w = world("oauth-basic", client_code_flow="on", gw_verify_token="on")
    token = sign_in(w, "budget").access_token()
    party = w.net.parties[api]
    request = Request("GET", f"{party.url}/accounts", (("Authorization", f"Bearer {token}"),))  # type: ignore[attr-defined]
    assert w.net.deliver(request, "budget").status == 200
    party.since = w.net.clock.now() + 1  # type: ignore[attr-defined]
    answer = w.net.deliver(request, "budget")
    assert (answer.status, answer.error) == (401, "invalid_token")
    assert "this server was started anew" in answer.json["error_description"]
    assert [e.check for e in of(w.net.trace.events, Checked) if e.outcome == "fail"] == ["issued_since"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (json_response(400, {"error": "invalid_grant"}), True),
        (json_response(401, {"error": "invalid_token"}), True),
        (json_response(400, {"error": "invalid_request"}), False),
        (json_response(200, {"access_token": "x"}), False),
        (Response(401, (), "no JSON"), False),
    ],
)
def test_only_a_refusal_of_something_unknown_is_explained(answer: Response, says: bool) -> None:
    assert explained(answer, 0) is answer
    told = explained(answer, 1_800_000_000)
    assert ("started anew" in told.body) is says
    assert (told.status, told.error) == (answer.status, answer.error)
    assert told.header("content-type") == answer.header("content-type")


def test_what_was_said_before_stays() -> None:
    answer = explained(json_response(400, {"error": "invalid_grant", "error_description": "Unknown code."}, ("X", "y")), 1_800_000_000)
    assert answer.json["error_description"].startswith("Unknown code. Sign-ins and tokens from before 2027-01-15 08:00:00 UTC are gone")
    assert answer.header("x") == "y"
