"""Putting a world together for serving: real time, fresh keys, and the clients of the command line."""

from __future__ import annotations

import base64

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.wire import form_request
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.protocol.tokens import decode
from sandbox.serve.setup import CALLBACK, ClientTaken, NewClient, served
from sandbox.world.world import build

BASE = "http://127.0.0.1:9000"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_served_world_has_real_time_and_keys_that_nobody_knows(profile: str) -> None:
    one, two = (served(Settings.of(profile), BASE) for _ in range(2))
    assert isinstance(one.world.net.clock, WallClock)
    assert one.world.net.trace is one.trace
    issuers = [getattr(w.world.issuer, "core", w.world.issuer) for w in (one, two)]
    signing = [issuer.key.kid for issuer in issuers]
    assert profile == "naive-jwt" or signing[0] != signing[1]  # a shared word is a shared word


def test_the_page_at_the_base_says_who_lives_where() -> None:
    there = served(Settings.of("oauth-bcp"), f"{BASE}/x")
    assert (there.origin, there.root, there.paths["auth"]) == (BASE, "/x", "/x/auth")
    page = there.front("/")
    assert (page.status, f"{BASE}/x/auth" in page.body) == (200, True)
    assert there.front("/nothing").status == 404


def test_clients_get_an_address_on_this_machine_and_mallorys_does_not() -> None:
    known = served(Settings.of("oauth-basic"), BASE).world.issuer.store.clients
    assert CALLBACK in known["app"].redirect_uris
    assert CALLBACK not in known["evil_app"].redirect_uris


def test_clients_of_the_command_line_are_added_or_get_one_more_address() -> None:
    more = [NewClient("mine", "http://localhost:3000/cb", "s3cret"), NewClient("app", "http://localhost:3000/cb")]
    known = served(Settings.of("oauth-bcp"), BASE, clients=more).world.issuer.store.clients
    assert (known["mine"].secret, known["mine"].exact_redirect) == ("s3cret", True)
    assert "http://localhost:3000/cb" in known["app"].redirect_uris


def test_the_wanted_algorithm_signs_id_tokens_first() -> None:
    core = served(Settings.of("oauth-bcp"), BASE, alg="EdDSA").world.issuer.core
    assert [key.alg for key in core.keys] == ["EdDSA", "ES256", "RS256"]


def test_what_needs_a_script_or_is_mallorys_is_not_served() -> None:
    paths = served(Settings.of("oauth-basic", {"client.bff": "on"}), BASE).paths
    assert {"auth", "gateway", "accounts", "bank", "budget"} <= set(paths)
    assert not {"app", "mobile", "evil_app", "mallory"} & set(paths)
    assert build(Settings.of("oauth-basic")).issuer.issuer.startswith("https://"), "the simulation stays where it was"


@pytest.mark.parametrize("how", ["client_secret_basic", "client_secret_post"])
def test_a_client_of_ones_own_with_a_secret_may_ask_in_its_own_name(how: str) -> None:
    more = [NewClient("mine", "http://localhost:3000/cb", "s3cret"), NewClient("page", "http://localhost:3000/cb")]
    w = served(Settings.of("oauth-bcp"), BASE, clients=more).world
    issuer = w.issuer
    asked = {"grant_type": "client_credentials", "scope": "read"}
    basic = how == "client_secret_basic"
    headers = (("Authorization", "Basic " + base64.b64encode(b"mine:s3cret").decode()),) if basic else ()
    given = asked if basic else asked | {"client_id": "mine", "client_secret": "s3cret"}
    answer = w.net.deliver(form_request(f"{issuer.issuer}/token", given, headers), "outside")
    assert decode(answer.json["access_token"]).claims["sub"] == "mine"
    assert w.net.deliver(form_request(f"{issuer.issuer}/token", asked | {"client_id": "page"}), "outside").error in (
        "invalid_client",
        "unauthorized_client",
    )


def test_no_client_can_be_taken_for_a_person() -> None:
    with pytest.raises(ClientTaken, match="the name of a person"):
        served(Settings.of("oauth-bcp"), BASE, clients=[NewClient("alice", "http://localhost:3000/cb", "s3cret")])
