"""What a world still knows after its settings have changed."""

from __future__ import annotations

from sandbox.core.wire import Request, first, json_request
from sandbox.protocol.settings import Settings
from sandbox.serve.carry_over import past_of, remember
from sandbox.world.parties.authorization_server.registration import register
from sandbox.world.world import World, build
from tests.support.key_client import KeyClient, keyed
from tests.support.worlds import sign_in, world


def after(before: World, profile: str = "oauth-bcp", **switches: str) -> World:
    """A world in other settings that goes on where this one was."""
    new = build(Settings.of(profile, {k.replace("_", ".", 1): v for k, v in switches.items()}))
    remember(new, past_of(before, None))
    return new


def bearer(w: World, token: str) -> int:
    url = w.apis["accounts"].url + "/accounts"
    return w.net.deliver(Request("GET", url, (("Authorization", f"Bearer {token}"),)), "mallory").status


def test_a_token_from_before_meets_the_new_rules() -> None:
    before = world("oauth-basic", client_code_flow="on")
    token = sign_in(before, "budget").access_token()
    assert bearer(before, token) == 200
    assert bearer(after(before, "oauth-basic"), token) == 200
    assert bearer(after(before, "oauth-basic", rs_check_typ="on"), token) == 401


def test_what_was_revoked_stays_revoked() -> None:
    before = world("oauth-bcp", client_dpop="off", as_dpop_bind="off", rs_dpop="off")
    token = sign_in(before, "budget").access_token()
    before.browsers["laptop"].begin()
    before.browsers["laptop"].post(before.clients["budget"].logout_url)
    assert bearer(after(before, rs_dpop="off", rs_denylist="strict"), token) == 401
    assert bearer(after(before, rs_dpop="off", rs_denylist="off"), token) == 200


def test_a_client_that_registered_itself_is_known_under_the_new_rules() -> None:
    before = world("oauth-basic", as_exact_redirect="off")
    told = register(before.issuer.core, {"redirect_uris": ["https://client.example/cb"]}).json
    client = after(before, "oauth-bcp").issuer.store.clients[told["client_id"]]
    assert client.check_client_secret(told["client_secret"])
    assert client.exact_redirect
    assert not before.issuer.store.clients[told["client_id"]].exact_redirect


def test_what_the_operator_and_the_people_did_stays() -> None:
    before = world("oauth-basic", client_code_flow="on")
    before.people.users["alice"].disabled = True
    upload = json_request("POST", "https://accounts.connectsphere.example/accounts/imports", {"statement": "s"})
    session = sign_in(before, "budget", "mallory_browser", scope="read write")
    before.net.deliver(upload.with_header("Authorization", f"Bearer {session.access_token()}"), "budget")
    new = after(before)
    assert new.people.users["alice"].disabled
    assert new.apis["accounts"].records.imports == {"mallory": ["s"]}
    assert new.clients["budget"].session_in(before.browsers["mallory_browser"]).user == "mallory"


def test_a_world_without_an_authorization_server_keeps_the_one_before_it() -> None:
    first = world("oauth-basic")
    second = build(Settings.of("naive-jwt"))
    past = past_of(second, past_of(first, None))
    assert (past.world, past.server) == (second, first.issuer)
    assert past_of(second, None).server is None


def test_a_pushed_request_and_a_used_assertion_are_remembered() -> None:
    rp = KeyClient(keyed())
    uri, identity = rp.pushed(), rp.identity()
    assert rp.push(identity=identity).status == 201
    rp.w = after(rp.w, client_auth="private_key_jwt")
    assert rp.push(identity=identity).error == "invalid_client"
    assert first(rp.use(uri), "code")


def test_the_assistant_keeps_what_it_found_out_and_whom_it_signed_in() -> None:
    before = world()
    session = sign_in(before, "assistant")
    assert session is not None
    now = after(before, rs_denylist="strict")
    client = now.clients["assistant"]
    assert client.registration.client_id in now.issuer.store.clients
    assert client.sessions[session.key].tokens == session.tokens
    assert client.servers[now.issuer.issuer] == now.issuer.describe()
