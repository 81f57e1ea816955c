"""The gateway and what stands behind it: zones, headers that say who is calling, sizes, and who believes whom."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request
from sandbox.protocol.tokens import decode
from sandbox.protocol.trace import Sent
from sandbox.world.network import NOWHERE
from tests.support.worlds import failures, outcomes, sign_in, world

API, INTERNAL = "https://api.connectsphere.example", "http://accounts.internal"
BELIEVING = {"rs_verify_behind_gw": "off", "client_code_flow": "on", "client_token_in_header": "on"}


def through(w, client="app", browser="laptop", path="/accounts", method="GET", headers=()):
    """A request of a signed-in client by way of the gateway."""
    c, b = w.clients[client], w.browsers[browser]
    session = c.session_in(b) or sign_in(w, client, browser)
    if headers:  # that no page may send: from a program of the user's own
        token = ("Authorization", f"Bearer {session.access_token()}")
        return w.net.deliver(Request(method, API + path, (*headers, token)), "mallory")
    return c.call(session, Request(method, API + path, headers), w.apis["accounts"].url, c.sender(b))


def forwarded(w):
    """The last request that the gateway sent to a service."""
    return [e for e in w.net.trace.events if isinstance(e, Sent) and e.sender == "gateway" and "internal" in e.request.url][-1].request


@pytest.mark.parametrize("profile", ["naive-jwt", "jwt-done-properly", "oauth-basic", "oauth-bcp"])
@pytest.mark.parametrize("client", ["app", "mobile", "budget"])
def test_honest_requests_pass_in_every_profile(profile, client):
    w = world(profile)
    sign_in(w, client, "laptop")
    assert through(w, client).json["owner"] == "alice"
    assert failures(w) == []


@pytest.mark.parametrize("dpop", ["off", "accept-both", "require"])
@pytest.mark.parametrize("verify", ["off", "on"])
def test_honest_requests_pass_whatever_the_services_think_of_proofs(dpop, verify):
    w = world("oauth-bcp", rs_dpop=dpop, rs_verify_behind_gw=verify)
    assert through(w).status == 200


def test_the_service_learns_who_is_calling_and_what_is_allowed():
    w = world("oauth-basic", **BELIEVING)
    assert through(w).status == 200
    assert (forwarded(w).header("x-user-id"), forwarded(w).header("x-scope")) == ("alice", "read")
    assert outcomes(w, "accounts")["signature"] == "skipped"


def test_a_believing_service_still_checks_the_scope():
    w = world("oauth-basic", **BELIEVING)
    refused = through(w, path="/transactions/7", method="DELETE")
    assert (refused.status, refused.error) == (403, "insufficient_scope")
    assert failures(w) == ["transactions.scope"]


def test_the_first_of_two_identity_headers_counts():
    for name in ("X-User-Id", "x-user-id", "X_User_Id"):
        w = world("oauth-basic", **BELIEVING)
        assert through(w, browser="mallory_browser", headers=((name, "alice"),)).json["owner"] == "alice"


@pytest.mark.parametrize(
    ("how", "name", "owner"), [("exact-name", "X-User-Id", "mallory"), ("exact-name", "X_User_Id", "alice"), ("on", "X_User_Id", "mallory")]
)
def test_identity_headers_are_removed_as_far_as_the_switch_says(how, name, owner):
    w = world("oauth-basic", gw_strip_identity_headers=how, **BELIEVING)
    assert through(w, browser="mallory_browser", headers=((name, "alice"),)).json["owner"] == owner


def test_no_token_no_way_through():
    w = world("naive-jwt")
    answer = w.net.deliver(Request("GET", f"{API}/accounts", (("X-User-Id", "alice"),)), "mallory")
    assert (answer.status, answer.header("www-authenticate")) == (401, 'Bearer realm="api"')
    assert failures(w) == ["gateway.token_present"]


@pytest.mark.parametrize(("switches", "status", "failed"), [({}, 401, ["gateway.signature"]), ({"gw_verify_token": "off"}, 200, [])])
def test_a_false_signature_is_seen_by_who_verifies(switches, status, failed):
    w = world("oauth-basic", **BELIEVING, **switches)
    token = sign_in(w).access_token()
    forged = token.rpartition(".")[0] + "." + "A" * len(token.rpartition(".")[2])
    answer = w.net.deliver(Request("GET", f"{API}/accounts", (("Authorization", f"Bearer {forged}"),)), "mallory")
    assert (answer.status, failures(w)) == (status, failed)


def test_an_expired_token_and_one_for_another_service_are_refused():
    w = world("oauth-bcp", rs_verify_behind_gw="off", client_dpop="off", rs_dpop="off")
    assert through(w, path="/transactions").error == "invalid_token"
    assert failures(w) == ["gateway.audience"]
    w.net.wait(301)
    assert through(w).error == "invalid_token"
    assert failures(w)[1:] == ["gateway.expiry"]


def test_a_bound_token_needs_its_key_at_the_gateway_too():
    w = world("oauth-bcp", rs_verify_behind_gw="off")
    token = sign_in(w).access_token()
    answer = w.net.deliver(Request("GET", f"{API}/accounts", (("Authorization", f"Bearer {token}"),)), "mallory")
    assert (answer.error, failures(w)) == ("invalid_token", ["gateway.key_binding"])
    request = w.attacker.present(Request("GET", f"{API}/accounts"), token)
    assert w.net.deliver(request, "mallory").error == "invalid_token"


def test_a_large_field_is_431_and_a_long_address_414():
    w = world()
    big = Request("GET", f"{API}/accounts", (("Authorization", "Bearer " + "a" * 8192),))
    assert w.net.deliver(big, "mallory").status == 431
    assert w.net.deliver(Request("GET", f"{API}/accounts?access_token={'a' * 8192}"), "mallory").status == 414
    assert failures(w) == ["gateway.request_size"] * 2


def test_an_address_that_leads_to_no_service_is_404():
    w = world()
    for path in ("", "/", "/nothing", "/nothing/accounts"):
        assert w.net.deliver(Request("GET", API + path), "mallory").status == 404


def test_internal_addresses_can_be_reached_from_inside_only():
    w = world("naive-jwt", rs_verify_behind_gw="off")
    request = Request("GET", f"{INTERNAL}/accounts", (("X-User-Id", "alice"),))
    assert w.net.deliver(request, "mallory").status == 502
    assert failures(w) == ["accounts.zone"]
    assert [e.receiver for e in w.net.trace.events if isinstance(e, Sent)] == [NOWHERE]
    w.net.admit("internal", "mallory")
    assert w.net.deliver(request, "mallory").json["owner"] == "alice"


def test_behind_the_gateway_a_service_may_want_the_gateway_or_a_token():
    request = Request("GET", f"{INTERNAL}/accounts", (("X-User-Id", "alice"),))
    for switches, status, failed in (
        ({"rs_gateway_only": "on"}, 403, "accounts.peer"),
        ({"rs_verify_behind_gw": "on"}, 401, "accounts.token_present"),
    ):
        w = world("naive-jwt", **{"rs_verify_behind_gw": "off"} | switches)
        w.net.admit("internal", "mallory")
        assert w.net.deliver(request, "mallory").status == status
        assert failures(w) == [failed]


def test_what_comes_from_the_gateway_itself_is_answered():
    w = world("oauth-basic", rs_gateway_only="on")
    assert through(w).status == 200
    assert outcomes(w, "accounts")["peer"] == "pass"


def test_a_believing_service_refuses_who_is_nobody():
    w = world("naive-jwt", rs_verify_behind_gw="off")
    w.net.admit("internal", "mallory")
    answer = w.net.deliver(Request("GET", f"{INTERNAL}/accounts"), "mallory")
    assert (answer.status, answer.error, failures(w)) == (401, None, ["accounts.gateway_identity"])


def test_the_public_address_asks_for_a_token_whatever_stands_behind_the_gateway():
    w = world("naive-jwt")
    assert (
        w.net.deliver(Request("GET", "https://accounts.connectsphere.example/accounts", (("X-User-Id", "alice"),)), "mallory").status == 401
    )


# ---------------------------------------------------------------- opaque tokens

OPAQUE = {"as_token_format": "opaque", "rs_introspect": "live"}


def test_the_gateway_asks_what_an_opaque_token_means_and_tells_the_service():
    w = world("oauth-bcp", rs_verify_behind_gw="off", **OPAQUE)
    assert through(w).json["owner"] == "alice"
    assert outcomes(w, "gateway") | {"introspection": "pass", "audience": "pass", "expiry": "pass"} == outcomes(w, "gateway")
    assert (forwarded(w).header("x-user-id"), forwarded(w).header("x-scope")) == ("alice", "openid read")


def test_the_gateway_refuses_an_opaque_token_that_is_not_active():
    w = world("oauth-bcp", rs_verify_behind_gw="off", **OPAQUE)
    request = Request("GET", f"{API}/accounts", (("Authorization", "Bearer nothing-of-the-kind"),))
    assert w.net.deliver(request, "mallory").status == 401
    assert failures(w) == ["gateway.introspection"]


def test_a_gateway_that_only_decodes_cannot_read_an_opaque_token():
    w = world("oauth-bcp", gw_verify_token="off", **OPAQUE)
    assert through(w).status == 401
    assert set(failures(w)) == {"gateway.format"}


def test_the_gateway_hears_of_tokens_for_the_services_behind_it_only():
    w = world("oauth-bcp", rs_verify_behind_gw="off", **OPAQUE)
    session = sign_in(w)
    w.issuer.store.tokens[session.access_token()].audience = "https://elsewhere.example"
    assert w.net.parties["gateway"].issuer.introspect(w.net, "gateway", "gateway-secret", session.access_token()) == {"active": False}


def test_an_opaque_token_goes_on_as_a_jwt_for_that_service_only() -> None:
    switches = {"as_token_format": "opaque", "as_token_exchange": "on", "as_dpop_bind": "off", "rs_dpop": "off", "client_dpop": "off"}
    w = world("oauth-bcp", gw_phantom="on", **switches)
    assert through(w).json["owner"] == "alice"
    token = decode(forwarded(w).credential()[1])
    assert (token.claims["aud"], token.claims["act"], token.claims["scope"]) == (w.apis["accounts"].url, {"sub": "gateway"}, "openid read")
    assert failures(w) == []
    without = world("oauth-bcp", gw_phantom="off", **switches)
    assert through(without).status == 401
    assert failures(without) == ["accounts.format"]


def test_without_a_jwt_for_it_the_token_goes_on_as_it_came() -> None:
    """Where the server knows no token exchange, the services say no."""
    w = world("oauth-bcp", as_token_format="opaque", gw_phantom="on", as_dpop_bind="off", rs_dpop="off", client_dpop="off")
    assert through(w).status == 401
    assert "." not in forwarded(w).credential()[1]


@pytest.mark.parametrize(
    ("dpop", "sent", "challenge"),
    [
        ("require", None, 'DPoP algs="'),
        ("require", "Bearer x", 'DPoP error="invalid_token", algs="'),
        ("accept-both", "DPoP x", 'DPoP error="invalid_token", algs="'),
        ("accept-both", "Bearer x", 'Bearer error="invalid_token"'),
        ("off", "DPoP x", 'Bearer error="invalid_token"'),
    ],
)
def test_a_refusal_asks_for_a_proof_where_one_is_wanted_or_was_tried(dpop, sent, challenge):
    """RFC 9449 §7.1."""
    w = world("oauth-bcp", rs_dpop=dpop)
    answer = w.net.deliver(Request("GET", f"{API}/accounts", (("Authorization", sent),) if sent else ()), "mallory")
    assert answer.status == 401
    assert answer.header("www-authenticate").startswith(challenge)
