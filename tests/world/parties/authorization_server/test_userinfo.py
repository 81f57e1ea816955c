"""The userinfo endpoint: how a token may come, and that it comes once."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from sandbox.core.wire import FORM, Request
from tests.support.token_requests import AS, code_of, no_dpop, token
from tests.support.worlds import failures, world

PLACES = ("header", "address", "body")


def asked(w, access, *places):
    """A request with the token in each of these places."""
    headers = (("Authorization", f"Bearer {access}"),) * ("header" in places)
    query = "?" + urlencode([("access_token", access) for p in places if p == "address"])
    body = urlencode([("access_token", access) for p in places if p == "body"])
    return w.net.deliver(Request("POST", f"{AS}/userinfo{query}", (*headers, ("Content-Type", FORM)), body), "mobile")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("profile", ["oauth-basic", "oauth-bcp"])
def test_a_token_stands_in_the_header_or_the_body_and_in_the_address_only_of_a_basic_server(profile, place):
    w = no_dpop() if profile == "oauth-bcp" else world(profile)
    answer = asked(w, token(w, code=code_of(w)).json["access_token"], place)
    refused = (profile, place) == ("oauth-bcp", "address")  # RFC 9700 §4.3.2
    assert (answer.status, answer.error) == ((400, "invalid_request") if refused else (200, None))
    assert failures(w) == (["auth.token_in_header"] if refused else [])


@pytest.mark.parametrize("places", [(a, b) for a in PLACES for b in PLACES if (a, b) != ("header", "header")])
@pytest.mark.parametrize("profile", ["oauth-basic", "oauth-bcp"])
def test_two_tokens_at_once_are_refused_even_if_they_are_the_same(profile, places):
    """RFC 6750 §2."""
    w = no_dpop() if profile == "oauth-bcp" else world(profile)
    answer = asked(w, token(w, code=code_of(w)).json["access_token"], *places)
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert failures(w) == ["auth.one_method"]


def test_without_a_token_there_is_a_challenge_without_an_error():
    answer = asked(world(), "")
    assert (answer.status, answer.header("www-authenticate")) == (401, 'Bearer realm="api"')


def test_a_token_without_any_scope_is_refused_and_not_a_crash():
    w = world("oauth-basic")
    access = token(w, grant_type="password", username="alice", password="wonderland").json["access_token"]
    assert (asked(w, access, "header").status, asked(w, access, "header").error) == (403, "insufficient_scope")


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_a_refusal_asks_in_the_scheme_that_was_used(scheme):
    """RFC 9449 §7.1: who proves a key is told which algorithms a proof may have."""
    answer = world().net.deliver(Request("GET", f"{AS}/userinfo", (("Authorization", f"{scheme} unknown"),)), "mobile")
    assert answer.header("www-authenticate").startswith(f'{scheme} error="invalid_token"')
    assert ('algs="ES256' in answer.header("www-authenticate")) == (scheme == "DPoP")
