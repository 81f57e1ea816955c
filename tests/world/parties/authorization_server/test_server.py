"""The endpoints of the authorization server: metadata, authorization, login, consent, userinfo and sessions."""

from __future__ import annotations

from sandbox.core.wire import Request, form_request, json_request
from sandbox.protocol.tokens import sha256
from tests.support.token_requests import AS, VERIFIER, authorized, code_of, no_dpop, token
from tests.support.worlds import call, sign_in, world

# ---- the authorization endpoint


def test_a_parameter_given_twice_is_refused_everywhere():
    w = world()
    url = f"{AS}/authorize?response_type=code&client_id=mobile&scope=read&scope=write&code_challenge={sha256(VERIFIER)}"
    assert w.net.deliver(Request("GET", url), "phone").error == "invalid_request"
    twice = Request(
        "POST", f"{AS}/token", (("Content-Type", "application/x-www-form-urlencoded"),), "grant_type=refresh_token&grant_type=password"
    )
    assert w.net.deliver(twice, "mallory").json["error"] == "invalid_request"


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


# ---- who need not be asked again
