"""The ID token at the client: its checks in order, and the keys of the server that signed it."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request
from sandbox.protocol.tokens import decode
from sandbox.protocol.trace import Sent
from tests.support.short_stories import answer, failed, told
from tests.support.worlds import call, failures, outcomes, sign_in, world


def test_a_foreign_nonce_is_refused():
    w = world()
    sign_in(w, "budget", "laptop", hold="budget", scope="openid read")
    session = w.clients["budget"].session_in(w.browsers["laptop"])
    session.nonce = "another"
    browser = w.browsers["laptop"]
    browser.begin()
    browser.follow(browser.held.request)
    assert browser.page.error == "mismatching_nonce"
    assert failures(w) == ["budget.nonce"]


def test_the_id_token_is_checked_in_order():
    w = world()
    sign_in(w, "budget", scope="openid read")
    checked = list(outcomes(w, "budget"))
    assert checked == ["response", "state", "issuer", "algorithm", "signature", "audience", "expiry", "token_hash", "nonce"]


def test_a_client_asks_again_for_a_key_that_it_does_not_know():
    """After a rotation the next ID token is signed with another key (OIDC Core §10.1.1)."""
    w = world("oauth-bcp")
    session = sign_in(w)
    w.net.deliver(Request("POST", f"{w.issuer.issuer}/admin/keys"), "admin", "internal")
    client, browser = w.clients["app"], w.browsers["laptop"]
    before = len(w.net.trace.events)
    client.accept(session, client.sender(browser)(client.refresh_request(session)))
    later = [e.request.path for e in w.net.trace.events[before:] if isinstance(e, Sent) and e.request.method != "OPTIONS"]
    assert later == ["/token", "/jwks"]


@pytest.mark.parametrize("signing", ["shared-word", "strong-secret"])
def test_a_client_can_check_id_tokens_where_the_apis_share_a_secret(signing):
    w = world("oauth-bcp", as_signing=signing)
    session = sign_in(w)
    assert decode(session.id_token).header["alg"] == "ES256"
    assert decode(session.access_token()).header["alg"] == "HS256"
    assert call(w).status == 200


STRIPPED = "in budget.sign_in {browser: laptop, scope: SCOPE, hold: auth}\nit laptop.follow {change: {query: {acr_values: null}}}\nyes laptop.approve"


@pytest.mark.parametrize("scope", ["openid read", "read"])
@pytest.mark.parametrize(("acr", "page"), [("ask", "app"), ("check", "error")])
def test_who_has_asked_for_a_second_factor_looks_whether_there_was_one(acr: str, page: str, scope: str) -> None:
    """OIDC Core §3.1.3.7: the request was a wish, and the ID token says what came of it."""
    record = told(STRIPPED.replace("SCOPE", scope), client_acr=acr)
    assert answer(record, "yes").page == page
    assert failed(record, "yes") == ([] if acr == "ask" else ["budget.acr"])
    honest = told("in budget.sign_in {browser: laptop, scope: read}", client_acr=acr)
    assert answer(honest, "in").page == "app"
