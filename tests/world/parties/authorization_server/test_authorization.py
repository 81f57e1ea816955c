"""The authorization endpoint: good and bad requests, consent, and where errors go."""

from __future__ import annotations

import pytest

from sandbox.core.wire import first, pairs, split
from sandbox.protocol.trace import Noted, of
from sandbox.verbs.attacker import Lure, lure
from sandbox.world.world import World
from tests.support import worlds
from tests.support.token_requests import AS, authorized, no_dpop
from tests.support.worlds import failures, sign_in, world

APP, EVIL = "https://app.connectsphere.example", "https://evil.example"


def lured(w: World, **query: str) -> None:
    """A page of hers sends Alice's browser to the authorization endpoint."""
    lure(w, "mallory", Lure.model_validate({"browser": "laptop", "url": f"{AS}/authorize", "change": {"query": query}}))


@pytest.mark.parametrize(
    ("change", "error", "check"),
    [
        ({"client_id": "nobody"}, "invalid_client", "client_known"),
        ({"redirect_uri": "https://evil.example/cb"}, "invalid_request", "redirect_uri"),
        ({"redirect_uri": 'https://evil.example/"\\'}, "invalid_request", "redirect_uri"),
        ({"redirect_uri": "com.connectsphere.app:/cb#x"}, "invalid_request", "redirect_uri"),
    ],
)
def test_without_a_good_redirect_uri_the_error_is_a_page(change, error, check):
    w = world()
    page = authorized(w, **change).page
    assert (page.status, page.page, page.error) == (400, "error", error)
    assert failures(w)[-1] == f"auth.{check}"


@pytest.mark.parametrize(
    ("change", "error", "check"),
    [
        ({"response_type": "token"}, "unsupported_response_type", "response_type"),
        ({"scope": "everything"}, "invalid_scope", "scope_offered"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request", "code_challenge"),
        ({"code_challenge_method": "plain"}, "invalid_request", "code_challenge"),
        ({"code_challenge_method": None}, "invalid_request", "code_challenge"),
        ({"code_challenge": "short"}, "invalid_request", "code_challenge"),
        ({"resource": "https://evil.example"}, "invalid_target", "resource"),
        ({"request": "e30.e30."}, "invalid_request_object", "request_object"),
        ({"request_uri": "https://client.example/r"}, "request_uri_not_supported", "request_object"),
        ({"prompt": "none"}, "login_required", None),
    ],
)
def test_other_errors_go_back_to_the_client_with_state_and_iss(change, error, check):
    w = world()
    held = authorized(w, **change).held
    assert held is not None
    answer = pairs(split(held.request.url).query)
    assert (first(answer, "error"), first(answer, "state"), first(answer, "iss")) == (error, "s", AS)
    if check:
        assert failures(w)[-1] == f"auth.{check}"


def test_who_has_said_yes_is_not_asked_again_for_the_same_or_less():
    w = world("oauth-basic")
    sign_in(w, "budget", scope="read write")
    before = len(w.net.trace.events)
    sign_in(w, "budget", scope="read")
    visited = [e.request.path for e in w.net.trace.events[before:] if type(e).__name__ == "Sent"]
    assert "/login" in visited  # of budget
    assert "/consent" not in visited


def test_saying_no_is_told_to_the_client():
    w = world()
    browser = w.browsers["laptop"]
    browser.begin()
    browser.visit(w.clients["budget"].start_url(scope="read"))
    browser.submit(browser.forms()[0], {"username": "alice", "password": "wonderland"})
    browser.submit(browser.forms()[0], {"allow": "no"})
    assert browser.page.error == "access_denied"
    assert failures(w) == ["auth.consent", "budget.response"]


def test_a_registered_prefix_also_fits_a_host_that_begins_with_it():
    w = world("oauth-basic", as_exact_redirect="off")
    sign_in(w)
    lured(w, response_type="code", client_id="app", scope="read", redirect_uri=f"{APP}.evil.example/cb")
    assert first(worlds.asked(w, "mallory")[-1].query, "code")


def test_a_wrong_redirect_uri_is_refused_first_whatever_else_is_wrong():
    w = world("oauth-bcp")
    lured(w, response_type="token", client_id="app", scope="read", redirect_uri=f"{EVIL}/cb")
    assert failures(w) == ["auth.redirect_uri"]
    assert (w.browsers["laptop"].page.status, w.browsers["laptop"].page.error) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("switch", "client", "browser", "again"),
    [
        ("on", "mobile", "phone", True),  # a scheme that any app can claim (RFC 8252 §8.6)
        ("off", "mobile", "phone", False),
        ("on", "app", "laptop", False),  # an https address
        ("on", "budget", "laptop", False),  # a secret
    ],
)
def test_what_was_allowed_once_counts_again_for_a_client_that_no_other_can_pass_for(switch, client, browser, again):
    w = no_dpop(as_ask_again=switch, client_bff="off")
    sign_in(w, client, browser)
    asked = next(r for r in worlds.asked(w, "auth") if r.path == "/authorize")
    shown = w.browsers[browser]
    shown.visit(asked.url)
    assert (shown.page.page == "consent") == again
    assert any("is asked again" in e.text for e in of(w.net.trace.events, Noted)) == again
