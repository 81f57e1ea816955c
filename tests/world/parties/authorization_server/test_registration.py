"""Dynamic registration: what a client is told, what is left out, and what is refused (RFC 7591)."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.core.wire import Response, form_request
from sandbox.protocol.tokens import decode, key_for
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


# ---------------------------------------------------------------- keys

PUBLIC = dict(key_for("0", "a client").jwk or {})
KEYED = GOOD | {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [PUBLIC | {"x5c": ["dropped"]}]}}


def test_a_client_registers_its_public_keys_instead_of_a_secret() -> None:
    core = world().issuer.core
    demands = {"require_pushed_authorization_requests": True, "require_signed_request_object": True}
    told = register(core, KEYED | demands | {"token_endpoint_auth_signing_alg": "ES256"}).json
    client = core.query_client(told["client_id"])
    assert (client.secret, client.by_key, client.confidential, client.keys) == (None, True, True, (PUBLIC,))
    assert "client_secret" not in told
    assert (told["jwks"], told["token_endpoint_auth_signing_alg"]) == ({"keys": [PUBLIC]}, "ES256")
    assert all(told[name] is True for name in demands)


def test_a_key_for_another_use_is_left_out() -> None:
    told = registered(KEYED | {"jwks": {"keys": [PUBLIC, {"kty": "RSA", "use": "enc"}]}}).json
    assert told["jwks"] == {"keys": [PUBLIC]}


def test_nothing_is_fetched_from_an_address_of_a_stranger() -> None:
    answer = registered({name: value for name, value in KEYED.items() if name != "jwks"} | {"jwks_uri": "https://client.example/jwks"})
    assert answer.error == "invalid_client_metadata"
    assert "jwks_uri is not supported" in answer.json["error_description"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"jwks": None},
        {"jwks": []},
        {"jwks": {}},
        {"jwks": {"keys": {}}},
        {"jwks": {"keys": []}},
        {"jwks": {"keys": ["x"]}},
        {"jwks": {"keys": [PUBLIC] * 11}},
        {"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}},
        {"jwks": {"keys": [PUBLIC | {"d": "AAAA"}]}},
        {"jwks": {"keys": [PUBLIC | {"x": "AAAA"}]}},
        {"jwks": {"keys": [PUBLIC | {"kid": ["x"]}]}},
        {"jwks": {"keys": [PUBLIC | {"kid": "k" * 3000}]}},
        {"jwks": {"keys": [PUBLIC | {"alg": "ES384"}]}},
        {"jwks": {"keys": [dict(key_for("0", "a client", "RS256").jwk or {})]}},
        {"jwks": {"keys": [{"use": "enc"}]}},
        {"token_endpoint_auth_signing_alg": "RS256"},
        {"request_object_signing_alg": "none"},
        {"require_signed_request_object": "yes"},
    ],
)
def test_keys_that_prove_nothing_are_refused(wrong: dict[str, Any]) -> None:
    assert registered(KEYED | wrong).error == "invalid_client_metadata"


def test_what_could_never_be_asked_is_not_demanded() -> None:
    off = world(as_par="off", as_request_object="off").issuer.core
    for name in ("require_pushed_authorization_requests", "require_signed_request_object"):
        assert register(off, KEYED | {name: True}).error == "invalid_client_metadata"
    assert registered(GOOD | {"require_signed_request_object": True}).error == "invalid_client_metadata", "it has no key"
    assert registered(GOOD | {"require_signed_request_object": False}).status == 201
