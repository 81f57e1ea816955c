"""An OAuth client: how it signs people in, what it checks of an answer, and what it gives back."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, Response
from sandbox.protocol.cast import EVIL_AS
from sandbox.protocol.tokens import decode
from sandbox.protocol.trace import Sent, SignedIn
from tests.support.worlds import agree, call, failures, outcomes, sign_in, world


@pytest.mark.parametrize(("client", "browser"), [("app", "laptop"), ("mobile", "phone"), ("budget", "laptop")])
@pytest.mark.parametrize("profile", ["naive-jwt", "jwt-done-properly", "oauth-basic", "oauth-bcp"])
def test_every_client_signs_in_and_calls_an_api_in_every_profile(client, browser, profile):
    w = world(profile)
    session = sign_in(w, client, browser)
    assert call(w, client, browser).json["owner"] == "alice"
    assert failures(w) == []
    assert [(e.party, e.browser, e.user) for e in w.net.trace.events if isinstance(e, SignedIn)] == [(client, browser, "alice")]
    assert session.user == "alice"


def callback(w, change, client="budget"):
    """Sign in up to the callback, change the held request, let it go."""
    sign_in(w, client, hold=client)
    browser = w.browsers["laptop"]
    browser.begin()
    browser.follow(change(browser.held.request))
    return browser.page


def test_state_of_another_browser_is_refused():
    w = world()
    shown = callback(w, lambda r: Request(r.method, r.url.replace("state=", "state=x"), r.headers))
    assert (shown.status, shown.error) == (400, "mismatching_state")
    assert failures(w) == ["budget.state"]


def test_unbound_state_is_any_state_that_was_ever_sent():
    w = world("oauth-basic", client_state="unbound")
    sign_in(w, "budget", "mallory_browser", hold="auth")
    other = w.browsers["mallory_browser"].held.request
    state = dict(other.query)["state"]
    mine = callback(w, lambda r: Request(r.method, r.url.split("&state=")[0] + f"&state={state}"))
    assert mine.page == "app"
    assert outcomes(w, "budget")["state"] == "pass"


def test_an_answer_of_another_issuer_is_refused():
    w = world()
    shown = callback(w, lambda r: Request(r.method, r.url.split("&iss=")[0] + "&iss=https%3A%2F%2Fas.evil.example"))
    assert shown.error == "mismatching_issuer"
    assert failures(w) == ["budget.issuer"]


def test_an_answer_without_a_code_is_refused():
    w = world("oauth-basic")
    shown = callback(w, lambda r: Request(r.method, "https://budget.example/cb?state=" + dict(r.query)["state"]))
    assert (shown.status, shown.error) == (400, "invalid_response")


def test_a_client_asks_for_one_token_per_api_where_tokens_have_an_audience():
    w = world()
    session = sign_in(w, "app")
    transactions = w.apis["transactions"].url
    assert w.clients["app"].lacks_token(session, transactions)
    client, browser = w.clients["app"], w.browsers["laptop"]
    client.accept(session, client.sender(browser)(client.refresh_request(session, transactions)))
    assert decode(session.access_token(transactions)).claims["aud"] == transactions
    assert call(w, api="transactions", path="/transactions").json["transactions"] == ["alice:transaction-7"]
    assert call(w).status == 200


@pytest.mark.parametrize(("profile", "path"), [("oauth-bcp", "/revoke"), ("oauth-basic", "/logout"), ("naive-jwt", "/logout")])
@pytest.mark.parametrize(("client", "browser"), [("app", "laptop"), ("mobile", "phone"), ("budget", "laptop")])
def test_logging_out_gives_back_what_can_be_given_back(profile, path, client, browser):
    w = world(profile)
    sign_in(w, client, browser)
    before = len(w.net.trace.events)
    w.browsers[browser].begin()
    w.browsers[browser].post(w.clients[client].logout_url)
    asked = [
        e.request.path
        for e in w.net.trace.events[before:]
        if isinstance(e, Sent) and e.receiver in ("auth", "backend") and e.request.method != "OPTIONS"
    ]
    assert asked == ([] if client == "budget" and profile == "oauth-basic" else [path])
    assert w.clients[client].session_in(w.browsers[browser]) is None


def test_a_client_asks_for_no_nonce_where_no_id_token_comes_back():
    w = world("oauth-basic", client_nonce="on", client_validate_id_token="on")
    assert sign_in(w).user == "alice"
    assert failures(w) == []


def test_signing_in_still_works_for_everybody():
    w = world("oauth-basic")
    for client, browser in (("app", "laptop"), ("mobile", "phone"), ("budget", "laptop")):
        assert sign_in(w, client, browser).user == "alice"
        assert call(w, client, browser).status == 200
    agree(w, w.browsers["laptop"])
    assert failures(w) == []


# ---------------------------------------------------------------- a client that is registered at two servers


def test_a_client_has_another_name_and_another_secret_at_another_server():
    w = world(client_iss_check="off")
    sign_in(w, "budget", at=EVIL_AS)
    asked = next(e.request for e in w.net.trace.events if isinstance(e, Sent) and e.receiver == "evil_as")
    assert dict(asked.query)["client_id"] == "budget-elsewhere"
    state = dict(asked.query)["state"]
    w.browsers["laptop"].visit(f"https://budget.example/cb?code=c&state={state}")
    brought = [e.request for e in w.net.trace.events if isinstance(e, Sent) and e.receiver == "evil_as"][-1]
    own = w.clients["budget"].registration
    assert brought.header("authorization") not in (None, w.clients["budget"].authenticated(brought).header("authorization"))
    assert own.secret is not None
    assert own.secret not in str(brought)
    assert dict(brought.form)["redirect_uri"] == own.redirect_uri


@pytest.mark.parametrize(("path", "status"), [("/cb/elsewhere", 200), ("/cb", 400)])
def test_an_answer_must_come_in_at_the_address_for_that_server(path: str, status: int):
    w = world(client_iss_check="per-as-redirect")
    tokens = '{"access_token": "t", "token_type": "Bearer"}'
    w.attacker.served[f"{EVIL_AS}/token"] = Response(200, (("Content-Type", "application/json"),), tokens)
    sign_in(w, "mobile", "phone", at=EVIL_AS)
    asked = dict(next(e.request for e in w.net.trace.events if isinstance(e, Sent) and e.receiver == "evil_as").query)
    assert asked["redirect_uri"] == "com.connectsphere.app:/cb/elsewhere"
    session = w.clients["mobile"].session_in(w.browsers["phone"])
    assert session is not None
    session.nonce = ""  # a server without ID tokens
    w.browsers["phone"].visit(f"com.connectsphere.app:{path}?code=c&state={asked['state']}")
    assert w.browsers["phone"].page.status == status
    assert (failures(w) == ["mobile.issuer"]) is (status == 400)


def test_an_honest_answer_comes_in_at_the_usual_address():
    w = world(client_iss_check="per-as-redirect")
    assert sign_in(w, "budget").user == "alice"
