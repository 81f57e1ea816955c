"""Where a client lives: its own pages, what they show and store, and where they send a browser."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request
from sandbox.world.parties.client_hosts import PIXEL
from tests.support.worlds import asked, failures, outcomes, sign_in, world

APP, EVIL = "https://app.connectsphere.example", "https://evil.example"


@pytest.mark.parametrize("client", ["app", "budget"])
def test_the_image_on_the_callback_page_learns_the_code(client):
    w = world("oauth-basic")
    sign_in(w, client, response="code")
    referer = asked(w, "mallory")[0].header("referer")
    assert "/cb?code=" in referer
    assert "&state=" in referer


@pytest.mark.parametrize("client", ["app", "budget"])
def test_with_a_referrer_policy_there_is_no_image_and_no_referer(client):
    w = world("oauth-basic", client_referrer_policy="on")
    sign_in(w, client, response="code")
    assert asked(w, "mallory") == []
    callback = w.clients[client].handle(Request("GET", f"{w.clients[client].home}/cb"))
    assert callback.header("referrer-policy") == "no-referrer"
    assert PIXEL not in callback.body


def test_error_pages_have_the_image_too():
    w = world("oauth-basic")
    w.browsers["laptop"].visit("https://budget.example/cb?code=somebody-elses-code&state=wrong")
    assert "somebody-elses-code" in asked(w, "mallory")[-1].header("referer")


def test_other_pages_have_no_image():
    w = world("oauth-basic")
    w.browsers["laptop"].visit("https://budget.example/")
    assert asked(w, "mallory") == []


def test_an_open_redirector_leads_anywhere_and_takes_the_fragment_along():
    w = world("oauth-basic")
    w.browsers["laptop"].visit(f"{APP}/out?u={EVIL}/#token")
    assert w.browsers["laptop"].url == f"{EVIL}/#token"
    assert outcomes(w, "app")["redirect_target"] == "skipped"


@pytest.mark.parametrize("profile", ["naive-jwt", "oauth-basic"])
@pytest.mark.parametrize(
    "target", [f"{EVIL}/", "//evil.example/", "javascript:alert(1)", "https://app.connectsphere.example.evil.example/"]
)
def test_a_careful_redirector_refuses_foreign_addresses(profile, target):
    w = world(profile, client_no_open_redirect="on")
    w.browsers["laptop"].visit(f"{APP}/out?u={target}")
    assert w.browsers["laptop"].page.status == 400
    assert failures(w) == ["app.redirect_target"]


@pytest.mark.parametrize("target", ["/", f"{APP}/", ""])
def test_a_careful_redirector_leads_to_its_own_pages(target):
    w = world("oauth-basic", client_no_open_redirect="on")
    w.browsers["laptop"].visit(f"{APP}/out?u={target}")
    assert (w.browsers["laptop"].page.status, w.browsers["laptop"].url) == (200, f"{APP}/")


@pytest.mark.parametrize(("client", "browser"), [("app", "laptop"), ("budget", "laptop"), ("mobile", "phone")])
def test_whoever_signs_out_everywhere_comes_back_signed_out(client, browser):
    w = world("oauth-bcp")
    sign_in(w, client, browser)
    b = w.browsers[browser]
    b.begin()
    b.post(f"{w.clients[client].logout_url}/everywhere")
    assert (b.url, b.page.page) == (w.clients[client].signed_out_url, "app")
    session = w.clients[client].session_in(b)
    assert session is None or not session.tokens
    assert not w.issuer.store.sessions
