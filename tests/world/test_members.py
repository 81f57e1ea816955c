"""The members of the cast: each knows the secrets and rules that fit those of the others."""

from __future__ import annotations

import pytest

from sandbox.core import entropy
from sandbox.core.wire import Request
from sandbox.protocol.cast import CAST
from sandbox.world.members import ROUTES, WORD
from tests.support.worlds import world


def test_a_client_that_keeps_a_secret_is_registered_with_it() -> None:
    for bff in ("off", "on"):
        w = world("oauth-basic", client_bff=bff)
        known = w.issuer.store.clients
        for name in ("app", "mobile", "budget", "evil_app"):
            assert known[name].secret == w.clients[name].registration.secret
            assert w.clients[name].registration.redirect_uri in known[name].redirect_uris
        assert (known["app"].secret is None) == (bff == "off")


@pytest.mark.parametrize(
    ("signing", "alg"), [("shared-word", "HS256"), ("strong-secret", "HS256"), ("rs256", "RS256"), ("eddsa", "EdDSA"), ("es256", "ES256")]
)
def test_the_services_trust_the_algorithm_that_the_issuer_signs_with(signing: str, alg: str) -> None:
    for profile in ("naive-jwt", "oauth-bcp"):
        w = world(profile, as_signing=signing)
        secret = {"shared-word": WORD.encode(), "strong-secret": entropy.secret("0", w.issuer.name)}.get(signing)
        assert {(api.issuer.alg, api.issuer.secret) for api in w.apis.values()} == {(alg, secret)}


def test_every_route_of_the_gateway_leads_to_a_service_that_has_it() -> None:
    w = world("oauth-basic")
    paths = {
        "accounts": "/accounts",
        "admin": "/admin/export",
        "transactions": "/transactions",
        "users": "/users/alice/transactions/7",
        "notifications": "/notifications",
    }
    assert set(paths) == set(ROUTES)
    for first, path in paths.items():
        methods = ("GET", "DELETE")
        assert any(w.apis[ROUTES[first]].records.route(method, path) for method in methods)


def test_mallorys_client_does_what_the_servers_metadata_ask_for() -> None:
    bcp, basic = (world(profile).clients["evil_app"].policy for profile in ("oauth-bcp", "oauth-basic"))
    assert (bcp.pkce, bcp.dpop, bcp.resource_param) == ("s256", "on", "on")
    assert (basic.pkce, basic.dpop, basic.resource_param) == ("off", "off", "off")
    assert bcp.validate_id_token == "off"


def test_the_bank_is_careful_whatever_connectsphere_does() -> None:
    for profile in ("naive-jwt", "oauth-bcp"):
        w = world(profile)
        said = w.net.deliver(Request("GET", f"{CAST['bank'].host}/.well-known/openid-configuration"), "importer").json
        assert said["code_challenge_methods_supported"] == ["S256"]
        assert w.bank.server.policy.exact_redirect == "on"
