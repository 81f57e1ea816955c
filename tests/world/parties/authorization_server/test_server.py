"""The authorization server over its own network: what it issues, what it refuses, and the traps that Authlib lays."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from sandbox.core.wire import Request, first, form_request, json_request, pairs, split
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import decode, key_for, sha256
from sandbox.verbs.attacker import Lure, lure
from sandbox.world.world import World
from tests.support import worlds
from tests.support.worlds import agree, call, failures, sign_in, world

AS = "https://auth.connectsphere.example"
VERIFIER = "v" * 43


def asked(w, **change):
    """An authorization request of `mobile`, answered after login and consent; what came back last."""
    query = {
        "response_type": "code",
        "client_id": "mobile",
        "redirect_uri": "com.connectsphere.app:/cb",
        "scope": "openid read",
        "state": "s",
    }
    query |= {"code_challenge": sha256(VERIFIER), "code_challenge_method": "S256"} | change
    browser = w.browsers["phone"]
    browser.begin("mobile")
    browser.visit(f"{AS}/authorize?" + urlencode({k: v for k, v in query.items() if v is not None}))
    agree(w, browser)
    return browser


def code_of(w, **change):
    held = asked(w, **change).held
    assert held is not None
    return first(pairs(split(held.request.url).query), "code")


def token(w, headers=(), **fields):
    given = {
        "grant_type": "authorization_code",
        "client_id": "mobile",
        "redirect_uri": "com.connectsphere.app:/cb",
        "code_verifier": VERIFIER,
    } | fields
    return w.net.deliver(form_request(f"{AS}/token", {k: v for k, v in given.items() if v is not None}, headers), "mallory")


def no_dpop(**more):
    return world("oauth-bcp", client_dpop="off", as_dpop_bind="off", rs_dpop="off", **more)


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
    assert world("oauth-bcp", as_signing="shared-word").net.deliver(Request("GET", f"{AS}/jwks"), "mallory").json == {"keys": []}


def test_an_access_token_looks_as_rfc_9068_wants_it():
    w = no_dpop()
    access = decode(token(w, code=code_of(w)).json["access_token"])
    assert access.header["typ"] == "at+jwt"
    assert set(access.claims) == {"iss", "sub", "aud", "client_id", "scope", "iat", "exp", "jti"}
    assert access.claims["exp"] - access.claims["iat"] == 300
    assert access.claims["aud"] == "https://accounts.connectsphere.example"


def test_a_basic_server_writes_everything_into_the_token():
    w = world("oauth-basic")
    claims = decode(token(w, code=code_of(w)).json["access_token"]).claims
    assert {"name", "email", "roles", "groups", "permissions"} <= set(claims)
    assert "aud" not in claims
    assert claims["exp"] - claims["iat"] == 3600


@pytest.mark.parametrize(
    ("change", "error", "check"),
    [
        ({"code": "unknown"}, "invalid_grant", "code"),
        ({"code_verifier": "w" * 43}, "invalid_grant", "code_verifier"),
        ({"code_verifier": None}, "invalid_request", "code_verifier"),
        ({"code_verifier": "short"}, "invalid_request", "code_verifier"),
        ({"redirect_uri": "com.connectsphere.app:/other"}, "invalid_grant", "code_redirect_uri"),
        ({"client_id": "app"}, "invalid_grant", "code"),
        ({"client_id": "budget"}, "invalid_client", "client"),
        ({"client_id": "nobody"}, "invalid_client", "client"),
        ({"grant_type": "device_code"}, "unsupported_grant_type", "grant_type"),
        ({"resource": "https://evil.example"}, "invalid_target", "resource"),
    ],
)
def test_token_requests_with_one_fault(change, error, check):
    w = no_dpop()
    answer = token(w, **({"code": code_of(w)} | change))
    assert answer.status in (400, 401)
    assert answer.json["error"] == error
    assert failures(w)[-1] == f"auth.{check}"


def test_a_code_works_once_and_takes_its_tokens_along_when_it_comes_again():
    w = no_dpop(rs_introspect="live")
    code = code_of(w)
    access = token(w, code=code).json["access_token"]
    assert token(w, code=code).json["error"] == "invalid_grant"
    request = Request("GET", "https://accounts.connectsphere.example/accounts", (("Authorization", f"Bearer {access}"),))
    assert w.net.deliver(request, "mobile").status == 401
    assert failures(w) == ["auth.code_unused", "accounts.introspection"]


def test_a_code_expires():
    w = no_dpop()
    code = code_of(w)
    w.net.wait(600)
    assert token(w, code=code).json["error"] == "invalid_grant"
    assert failures(w) == ["auth.code_fresh"]


def test_rotation_and_reuse_detection():
    w = no_dpop()
    first_token = token(w, code=code_of(w)).json["refresh_token"]
    second = token(w, grant_type="refresh_token", refresh_token=first_token).json["refresh_token"]
    assert second != first_token
    assert token(w, grant_type="refresh_token", refresh_token=first_token).json["error"] == "invalid_grant"
    assert token(w, grant_type="refresh_token", refresh_token=second).json["error"] == "invalid_grant"
    assert failures(w) == ["auth.refresh_unused", "auth.grant_alive"]


def test_rotation_alone_does_not_end_the_family():
    w = no_dpop(as_rt_rotation="rotate")
    first_token = token(w, code=code_of(w)).json["refresh_token"]
    second = token(w, grant_type="refresh_token", refresh_token=first_token).json["refresh_token"]
    assert token(w, grant_type="refresh_token", refresh_token=first_token).status == 400
    assert token(w, grant_type="refresh_token", refresh_token=second).status == 200


def test_without_rotation_the_refresh_token_stays():
    w = world("oauth-basic")
    held = token(w, code=code_of(w)).json["refresh_token"]
    again = token(w, grant_type="refresh_token", refresh_token=held).json
    assert "refresh_token" not in again
    assert token(w, grant_type="refresh_token", refresh_token=held, scope="write").json["error"] == "invalid_scope"


def test_a_bound_refresh_token_wants_its_key():
    w = world()
    mine, other = key_for("0", "mine"), key_for("0", "other")

    def proof(key, jti):
        return (("DPoP", prove(key, "POST", f"{AS}/token", w.net.clock.now(), jti)),)

    body = token(w, proof(mine, "1"), code=code_of(w)).json
    assert body["token_type"] == "DPoP"
    assert decode(body["access_token"]).claims["cnf"] == {"jkt": mine.thumbprint}
    assert token(w, proof(other, "2"), grant_type="refresh_token", refresh_token=body["refresh_token"]).json["error"] == "invalid_grant"
    assert token(w, (), grant_type="refresh_token", refresh_token=body["refresh_token"]).json["error"] == "invalid_grant"
    assert token(w, (("DPoP", "x"),), grant_type="refresh_token", refresh_token=body["refresh_token"]).json["error"] == "invalid_dpop_proof"
    assert failures(w) == ["auth.key_binding", "auth.key_binding", "auth.proof_valid"]
    assert token(w, proof(mine, "3"), grant_type="refresh_token", refresh_token=body["refresh_token"]).status == 200


def revoke(w, **fields):
    return w.net.deliver(form_request(f"{AS}/revoke", {"client_id": "mobile"} | fields), "mobile")


def introspect(w, value, headers=(("Authorization", "Basic YWNjb3VudHM6YWNjb3VudHMtc2VjcmV0"),)):
    return w.net.deliver(form_request(f"{AS}/introspect", {"token": value}, headers), "accounts")


def test_revoking_the_refresh_token_ends_the_grant():
    w = no_dpop()
    body = token(w, code=code_of(w)).json
    assert introspect(w, body["access_token"]).json["active"] is True
    assert revoke(w, token=body["refresh_token"], token_type_hint="refresh_token").status == 200
    assert introspect(w, body["access_token"]).json == {"active": False}
    assert token(w, grant_type="refresh_token", refresh_token=body["refresh_token"]).json["error"] == "invalid_grant"


def test_revocation_answers_200_for_unknown_tokens_and_ignores_unknown_hints():
    w = no_dpop()
    assert revoke(w, token="unknown").status == 200
    assert revoke(w, token="unknown", token_type_hint="magic").status == 200
    assert revoke(w).json["error"] == "invalid_request"
    assert revoke(w, token="x", client_id="budget").status == 401


def test_another_clients_token_is_not_revoked():
    w = no_dpop()
    body = token(w, code=code_of(w)).json
    assert revoke(w, token=body["refresh_token"], client_id="app").json["error"] == "invalid_grant"
    assert introspect(w, body["access_token"]).json["active"] is True


def test_introspection_tells_a_service_only_about_its_own_tokens():
    w = no_dpop()
    access = token(w, code=code_of(w)).json["access_token"]
    transactions = (("Authorization", "Basic dHJhbnNhY3Rpb25zOnRyYW5zYWN0aW9ucy1zZWNyZXQ="),)
    assert introspect(w, access, transactions).json == {"active": False}
    assert introspect(w, access, ()).status == 401


def test_a_server_without_endpoint_auth_answers_anybody():
    w = world("oauth-basic")
    assert introspect(w, token(w, code=code_of(w)).json["access_token"], ()).json["active"] is True


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
    page = asked(w, **change).page
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
        ({"prompt": "none"}, "login_required", None),
    ],
)
def test_other_errors_go_back_to_the_client_with_state_and_iss(change, error, check):
    w = world()
    held = asked(w, **change).held
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
        browser = asked(w, **{name: nasty})
        assert browser.held is not None or browser.page.status in (200, 400)
    for name in ("grant_type", "client_id", "code", "redirect_uri", "code_verifier", "scope", "resource", "client_secret"):
        assert token(world(), **({"code": "x"} | {name: nasty})).status in (400, 401)


def test_pages_escape_what_they_show():
    w = world()
    page = asked(w, client_id="<script>alert(1)</script>").page
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


def test_a_refreshed_id_token_keeps_its_auth_time():
    w = world()
    session = sign_in(w, "budget", scope="openid read")
    before = decode(session.id_token).claims
    w.net.wait(400)
    client = w.clients["budget"]
    client.accept(session, client.ask(session, client.refresh_request(session)))
    after = decode(session.id_token).claims
    assert (before["auth_time"], before["auth_time"] + 400) == (after["auth_time"], after["iat"])


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
    assert "as_session" not in laptop.cookies["auth.connectsphere.example"]


APP, EVIL = "https://app.connectsphere.example", "https://evil.example"


def lured(w: World, **query: str) -> None:
    """A page of hers sends Alice's browser to the authorization endpoint."""
    lure(w, "mallory", Lure.model_validate({"browser": "laptop", "url": f"{AS}/authorize", "change": {"query": query}}))


def test_a_registered_prefix_also_fits_a_host_that_begins_with_it():
    w = world("oauth-basic")
    sign_in(w)
    lured(w, response_type="code", client_id="app", scope="read", redirect_uri=f"{APP}.evil.example/cb")
    assert first(worlds.asked(w, "mallory")[-1].query, "code")


def test_a_wrong_redirect_uri_is_refused_first_whatever_else_is_wrong():
    w = world("oauth-bcp")
    lured(w, response_type="token", client_id="app", scope="read", redirect_uri=f"{EVIL}/cb")
    assert failures(w) == ["auth.redirect_uri"]
    assert (w.browsers["laptop"].page.status, w.browsers["laptop"].page.error) == (400, "invalid_request")
