"""Requests as Authlib wants them: what counts as given, what as given twice, and requests whose meaning came apart from them."""

from __future__ import annotations

from sandbox.core.wire import Request
from sandbox.world.parties.authorization_server.requests import ASRequest, ASResponse, answer

URL = "https://auth.example/authorize"


def test_what_has_no_value_counts_as_left_out() -> None:
    asked = ASRequest(Request("GET", URL), (("scope", ""), ("state", "s")))
    assert asked.payload.data == {"state": "s"}
    assert asked.payload.scope is None


def test_only_parameters_that_may_be_repeated_may_stand_there_twice() -> None:
    fields = (("resource", "https://a"), ("resource", "https://b"), ("resource", "https://a"), ("audience", "x"), ("audience", "y"))
    asked = ASRequest(Request("GET", URL), (*fields, ("state", "1"), ("state", "2"), ("scope", ""), ("scope", "read")))
    assert asked.resources == ("https://a", "https://b")
    assert asked.twice == {"state", "scope"}


def test_a_request_can_mean_what_was_sent_elsewhere() -> None:
    asked = ASRequest(Request("POST", f"{URL}?request_uri=x", body="request_uri=x"), (("request_uri", "x"),))
    asked.mean((("client_id", "app"), ("scope", "read")))
    assert asked.payload.client_id == "app"
    assert (asked.sent.method, asked.sent.url, asked.sent.body) == ("GET", f"{URL}?client_id=app&scope=read", "")


def test_the_tokens_that_it_wants_are_bound_to_what_was_proved() -> None:
    asked = ASRequest(Request("POST", URL), (("resource", "https://a"),), jkt="key")
    asked.x5t = "certificate"
    wanted = asked.wanted("read", refresh=True)
    assert (wanted.scope, wanted.resources, wanted.jkt, wanted.x5t, wanted.refresh) == ("read", ("https://a",), "key", "certificate", True)
    assert not wanted.act
    assert not wanted.until


def test_the_address_of_an_answer_can_be_changed() -> None:
    response = ASResponse(302, None, [("Location", "https://a"), ("Cache-Control", "no-store")])
    response.location = "https://b"
    assert answer(response).headers == (("Location", "https://b"), ("Cache-Control", "no-store"))
    assert ASResponse(200, {}, []).location is None
