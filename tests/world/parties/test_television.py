"""The television: it shows what it is told, asks when it is told to, and nobody can call it."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, json_response
from sandbox.world.parties.client_session import Refused
from sandbox.world.parties.television import Television
from tests.support.worlds import world


def television(**switches: str) -> Television:
    tv = world(**switches).services["tv"]
    assert isinstance(tv, Television)
    return tv


def test_nobody_can_call_it() -> None:
    assert television().handle(Request("GET", "https://tv.example/")).status == 404


def test_without_the_endpoint_there_is_nothing_to_ask() -> None:
    assert television().device_request("", "") is None
    assert television(as_device_flow="on").device_request("", "") is not None


@pytest.mark.parametrize("body", [{}, {"device_code": "x"}, [], "no"])
def test_an_answer_without_an_address_shows_nothing(body: object) -> None:
    tv = television(as_device_flow="on")
    tv.show(json_response(200, body))
    assert "on the screen" not in tv.state()


def test_the_screen_is_cleared_when_the_answer_is_final() -> None:
    tv = television(as_device_flow="on")
    for error, shown in (("authorization_pending", True), ("slow_down", True), ("access_denied", False), ("expired_token", False)):
        tv.show(json_response(200, {"device_code": "d", "user_code": "WDJB-MJHT", "verification_uri": "https://a.example/device"}))
        assert tv.state()["on the screen"] == "https://a.example/device: WDJB-MJHT"
        tv.take_answer(json_response(400, {"error": error}))
        assert ("on the screen" in tv.state()) == shown
    assert not tv.own.tokens


def test_a_server_that_it_does_not_know_is_refused() -> None:
    tv = television()
    tv.own.issuer = "https://other.example"
    with pytest.raises(Refused):
        tv.poll_request()
