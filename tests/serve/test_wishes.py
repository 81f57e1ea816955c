"""What whoever runs a server may want of a world, seeds and clocks above all: the same wishes, the same bytes."""

from __future__ import annotations

import base64
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import FORM, form_request
from sandbox.protocol.settings import Settings
from sandbox.serve import Edge
from sandbox.serve.banner import CHALLENGE, VERIFIER
from sandbox.serve.setup import CALLBACK, OPEN, NewClient, Served, served
from sandbox.serve.setup_reading import loads
from sandbox.serve.wishes import NOTHING, Wishes
from tests.support.paths import PACKAGE
from tests.support.real import parameters
from tests.support.visiting import Visitor

BASE = "http://127.0.0.1:9000"
NOW = 1_800_000_000
EXAMPLE = loads((PACKAGE / "serve" / "example_setup.yaml").read_bytes())[0]
MINE = NewClient("mine", "http://127.0.0.1:3000/cb", "secret-of-mine")


def answers(wishes: Wishes) -> list[str]:
    """The key set, and three answers of the token endpoint to the same requests."""
    world = served(Settings.of("oauth-bcp"), BASE, clients=[MINE], wishes=wishes).world
    header = ("Authorization", "Basic " + base64.b64encode(b"mine:secret-of-mine").decode())
    request = form_request(f"{world.issuer.issuer}/token", {"grant_type": "client_credentials", "scope": "read"}, (header,))
    keys = form_request(f"{world.issuer.issuer}/jwks", {})
    out = [world.net.deliver(replace(keys, method="GET", body=""), "outside").body]
    for seconds in (0, 60, 60):
        world.net.wait(seconds)
        out.append(world.net.deliver(request, "outside").body)
    return out


def test_the_same_seed_and_clock_give_the_same_bytes() -> None:
    one, two = (answers(Wishes(seed="hello", now=NOW)) for _ in range(2))
    assert one == two
    assert len(set(one)) == 4, "but each token is another one"


def signed_in() -> str:
    """Alice's sign-in over the door, to the last byte of the token response."""
    there = served(Settings.of("oauth-bcp", OPEN), BASE, wishes=Wishes(seed="hello", now=NOW))
    alice, issuer = Visitor(Edge(there), BASE), there.world.issuer.issuer
    asked = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "scope": "openid read"}
    asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    code = parameters(alice.visit(f"{issuer}/authorize?{urlencode(asked)}"))["code"]
    form = {"grant_type": "authorization_code", "client_id": "app", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return code + alice.ask("POST", f"{issuer}/token", urlencode(form).encode(), ("Content-Type", FORM)).body.decode()


def test_a_whole_sign_in_repeats_code_and_tokens() -> None:
    one, two = signed_in(), signed_in()
    assert one == two
    assert "id_token" in one


@pytest.mark.parametrize("other", [Wishes(seed="hello", now=NOW + 1), Wishes(seed="hullo", now=NOW), Wishes(now=NOW)])
def test_another_seed_or_clock_does_not(other: Wishes) -> None:
    first, second = answers(Wishes(seed="hello", now=NOW)), answers(other)
    assert second[1:] != first[1:]
    assert (second[0] == first[0]) == (other.seed == "hello")


def test_without_wishes_time_and_randomness_are_real() -> None:
    assert isinstance(NOTHING.entropy, SystemEntropy)
    assert isinstance(NOTHING.clock, WallClock)
    assert answers(NOTHING)[0] != answers(NOTHING)[0]


def test_no_list_of_secrets_grows_while_it_runs() -> None:
    entropy = Wishes(seed="hello").entropy
    for _ in range(100):
        entropy.token("code")
    assert not entropy.words


def opened() -> Served:
    return served(EXAMPLE.settings, BASE, clients=[NewClient("cli", "http://127.0.0.1:1/cb")], wishes=EXAMPLE.wishes)


def test_scopes_of_ones_own_are_for_all_that_people_use() -> None:
    known = opened().world.issuer.store.clients
    with_them = {name for name, client in known.items() if "invoices" in client.scope.split()}
    assert with_them == {"app", "mobile", "budget", "evil_app", "shop", "page", "nightly-job", "signer", "cli"}


def test_a_client_of_the_file_can_get_an_address_from_the_command_line() -> None:
    more = [NewClient("page", "http://127.0.0.1:5/cb")]
    known = served(EXAMPLE.settings, BASE, clients=more, wishes=EXAMPLE.wishes).world.issuer.store.clients
    assert known["page"].redirect_uris == ("http://localhost:5173/callback", "http://127.0.0.1:5/cb")


def test_two_worlds_of_the_same_wishes_share_nothing_that_changes() -> None:
    one, two = opened().world, opened().world
    one.issuer.store.change("shop", redirect_uris=())
    one.people.users["carol"].disabled = True
    assert two.issuer.store.clients["shop"].redirect_uris
    assert not two.people.users["carol"].disabled
