"""Dynamic registration: what a client is told, what is left out, and what is refused (RFC 7591)."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.core.wire import Response, form_request
from sandbox.protocol.tokens import decode
from sandbox.world.parties.authorization_server import registration
from sandbox.world.parties.authorization_server.registration import register
from tests.support.token_requests import AS
from tests.support.worlds import world

GOOD = {"redirect_uris": ["https://client.example/cb"]}


def registered(wanted: Any) -> Response:
    return register(world().issuer.core, wanted)


def test_a_client_gets_an_id_a_secret_and_the_defaults() -> None:
    core = world().issuer.core
    told = register(core, GOOD).json
    assert core.query_client(told["client_id"]).secret == told["client_secret"]
    assert (told["grant_types"], told["response_types"]) == (["authorization_code"], ["code"])
    assert told["token_endpoint_auth_method"] == "client_secret_basic"


def test_a_public_client_gets_no_secret() -> None:
    assert "client_secret" not in registered(GOOD | {"token_endpoint_auth_method": "none"}).json


def test_what_is_not_offered_is_left_out() -> None:
    told = registered(GOOD | {"grant_types": ["refresh_token", "password"], "scope": "read fly", "logo_uri": "x"}).json
    assert (told["grant_types"], told["scope"], "logo_uri" in told) == (["refresh_token"], "read", False)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ([], "invalid_client_metadata"),
        ({}, "invalid_redirect_uri"),
        ({"redirect_uris": "https://client.example/cb"}, "invalid_client_metadata"),
        ({"redirect_uris": ["https://client.example/cb"] * 11}, "invalid_client_metadata"),
        ({"redirect_uris": ["/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://client.example/cb#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        (GOOD | {"client_name": 5}, "invalid_client_metadata"),
        (GOOD | {"grant_types": ["password"]}, "invalid_client_metadata"),
        (GOOD | {"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
    ],
)
def test_metadata_that_do_not_fit_are_refused_with_the_code_of_the_rfc(wanted: Any, error: str) -> None:
    answer = registered(wanted)
    assert (answer.status, answer.error) == (400, error)


def test_a_scheme_without_a_dot_is_for_the_operator_to_allow() -> None:
    """RFC 8252 §8.4: anybody could say that it is theirs."""
    wanted = {"redirect_uris": ["myapp://cb"]}
    assert registered(wanted).error == "invalid_redirect_uri"
    assert register(world().issuer.core, wanted, by_operator=True).status == 201


def test_an_app_may_have_a_scheme_of_its_own() -> None:
    assert registered({"redirect_uris": ["com.example.app:/cb"]}).status == 201


def test_strangers_cannot_fill_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "KEPT", 2)
    core = world().issuer.core
    fixed = set(core.store.clients)
    ids = [register(core, GOOD).json["client_id"] for _ in range(4)]
    assert [c for c in core.store.clients if c not in fixed] == ids[-2:]


def test_a_service_is_sent_nowhere_and_asks_in_its_own_name() -> None:
    """RFC 7591 §2.1: no redirect URI, no response type."""
    w = world(as_dpop_bind="off")
    told = register(w.issuer.core, {"grant_types": ["client_credentials"], "scope": "openid read"}).json
    assert (told["redirect_uris"], told["response_types"], told["grant_types"]) == ([], [], ["client_credentials"])
    asked = {"grant_type": "client_credentials", "client_id": told["client_id"], "client_secret": told["client_secret"]}
    answers = {scope: w.net.deliver(form_request(f"{AS}/token", asked | {"scope": scope}), "mallory") for scope in ("read", "openid")}
    assert decode(answers["read"].json["access_token"]).claims["sub"] == told["client_id"]
    assert answers["openid"].error == "invalid_scope", "a client that acts for nobody has no person to tell about"


def test_a_public_client_cannot_ask_in_its_own_name() -> None:
    assert registered({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"}).error == "invalid_client_metadata"


def test_where_people_go_after_a_log_out_and_where_logout_tokens_go() -> None:
    core = world().issuer.core
    more = {"post_logout_redirect_uris": ["https://client.example/bye"], "backchannel_logout_uri": "https://client.example/bc"}
    told = register(core, GOOD | more | {"backchannel_logout_session_required": True}).json
    assert {k: told[k] for k in more} == more
    assert told["backchannel_logout_session_required"] is True
    client = core.query_client(told["client_id"])
    assert (client.post_logout_redirect_uris, client.backchannel_logout_uri) == (
        ("https://client.example/bye",),
        "https://client.example/bc",
    )
    assert not {*more} & {*registered(GOOD).json}


@pytest.mark.parametrize(
    "wrong",
    [
        {"post_logout_redirect_uris": "https://client.example/bye"},
        {"post_logout_redirect_uris": ["javascript:alert(1)"]},
        {"post_logout_redirect_uris": ["https://client.example/bye#x"]},
        {"backchannel_logout_uri": "http://client.example/bc"},
        {"backchannel_logout_uri": "https://client.example/bc#x"},
        {"backchannel_logout_uri": "https://a:b@client.example/bc"},
        {"backchannel_logout_uri": "/bc"},
        {"backchannel_logout_uri": 7},
        {"backchannel_logout_session_required": "yes"},
    ],
)
def test_addresses_for_log_out_must_be_some(wrong: dict[str, Any]) -> None:
    answer = registered(GOOD | wrong)
    assert answer.status == 400
    assert answer.error in ("invalid_client_metadata", "invalid_redirect_uri")
