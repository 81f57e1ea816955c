"""The set-up of a live world as JSON: it comes back as it was written, and nothing else comes in."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import fresh_rsa
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import key_for
from sandbox.serve.blueprint import LARGEST, MOST_CLIENTS, Blueprint, Registered, Unreadable, pem, read
from sandbox.serve.live import Live
from sandbox.serve.opener import Opener
from sandbox.serve.setup import CALLBACK
from sandbox.world.parties.authorization_server import Client
from sandbox.world.parties.authorization_server.registration import register
from tests.support.worlds import world

KEY = "k" * 24


@pytest.fixture(scope="module")
def live() -> Live:
    fresh = Live(KEY, "https://class.example", Settings.of("oauth-basic", {"rs.check_aud": "on"}), WallClock(), Opener.of("c", "192.0.2.1"))
    fresh.enroll("Mine", CALLBACK, secret=True)
    return fresh


@pytest.fixture(scope="module")
def blueprint(live: Live) -> Blueprint:
    return live.blueprint()


def test_a_world_that_a_room_has_given_belongs_to_it_when_it_is_opened_again(blueprint: Blueprint) -> None:
    given = read(blueprint.model_copy(update={"room": "ABCDEFGH", "order": 7}).written(), KEY)
    again = Live.again(given, WallClock())
    assert (again.opener.room, again.order) == ("ABCDEFGH", 7)
    assert again.blueprint() == given


def test_it_comes_back_as_it_was_written(live: Live, blueprint: Blueprint) -> None:
    assert read(blueprint.written(), KEY) == blueprint
    assert set(json.loads(blueprint.written())) == {
        "version", "key", "app", "profile", "changes", "seed", "rsa", "coming", "turns", "clients", "browser", "network",
        "room", "order",
    }  # fmt: skip
    again = Live.again(blueprint, WallClock())
    assert again.blueprint() == blueprint
    assert (again.settings, again.base) == (live.settings, live.base)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"version": 2}, "version: Input should be 1"),
        ({"key": "x" * 24}, "it is that of another world"),
        ({"key": "../../../../../../../../"}, "key: String should match"),
        ({"app": "javascript:alert(1)"}, "its address is none"),
        ({"app": "https://class.example/a path"}, "its address is none"),
        ({"app": "https://class.example/../x"}, "its address is none"),
        ({"app": "https://class.example/x?y"}, "its address is none"),
        ({"app": "https://a@class.example"}, "its address is none"),
        ({"profile": "oauth-bpc"}, "there is no profile"),
        ({"changes": {"rs.check_aud": "perhaps"}}, "it is one of off, on"),
        ({"changes": {"__class__": "on"}}, "there is no switch"),
        ({"seed": "short"}, "seed: String should match"),
        ({"rsa": "rubbish"}, "its RSA key is none"),
        ({"coming": "rubbish"}, "its RSA key is none"),
        ({"turns": -1}, "turns: Input should be greater than or equal to 0"),
        ({"clients": "none"}, "clients: Input should be"),
        ({"browser": "<script>"}, "browser"),
        ({"more": 1}, "more: Extra inputs are not permitted"),
    ],
)
def test_what_was_altered_is_refused_whole(blueprint: Blueprint, change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(json.dumps(json.loads(blueprint.written()) | change), KEY)
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"redirect_uris": ["javascript:alert(1)"]}, "javascript: is not an address"),
        ({"post_logout_redirect_uris": ["javascript:alert(1)"]}, "javascript: is not an address"),
        ({"backchannel_logout_uri": "http://elsewhere.example/"}, "no address for logout tokens"),
        ({"keys": [{"kty": "oct", "k": "AAAA"}]}, "is secret"),
        ({"algs": {"token_endpoint_auth_signing_alg": "none"}}, "clients.0.algs"),
        ({"registered_at": 0}, "clients.0.registered_at"),
        ({"grant_types": ["password"]}, "clients.0.grant_types.0"),
        ({"client_id": 7}, "clients.0.client_id"),
        ({"exact_redirect": False}, "clients.0.exact_redirect: Extra inputs"),
    ],
)
def test_a_client_that_nobody_could_have_registered_is_refused(blueprint: Blueprint, change: dict[str, Any], complaint: str) -> None:
    said = json.loads(blueprint.written())
    said["clients"][0] |= change
    with pytest.raises(Unreadable) as refused:
        read(json.dumps(said), KEY)
    assert complaint in str(refused.value)


def test_there_are_only_so_many_clients(live: Live, blueprint: Blueprint) -> None:
    said = json.loads(blueprint.written())
    said["clients"] *= MOST_CLIENTS + 1
    with pytest.raises(Unreadable, match="clients: Tuple should have at most 100 items"):
        read(json.dumps(said), KEY)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, "\u202e", '{"version": 1}'])
def test_what_is_no_set_up_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="this is not the set-up of a world as this version has it"):
        read(text, KEY)


def test_what_is_too_large_is_not_read() -> None:
    with pytest.raises(Unreadable, match="has more than"):
        read(" " * (LARGEST + 1), KEY)


def test_a_key_is_written_as_text_or_not_at_all(blueprint: Blueprint) -> None:
    key = fresh_rsa()
    known = blueprint.model_copy(update={"rsa": pem(key)}).keys.rsas[0]
    assert known.private_numbers() == key.private_numbers()
    assert (pem(None), blueprint.model_copy(update={"rsa": ""}).keys.rsas) == ("", {})


LEFT_OUT = {"exact_redirect", "resources", "response_types", "by_document"}  # what the world says, what follows, who is asked anew


def test_nothing_that_a_client_has_registered_is_forgotten(live: Live) -> None:
    assert {f.name for f in fields(Client)} - LEFT_OUT == set(Registered.model_fields)
    key = dict(key_for("0", "a client").jwk or {})
    told = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key]}}
    told |= {"post_logout_redirect_uris": [CALLBACK], "backchannel_logout_uri": "https://client.example/bc"}
    told |= {"require_pushed_authorization_requests": True, "token_endpoint_auth_signing_alg": "ES256"}
    core = world().issuer.core
    client = core.query_client(register(core, told).json["client_id"])
    assert Registered.of(client).client() == client
