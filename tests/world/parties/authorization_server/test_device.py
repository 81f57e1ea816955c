"""The device authorization grant (RFC 8628): who gets codes, how often a device may ask, and what it is told."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.core.wire import Request, Response, form_request
from sandbox.protocol.grant_types import DEVICE_CODE
from sandbox.protocol.tokens import decode
from sandbox.world.members import BUDGET_SECRET
from sandbox.world.parties.authorization_server.devices import INTERVAL, LIFE, SLOWER
from sandbox.world.world import World
from tests.support.relying_party import AS
from tests.support.worlds import failures, world

BEARER = {"client_dpop": "off", "as_dpop_bind": "off", "rs_dpop": "off", "as_device_flow": "on"}


@pytest.fixture
def w() -> World:
    return world(**BEARER)


def begin(w: World, **fields: str) -> Response:
    return w.net.deliver(form_request(f"{AS}/device_authorization", {"client_id": "tv", "scope": "read"} | fields), "tv")


def poll(w: World, code: str, **fields: str) -> Response:
    given = {"grant_type": DEVICE_CODE, "client_id": "tv", "device_code": code} | fields
    return w.net.deliver(form_request(f"{AS}/token", given), "tv")


def answered(w: World, code: dict[str, Any], allow: str = "yes") -> None:
    """Alice types the code on her phone, and answers."""
    b = w.browsers["phone"]
    b.begin()
    b.visit(code["verification_uri"])
    if b.page is not None and b.page.page == "login":
        b.submit(b.forms()[0], {"username": "alice", "password": "wonderland"})
    b.submit(b.forms()[0], {"user_code": code["user_code"]})
    b.submit(b.forms()[0], {"allow": allow})


def test_the_answer_has_all_that_a_device_needs(w: World) -> None:
    answer = begin(w)
    code = answer.json
    assert (code["verification_uri"], code["expires_in"], code["interval"]) == (f"{AS}/device", LIFE, INTERVAL)
    assert code["verification_uri_complete"] == f"{AS}/device?user_code={code['user_code']}"
    assert answer.header("cache-control") == "no-store"
    assert code["device_code"] not in code["verification_uri_complete"]


def test_a_device_gets_tokens_once_after_a_person_has_said_yes(w: World) -> None:
    code = begin(w).json
    assert poll(w, code["device_code"]).error == "authorization_pending"
    answered(w, code)
    body = poll(w, code["device_code"]).json
    assert (decode(body["access_token"]).claims["sub"], decode(body["access_token"]).claims["client_id"]) == ("alice", "tv")
    assert poll(w, code["device_code"]).error == "invalid_grant"
    renewed = w.net.deliver(
        form_request(f"{AS}/token", {"grant_type": "refresh_token", "client_id": "tv", "refresh_token": body["refresh_token"]}), "tv"
    )
    assert renewed.status == 200
    grant = w.issuer.store.tokens[body["access_token"]].grant  # type: ignore[union-attr]
    assert grant.device == "tv", "ending what the phone has does not end what the television has"


def test_a_device_that_asks_too_often_must_wait_longer_each_time(w: World) -> None:
    code = begin(w).json["device_code"]
    said = [poll(w, code).error, poll(w, code).error]
    w.net.wait(INTERVAL)
    said.append(poll(w, code).error)
    w.net.wait(INTERVAL + 2 * SLOWER)
    said.append(poll(w, code).error)
    assert said == ["authorization_pending", "slow_down", "slow_down", "authorization_pending"]


def test_a_no_and_the_end_of_the_code_are_told(w: World) -> None:
    code = begin(w).json
    answered(w, code, "no")
    assert poll(w, code["device_code"]).error == "access_denied"
    code = begin(w).json
    w.net.wait(LIFE)
    assert poll(w, code["device_code"]).error == "expired_token"
    assert {"auth.device_consent", "auth.device_fresh"} <= set(failures(w))


def test_the_grant_is_for_clients_that_need_it(w: World) -> None:
    mine = {"client_id": "budget", "client_secret": BUDGET_SECRET}
    assert begin(w, **mine).error == "unauthorized_client"
    assert poll(w, begin(w).json["device_code"], **mine).error == "unauthorized_client"
    assert begin(w, client_id="nobody").error == "invalid_client"


@pytest.mark.parametrize(
    ("fields", "error"), [({"scope": "fly"}, "invalid_scope"), ({"resource": "https://nowhere.example"}, "invalid_target")]
)
def test_a_device_cannot_ask_for_what_there_is_not(w: World, fields: dict[str, str], error: str) -> None:
    assert begin(w, **fields).error == error


def test_a_device_gets_no_more_than_it_is_registered_for(w: World) -> None:
    code = begin(w, scope="read write").json
    answered(w, code)
    assert decode(poll(w, code["device_code"]).json["access_token"]).claims["scope"] == "read"


@pytest.mark.parametrize(("code", "error"), [("made up", "invalid_grant"), ("", "invalid_request")])
def test_a_code_that_was_never_issued_is_none(w: World, code: str, error: str) -> None:
    assert poll(w, code).error == error


def test_metadata_and_addresses_are_there_where_the_switch_is_on_and_nowhere_else(w: World) -> None:
    for there, on in ((w, True), (world(), False)):
        said = there.net.deliver(Request("GET", f"{AS}/.well-known/oauth-authorization-server"), "tv").json
        assert (DEVICE_CODE in said["grant_types_supported"], "device_authorization_endpoint" in said) == (on, on)
        assert (begin(there).status == 404, there.net.deliver(Request("GET", f"{AS}/device"), "phone").status == 404) == (not on, not on)
    assert poll(world(as_dpop_bind="off"), "x").error == "unsupported_grant_type"
