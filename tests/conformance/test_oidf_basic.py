"""The modules of the OpenID Foundation's Basic OP certification plan (oidcc-basic-certification-test-plan, 38 of them), by name.

The suite itself is a Java server and cannot run here; each test asks what its module asks, of the simulated server, over its network.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from sandbox.core.wire import Request, first
from sandbox.protocol.tokens import decode, key_for, shared_key
from tests.support.key_client import KeyClient
from tests.support.relying_party import AS, CALLBACK, PKCE, VERIFIER, RelyingParty, certified, refused

MODULES = [
    "server",
    "response-type-missing",
    "idtoken-signature",
    "idtoken-unsigned",
    "userinfo-get",
    "userinfo-post-header",
    "userinfo-post-body",
    "ensure-request-without-nonce-succeeds-for-code-flow",
    "scope-profile",
    "scope-email",
    "scope-address",
    "scope-phone",
    "scope-all",
    "alternate-happy-flow",
    "display-page",
    "display-popup",
    "prompt-login",
    "prompt-none-not-logged-in",
    "prompt-none-logged-in",
    "max-age-1",
    "max-age-10000",
    "ensure-request-with-unknown-parameter-succeeds",
    "id-token-hint",
    "login-hint",
    "ui-locales",
    "claims-locales",
    "ensure-request-with-acr-values-succeeds",
    "codereuse",
    "codereuse-30seconds",
    "ensure-registered-redirect-uri",
    "ensure-post-request-succeeds",
    "server-client-secret-post",
    "request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "claims-essential",
    "ensure-request-object-with-redirect-uri",
    "refresh-token",
    "ensure-request-with-valid-pkce-succeeds",
]

NOT_APPLICABLE = {
    "idtoken-unsigned": "The metadata offers no `none` for ID tokens; the suite skips the module then.",
}


@pytest.fixture
def rp() -> RelyingParty:
    return RelyingParty(certified())


def metadata(rp):
    return rp.w.net.deliver(Request("GET", f"{AS}/.well-known/openid-configuration"), "budget").json


def test_each_module_is_tested_or_has_its_reason():
    tested = {name.removeprefix("test_oidcc_").replace("_", "-") for name in vars(sys.modules[__name__]) if name.startswith("test_oidcc_")}
    assert len(MODULES) == 38
    assert tested | set(NOT_APPLICABLE) == set(MODULES)
    assert not tested & set(NOT_APPLICABLE)


def test_the_reasons_are_true(rp):
    said = metadata(rp)
    assert "none" not in said["id_token_signing_alg_values_supported"]
    assert said["request_parameter_supported"] is said["request_uri_parameter_supported"] is False


def test_oidcc_server(rp):
    body = rp.sign_in()
    assert body["token_type"] == "Bearer"
    assert rp.id_token(body).claims["sub"] == rp.userinfo(body["access_token"]).json["sub"]


def test_oidcc_response_type_missing(rp):
    assert first(rp.ask(response_type=None), "error") in ("invalid_request", "unsupported_response_type")


def test_oidcc_idtoken_signature(rp):
    assert rp.id_token(rp.sign_in()).header["alg"] == "RS256"


def test_oidcc_userinfo_get(rp):
    assert rp.userinfo(rp.sign_in()["access_token"]).json["sub"] == "alice"


def test_oidcc_userinfo_post_header(rp):
    assert rp.userinfo(rp.sign_in()["access_token"], "post header").json["sub"] == "alice"


def test_oidcc_userinfo_post_body(rp):
    assert rp.userinfo(rp.sign_in()["access_token"], "post body").json["sub"] == "alice"


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(rp):
    assert "nonce" not in rp.id_token(rp.sign_in(nonce=None), None).claims


SCOPES = {
    "profile": {"name", "given_name", "family_name", "preferred_username"},
    "email": {"email", "email_verified"},
    "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"},
}


def told(rp, *scopes):
    body = rp.sign_in(scope=" ".join(("openid", *scopes)))
    assert set(body["scope"].split()) == {"openid", *scopes}
    return set(rp.userinfo(body["access_token"]).json) - {"sub"}


def test_oidcc_scope_profile(rp):
    assert told(rp, "profile") == SCOPES["profile"]


def test_oidcc_scope_email(rp):
    assert told(rp, "email") == SCOPES["email"]


def test_oidcc_scope_address(rp):
    assert told(rp, "address") == SCOPES["address"]


def test_oidcc_scope_phone(rp):
    assert told(rp, "phone") == SCOPES["phone"]


def test_oidcc_scope_all(rp):
    assert told(rp, *SCOPES) == set.union(*SCOPES.values())


def test_oidcc_alternate_happy_flow(rp):
    """The same with the scopes and the parameters in the reverse order."""
    query = {
        "nonce": "n1",
        "state": "s1",
        "scope": "email openid",
        "redirect_uri": CALLBACK,
        "client_id": "budget",
        "response_type": "code",
    }
    body = rp.token(code=first(rp.request(urlencode(query)), "code")).json
    assert rp.id_token(body).claims["sub"] == "alice"
    assert "email" in rp.userinfo(body["access_token"]).json


def test_oidcc_display_page(rp):
    assert rp.sign_in(display="page")


def test_oidcc_display_popup(rp):
    assert rp.sign_in(display="popup")


def test_oidcc_prompt_login(rp):
    before = rp.id_token(rp.sign_in())
    rp.w.net.wait(2)
    after = rp.id_token(rp.sign_in(prompt="login"))
    assert rp.pages[0] == "login"
    assert after.claims["auth_time"] > before.claims["auth_time"]
    assert after.claims["sub"] == before.claims["sub"]


def test_oidcc_prompt_none_not_logged_in(rp):
    answer = rp.ask(prompt="none")
    assert (first(answer, "error"), first(answer, "state"), rp.pages) == ("login_required", "s1", ())


def test_oidcc_prompt_none_logged_in(rp):
    before = rp.id_token(rp.sign_in())
    rp.w.net.wait(2)
    after = rp.id_token(rp.sign_in(prompt="none"))
    assert rp.pages == ()
    assert after.claims["auth_time"] == before.claims["auth_time"]


def test_oidcc_max_age_1(rp):
    before = rp.id_token(rp.sign_in())
    rp.w.net.wait(2)
    after = rp.id_token(rp.sign_in(max_age="1"))
    assert "login" in rp.pages
    assert after.claims["auth_time"] > before.claims["auth_time"]


def test_oidcc_max_age_10000(rp):
    before = rp.id_token(rp.sign_in())
    rp.w.net.wait(2)
    after = rp.id_token(rp.sign_in(max_age="10000"))
    assert rp.pages == ()
    assert after.claims["auth_time"] == before.claims["auth_time"]


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(rp):
    assert rp.sign_in(extra="foobar")


def test_oidcc_id_token_hint(rp):
    body = rp.sign_in()
    again = rp.sign_in(prompt="none", id_token_hint=body["id_token"])
    assert rp.id_token(again).claims["sub"] == "alice"


def test_oidcc_login_hint(rp):
    assert rp.sign_in(login_hint="alice@connectsphere.example")
    assert rp.pages[0] == "login"
    assert 'value="alice@connectsphere.example"' in rp.shown.body


def test_oidcc_ui_locales(rp):
    assert rp.sign_in(ui_locales="se")


def test_oidcc_claims_locales(rp):
    assert rp.sign_in(claims_locales="se")


def test_oidcc_ensure_request_with_acr_values_succeeds(rp):
    assert rp.sign_in(acr_values="1 2")


def test_oidcc_codereuse(rp):
    code = rp.code()
    access = rp.token(code=code).json["access_token"]
    refused(rp.token(code=code), "invalid_grant")
    assert rp.userinfo(access).status == 401


def test_oidcc_codereuse_30seconds(rp):
    code = rp.code()
    access = rp.token(code=code).json["access_token"]
    rp.w.net.wait(30)
    refused(rp.token(code=code), "invalid_grant")
    assert rp.userinfo(access).status == 401


def test_oidcc_ensure_registered_redirect_uri(rp):
    assert rp.ask(redirect_uri="https://budget.example/cb/other") == ()
    assert (rp.shown.status, rp.shown.page) == (400, "error")
    assert rp.ask(redirect_uri=f"{CALLBACK}?dummy=1") == ()


def test_oidcc_ensure_post_request_succeeds(rp):
    answer = rp.ask("POST")
    assert rp.id_token(rp.token(code=first(answer, "code")).json)


def test_oidcc_server_client_secret_post(rp):
    assert rp.id_token(rp.token(post=True, code=rp.code()).json)


def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(rp):
    answer = rp.ask(request_uri="https://budget.example/request.jwt")
    assert (first(answer, "error"), first(answer, "state")) == ("request_uri_not_supported", "s1")


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(rp):
    answer = rp.ask(request="eyJhbGciOiJub25lIn0.e30.")
    assert (first(answer, "error"), first(answer, "state")) == ("request_not_supported", "s1")


def test_oidcc_claims_essential(rp):
    """The name is wanted at the userinfo endpoint, and told there and not in the ID token."""
    assert metadata(rp)["claims_parameter_supported"] is True
    body = rp.sign_in(claims='{"userinfo":{"name":{"essential":true}}}')
    assert rp.userinfo(body["access_token"]).json == {"sub": "alice", "name": "Alice Adler"}
    assert "name" not in rp.id_token(body).claims


def test_oidcc_ensure_request_object_with_redirect_uri():
    """The redirect URI of the object counts, whatever stands beside it; where request objects are offered they are signed ones."""
    client = KeyClient(certified(as_request_object="optional", client_auth="private_key_jwt"))
    inside = client.object()
    assert first(client.show(inside, redirect_uri="https://budget.example/cb/not-registered"), "code")
    assert client.show(client.object(redirect_uri="https://budget.example/cb/not-registered"), redirect_uri=CALLBACK) == ()


def test_oidcc_refresh_token(rp):
    before = rp.sign_in()
    rp.w.net.wait(10)
    after = rp.token(grant_type="refresh_token", redirect_uri=None, refresh_token=before["refresh_token"]).json
    one, two = rp.id_token(before), decode(after["id_token"])
    assert all(one.claims[name] == two.claims[name] for name in ("iss", "sub", "aud", "auth_time"))
    assert two.claims["iat"] > one.claims["iat"]
    assert after["access_token"] != before["access_token"]
    other = RelyingParty(rp.w, "mobile", None, "com.connectsphere.app:/cb")
    refused(other.token(grant_type="refresh_token", redirect_uri=None, refresh_token=after["refresh_token"]), "invalid_grant")


def test_oidcc_ensure_request_with_valid_pkce_succeeds(rp):
    assert rp.id_token(rp.token(code=rp.code(**PKCE), code_verifier=VERIFIER).json)


# ---------------------------------------------------------------- beside the modules


def test_the_login_page_shows_the_hint_as_text(rp):
    answer = rp.w.net.deliver(
        Request(
            "GET",
            f"{AS}/authorize?"
            + urlencode(
                {"response_type": "code", "client_id": "budget", "scope": "openid", "redirect_uri": CALLBACK, "login_hint": '"><b>alice'}
            ),
        ),
        "laptop",
    )
    assert 'value="&quot;&gt;&lt;b&gt;alice"' in answer.body


def test_a_hint_at_another_user_asks_for_that_one(rp):
    hers = RelyingParty(rp.w, browser="mallory_browser").sign_in(user="mallory")
    rp.sign_in()
    assert first(rp.ask(prompt="none", id_token_hint=hers["id_token"]), "error") == "login_required"
    rp.ask(id_token_hint=hers["id_token"], user="mallory")
    assert rp.pages[0] == "login"


def test_a_hint_counts_whichever_key_has_signed_it(rp):
    """Where it is served, a server has several keys, and ID tokens need not have that of access tokens."""
    core = rp.w.issuer.core
    core.keys = (key_for("0", "another key of auth", "EdDSA"), *core.keys)
    hint = rp.sign_in()["id_token"]
    assert decode(hint).header["alg"] == "EdDSA"
    assert first(rp.ask(prompt="none", id_token_hint=hint), "code")


@pytest.mark.parametrize("forged", ["x", "e30.e30.", shared_key("sunshine").sign({"iss": AS, "sub": "alice"})])
def test_a_hint_that_is_none_of_ours_counts_for_nobody(rp, forged):
    rp.sign_in()
    assert first(rp.ask(prompt="none", id_token_hint=forged), "error") == "login_required"


@pytest.mark.parametrize("age", ["x", "-1", "1.5", "²", "9" * 40])
def test_a_max_age_that_is_no_number_is_an_invalid_request(rp, age):
    rp.sign_in()
    answer = rp.ask(max_age=age)
    assert (first(answer, "error"), first(answer, "state")) == ("invalid_request", "s1"), "the client hears of it"


def test_a_max_age_of_zero_always_asks(rp):
    rp.sign_in()
    rp.w.net.wait(1)
    rp.ask(max_age="0")
    assert "login" in rp.pages


def test_no_prompt_can_be_shown_for_a_session_that_is_too_old(rp):
    rp.sign_in()
    rp.w.net.wait(5)
    assert first(rp.ask(prompt="none", max_age="1"), "error") == "login_required"


def test_consent_can_be_asked_for_again(rp):
    rp.sign_in()
    assert rp.ask(prompt="consent")
    assert rp.pages == ("consent",)
    assert rp.ask(prompt="login consent")
    assert rp.pages == ("login", "consent")


def test_a_registered_redirect_uri_may_have_a_query(rp):
    clients = rp.w.issuer.store.clients
    clients["budget"] = replace(clients["budget"], redirect_uris=(f"{CALLBACK}?tenant=1",))
    rp.redirect_uri = f"{CALLBACK}?tenant=1"
    answer = rp.ask()
    assert first(answer, "tenant") == "1"
    assert rp.token(code=first(answer, "code")).status == 200
    assert rp.ask(redirect_uri=f"{CALLBACK}?tenant=2") == ()


def test_a_new_login_ends_the_old_session(rp):
    rp.sign_in()
    rp.sign_in(prompt="login")
    assert len(rp.w.issuer.store.sessions) == 1
