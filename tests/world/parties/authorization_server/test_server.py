"""The endpoints of the authorization server: metadata, authorization, login, consent, userinfo and sessions."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, first, form_request, json_request, pairs, split
from sandbox.protocol.tokens import sha256
from sandbox.protocol.trace import Noted, of
from sandbox.verbs.attacker import Lure, lure
from sandbox.world.world import World
from tests.support import worlds
from tests.support.token_requests import AS, VERIFIER, authorized, code_of, no_dpop, token
from tests.support.worlds import call, failures, sign_in, world


def test_metadata_says_what_the_switches_say():
    bcp = world().net.deliver(Request("GET", f"{AS}/.well-known/oauth-authorization-server"), "mallory").json
    assert bcp["issuer"] == AS
    assert bcp["code_challenge_methods_supported"] == ["S256"]
    assert bcp["response_types_supported"] == ["code"]
    assert bcp["authorization_response_iss_parameter_supported"] is True
    basic = world("oauth-basic").net.deliver(Request("GET", f"{AS}/.well-known/openid-configuration"), "mallory").json
    assert "code_challenge_methods_supported" not in basic
    assert "revocation_endpoint" not in basic


def test_jwks_holds_public_keys_only():
    keys = world().net.deliver(Request("GET", f"{AS}/jwks"), "mallory").json["keys"]
    assert [sorted(k) for k in keys] == [["alg", "crv", "kid", "kty", "use", "x", "y"]]
    for secret in ("shared-word", "strong-secret"):  # what the APIs share is not published; ID tokens have a key of their own
        w = world("oauth-bcp", as_signing=secret)
        (public,) = w.net.deliver(Request("GET", f"{AS}/jwks"), "mallory").json["keys"]
        assert (public["kty"], public["alg"], w.issuer.core.key.alg) == ("EC", "ES256", "HS256")


# ---- the authorization endpoint


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


def test_a_parameter_given_twice_is_refused_everywhere():
    w = world()
    url = f"{AS}/authorize?response_type=code&client_id=mobile&scope=read&scope=write&code_challenge={sha256(VERIFIER)}"
    assert w.net.deliver(Request("GET", url), "phone").error == "invalid_request"
    twice = Request(
        "POST", f"{AS}/token", (("Content-Type", "application/x-www-form-urlencoded"),), "grant_type=refresh_token&grant_type=password"
    )
    assert w.net.deliver(twice, "mallory").json["error"] == "invalid_request"


def test_two_methods_of_client_authentication_are_refused():
    w = world("oauth-basic")
    basic = (("Authorization", "Basic YnVkZ2V0OmJ1ZGdldC04WnEzdlQxeA=="),)
    assert token(w, basic, client_id="budget", client_secret="budget-8Zq3vT1x", code="x").json["error"] == "invalid_request"


def test_hostile_text_in_any_parameter_is_an_error_not_a_crash():
    nasty = '"\\\x00\u202e<script>é' + "a" * 3000
    for name in (
        "client_id",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "prompt",
        "resource",
    ):
        w = world()
        browser = authorized(w, **{name: nasty})
        assert browser.held is not None or browser.page.status in (200, 400)
    for name in ("grant_type", "client_id", "code", "redirect_uri", "code_verifier", "scope", "resource", "client_secret"):
        assert token(world(), **({"code": "x"} | {name: nasty})).status in (400, 401)


def test_pages_escape_what_they_show():
    w = world()
    page = authorized(w, client_id="<script>alert(1)</script>").page
    assert "<script>" not in page.body


def test_a_wrong_password_shows_the_login_page_again():
    w = world()
    browser = w.browsers["laptop"]
    browser.begin()
    browser.visit(w.clients["app"].start_url(scope="read"))
    browser.submit(browser.forms()[0], {"username": "alice", "password": "wrong"})
    assert (browser.page.page, browser.page.status) == ("login", 401)
    assert failures(w) == ["auth.password"]
    assert sign_in(w) is not None


def test_a_disabled_account_cannot_log_in():
    w = world()
    w.people.users["alice"].disabled = True
    browser = w.browsers["laptop"]
    browser.begin()
    browser.visit(w.clients["app"].start_url(scope="read"))
    browser.submit(browser.forms()[0], {"username": "alice", "password": "wonderland"})
    assert failures(w) == ["auth.account_active"]


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


def test_userinfo_tells_what_the_scope_allows():
    w = no_dpop()
    access = token(w, code=code_of(w, scope="openid profile")).json["access_token"]
    request = Request("GET", f"{AS}/userinfo", (("Authorization", f"Bearer {access}"),))
    told = {"sub": "alice", "name": "Alice Adler", "given_name": "Alice", "family_name": "Adler", "preferred_username": "alice"}
    assert w.net.deliver(request, "mobile").json == told
    w.net.wait(301)
    assert w.net.deliver(request, "mobile").error == "invalid_token"


def test_unknown_addresses_and_methods():
    w = world()
    assert w.net.deliver(Request("GET", f"{AS}/nothing"), "mallory").status == 404
    assert w.net.deliver(Request("GET", f"{AS}/token"), "mallory").status == 405
    assert w.net.deliver(json_request("PATCH", f"{AS}/admin/users/alice", {"disabled": True}), "mallory").status == 403


def test_ending_a_session_on_one_device_leaves_the_other():
    w = world()
    sign_in(w, "app", "laptop")
    sign_in(w, "mobile", "phone")
    laptop = w.browsers["laptop"]
    assert laptop.send(form_request(f"{AS}/account/sessions", {"client": "mobile", "device": "phone"}), f"{AS}/account").status == 204
    assert [g.alive for g in w.issuer.store.grants.values()] == [True, False]
    assert call(w, "app", "laptop").status == 200


def test_basic_servers_have_no_session_page_but_a_logout():
    w = world("oauth-basic")
    sign_in(w)
    laptop = w.browsers["laptop"]
    assert laptop.send(form_request(f"{AS}/account/sessions", {"client": "app"}), f"{AS}/account").status == 404
    assert laptop.send(Request("POST", f"{AS}/logout"), f"{AS}/account").status == 204
    assert "__Host-as_session" not in laptop.jar.of("https://auth.connectsphere.example/")


APP, EVIL = "https://app.connectsphere.example", "https://evil.example"


def lured(w: World, **query: str) -> None:
    """A page of hers sends Alice's browser to the authorization endpoint."""
    lure(w, "mallory", Lure.model_validate({"browser": "laptop", "url": f"{AS}/authorize", "change": {"query": query}}))


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


# ---- who need not be asked again


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
