"""Logins as other servers, clients and exporters write them, each with what must be found, what must not, and what may be ticked."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.reality import VERIFIER, authorize, call, callback, entry, ids, jwt, looked, of, redeem, ticked

CHALLENGE = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
CLAIMS = {
    "iss": "https://login.example",
    "aud": "https://api.example",
    "sub": "248289761001",
    "client_id": "app",
    "scope": "read",
    "iat": 1000,
    "exp": 1300,
}
ACCESS = jwt(CLAIMS, typ="at+jwt")
NONCE = {"nonce": "a-Nonce-of-20-Chars22"}
ID = jwt({"iss": "https://login.example", "aud": "app", "sub": "248289761001", "iat": 1000, "exp": 1300} | NONCE)
HOME = jwt({"sub": "1", "role": "admin", "iat": 1, "exp": 86401}, alg="HS256")
PASSWORD = {"username": "jane", "password": "s3cret-Horse!"}
PAGE = {"mime": "text/html", "body": "<html>", "kind": "document"}
ORIGIN = {"origin": "https://app.example"}
REFUSED = {"status": 400, "answer": {"error": "invalid_grant"}}
Entries = list[dict[str, Any]]


def start(server: str = "https://login.example/authorize", back: str = "", at: int = 0, status: int = 302, **asked: str) -> dict[str, Any]:
    """An authorization request, and where its answer leads."""
    return entry("GET", f"{server}?{urlencode({k: v for k, v in asked.items() if v})}", status, at=at, kind="document", back={"location": back} if back else None)  # fmt: skip


def without(e: dict[str, Any], *names: str) -> dict[str, Any]:
    """An entry without fields that some exporters leave out."""
    return {k: without(v, *names) if isinstance(v, dict) else v for k, v in e.items() if k not in names}


def posted_in_parts() -> dict[str, Any]:
    """A sign-in whose form comes in parts, as Fiddler and Firefox write it."""
    text = "".join(f'--XX\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in PASSWORD.items()) + "--XX--"
    e = entry("POST", "https://login.example/sign-in", 302, at=1, kind="document")
    e["request"] |= {"headers": [{"name": "Content-Type", "value": "multipart/form-data; boundary=XX"}], "postData": {"mimeType": "multipart/form-data; boundary=XX", "text": text}}  # fmt: skip
    return e


def as_mitmproxy(e: dict[str, Any]) -> dict[str, Any]:
    """Without what browsers add, with pseudo headers, and with bodies in base64."""
    e = without(e, "_resourceType")
    e["request"]["headers"] = [{"name": ":authority", "value": "x"}, *e["request"]["headers"]]
    content = e["response"]["content"]
    if "text" in content:
        content |= {"text": base64.b64encode(content["text"].encode()).decode(), "encoding": "base64"}
    return e


PAR = (
    {
        "client_id": "app",
        "response_type": "code",
        "redirect_uri": "https://app.example/cb",
        "state": "a-State-of-19-Chars1",
        "scope": "openid",
    }
    | NONCE
    | CHALLENGE
)
SIBLINGS: dict[str, tuple[Entries, str, str, str]] = {  # entries, found, not found, ticked (of those that matter here)
    "Okta's login in the page": (
        [entry("POST", "https://id.example.org/api/v1/authn", kind="xhr", sent=PASSWORD, headers=ORIGIN, body={"sessionToken": "20111sTEtWA9bXqL5rNIDYNXEFyMWk"}),
         start("https://id.example.org/oauth2/v1/authorize", at=1, status=200, client_id="app", response_type="code", response_mode="okta_post_message", redirect_uri="https://app.example/cb", state="OktaState1234567890a", scope="openid", **NONCE, **CHALLENGE),
         entry("POST", "https://id.example.org/oauth2/v1/token", at=2, kind="xhr", headers=ORIGIN, form={"grant_type": "authorization_code", "code": "OKTAcode12345678AbC", "code_verifier": VERIFIER, "client_id": "app"}, body={"access_token": ACCESS})],
        "password_elsewhere pkce_s256 page_client", "password_only_at_as no_password_grant no_state", "browser-page signin-challenge"),
    "Entra's hybrid flow by form_post": (
        [start(client_id="web", redirect_uri="https://web.example/signin", response_type="code id_token", response_mode="form_post", scope="openid", state="CfDJ8EntraState12345", status=200, **NONCE),
         entry("POST", "https://web.example/signin", 302, at=1, kind="document", form={"code": "0.ENTRAcode-1234567890", "id_token": ID, "state": "CfDJ8EntraState12345"}, headers={"origin": "https://login.example"})],
        "hybrid nonce_sent state_returned", "implicit no_token_in_browser nonce_differs no_nonce_in_token", "design-oauth"),
    "an ID token by form_post": (
        [start(client_id="web", redirect_uri="https://web.example/signin", response_type="id_token", response_mode="form_post", scope="openid", state="CfDJ8EntraState12345", status=200, **NONCE),
         entry("POST", "https://web.example/signin", 302, at=1, kind="document", form={"id_token": ID, "state": "CfDJ8EntraState12345"}, headers={"origin": "https://login.example"})],
        "id_token_posted nonce_sent", "implicit no_token_in_browser token_in_address", "design-oauth"),
    "Keycloak's answer in the fragment": (
        [start(back="https://app.example/#state=a-State-of-19-Chars1&iss=https%3A%2F%2Flogin.example&code=SplxlOBeZQQYbYS6WxSbIA", client_id="app", redirect_uri="https://app.example/", response_type="code", response_mode="fragment", scope="openid", state="a-State-of-19-Chars1", **NONCE, **CHALLENGE),
         entry("GET", "https://app.example/", at=1, **PAGE), redeem(redirect_uri="https://app.example/", answer={"access_token": jwt(CLAIMS | {"aud": "account", "azp": "app"})})],
        "pkce_s256 state_returned iss_in_response audience_is_client", "one_audience implicit", "server-iss"),
    "Cognito's API": (
        [entry("POST", "https://idp.cloud.test/", kind="xhr", headers=ORIGIN, sent={"AuthParameters": {"USERNAME": "jane", "PASSWORD": "s3cret-Horse!"}}, body={"AuthenticationResult": {"AccessToken": ACCESS, "IdToken": ID, "ExpiresIn": 3600}}), call(ID, 1)],
        "login_by_api id_token_at_api", "own_login no_login", "browser-page"),
    "GraphQL": (
        [entry("POST", "https://app.example/graphql", kind="fetch", sent={"variables": {"input": PASSWORD}}, body={"data": {"login": {"token": HOME}}}), call(HOME, 1, url="https://app.example/me")],
        "own_login hs256 role_in_token", "no_login login_by_api", "design-login signing-word life-hours"),
    "a JWT in a cookie": (
        [entry("POST", "https://app.example/login", kind="fetch", sent=PASSWORD, body={"ok": True}, back={"set-cookie": f"jwt={HOME}; Path=/"})],
        "own_login hs256 session_cookie_weak", "no_login cookie_login", "design-login"),
    "a session cookie": (
        [entry("POST", "https://app.example/login", 302, kind="document", form=PASSWORD, back={"set-cookie": "JSESSIONID=A1B2C3D4E5F6; Secure; HttpOnly; SameSite=Lax"})],
        "cookie_login session_cookie", "no_login own_login", ""),
    "a token in a header of its own": (
        [entry("POST", "https://app.example/login", kind="fetch", sent=PASSWORD, body={"token": HOME}), entry("GET", "https://app.example/me", at=1, kind="fetch", headers={"x-access-token": HOME}, body={})],
        "token_own_header own_login", "tokens_in_header", "design-login"),
    "the password grant in a page": (
        [entry("POST", "https://login.example/token", kind="fetch", headers=ORIGIN, form={"grant_type": "password", "client_id": "app", "client_secret": "shhh-very-1"} | PASSWORD, body={"access_token": ACCESS, "refresh_token": "rt-1234567890"})],
        "password_grant_used client_secret_in_browser refresh_token_in_browser", "public_client flow_code", "design-oauth"),
    "implicit behind the page's router": (
        [start(back=f"https://app.example/#/cb?access_token={ACCESS}&expires_in=7200&state=abcd1234EFGH", client_id="app", redirect_uri="https://app.example/#/cb", response_type="token", state="abcd1234EFGH"),
         entry("GET", "https://app.example/", at=1, **PAGE), call(ACCESS, 2)],
        "implicit page_client access_token_jwt state_returned", "tokens_in_header pkce_not_required", "browser-page"),
    "the device flow": (
        [entry("POST", "https://login.example/device", form={"client_id": "tv"}, body={"device_code": "GmRhmhcxhwAzkoEqiMEg", "user_code": "WDJB-MJHT"}),
         entry("POST", "https://login.example/token", 400, at=1, form={"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "GmRhmhcxhwAzkoEqiMEg", "client_id": "tv"}, body={"error": "authorization_pending"}),
         entry("POST", "https://login.example/token", at=9, form={"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "GmRhmhcxhwAzkoEqiMEg", "client_id": "tv"}, body={"access_token": ACCESS})],
        "device_flow_used access_token_jwt", "token_refused page_client flow_code", "design-oauth"),
    "a pushed request, and DPoP": (
        [entry("POST", "https://login.example/par", 201, kind="fetch", headers=ORIGIN, form=PAR, body={"request_uri": "urn:ietf:params:oauth:request_uri:6esc"}),
         start(at=1, back="https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=a-State-of-19-Chars1", client_id="app", request_uri="urn:ietf:params:oauth:request_uri:6esc"), callback(2, iss=""),
         redeem(3, 400, {"error": "use_dpop_nonce"}), redeem(4, answer={"access_token": jwt(CLAIMS | {"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2Hgl"}}, typ="at+jwt"), "token_type": "DPoP"})],
        "pushed pkce_s256 state_returned nonce_sent key_bound", "token_refused bearer no_pkce code_used_twice", "signin-pushes signin-challenge"),
    "a signed request": (
        [start(back="https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=a-State-of-19-Chars1", client_id="app", request=jwt(PAR, alg="ES256")), callback(1)],
        "flow_code pkce_s256 state_returned nonce_sent", "no_pkce no_state no_nonce", "signin-challenge"),
    "an answer as a JWT": (
        [start(client_id="app", redirect_uri="https://app.example/cb", response_type="code", response_mode="query.jwt", state="a-State-of-19-Chars1", back="https://app.example/cb?response=" + jwt({"iss": "https://login.example", "code": "SplxlOBeZQQYbYS6WxSbIA", "state": "a-State-of-19-Chars1"}), **CHALLENGE),
         entry("GET", "https://app.example/cb?response=" + jwt({"iss": "https://login.example", "code": "SplxlOBeZQQYbYS6WxSbIA", "state": "a-State-of-19-Chars1"}), at=1, **PAGE)],
        "state_returned iss_in_response pkce_s256", "state_differs no_iss_param", "server-iss"),
    "GitHub, which needs no response type": (
        [start("https://git.example/login/oauth/authorize", back="https://app.example/auth?code=0123456789abcdef0123&state=ghState1234567", client_id="Iv1", redirect_uri="https://app.example/auth", state="ghState1234567"),
         entry("GET", "https://app.example/auth?code=0123456789abcdef0123&state=ghState1234567", 302, at=1, kind="document")],
        "flow_code no_pkce pkce_not_required no_token_in_browser", "oauth_seen", "design-oauth"),
    "Safari, which leaves redirects out": (
        [callback(), without(redeem(), "_resourceType"), call("2YotnFZFEjr1zCsicMWpAA")],
        "flow_code pkce_verifier opaque_access_token", "pkce_s256 no_pkce no_state", "design-oauth"),
    "a token request without a verifier": ([callback(), redeem(code_verifier="")], "flow_code no_pkce", "pkce_verifier", "design-oauth"),
    "a proxy": ([as_mitmproxy(e) for e in (authorize(), callback(), redeem(answer={"access_token": ACCESS}), call(ACCESS))], "flow_code pkce_s256 page_client access_token_jwt one_audience", "no_login missing_token_body", "token-aud"),
    "a form in parts": ([authorize(), posted_in_parts(), callback(2), redeem(3)], "password_only_at_as", "password_elsewhere", ""),
    "a code for the backend": (
        [authorize(), callback(), entry("POST", "https://app.example/api/session", at=2, kind="fetch", headers=ORIGIN, sent={"code": "SplxlOBeZQQYbYS6WxSbIA"}, body={"token": HOME}), call(HOME)],
        "code_swapped hs256", "no_token_in_browser no_token page_client", "browser-page"),
    "SAML": ([entry("POST", "https://sp.example/acs", 302, form={"SAMLResponse": "PHNhbWxwOlJlc3BvbnNl", "RelayState": "x"}, kind="document")], "saml_seen", "no_login flow_code", ""),
    "two tabs": (
        [authorize(0), authorize(1, state="Other-State-77777777", nonce="Other-Nonce-7777777"), callback(2, state="Other-State-77777777", code="OtherCode123456789AB"), callback(3), redeem(4, code="OtherCode123456789AB"), redeem(5)],
        "state_returned pkce_s256", "state_differs verifier_mismatch state_reused token_refused", "signin-challenge"),
    "a state that is guessed, and used again": (
        [authorize(0, state="1"), callback(1, state="1"), authorize(5, state="1"), callback(6, state="1")], "state_short state_reused value_reused", "state_differs", ""),
    "a state that is lost": ([start(back="https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA", client_id="app", redirect_uri="https://app.example/cb", response_type="code", state="a-State-of-19-Chars1", **CHALLENGE), callback(1, state="")], "state_differs", "state_returned", ""),
    "a token in a WebSocket's address": ([authorize(), callback(), redeem(answer={"access_token": ACCESS}), entry("GET", f"wss://api.example/live?access_token={ACCESS}", 101, at=4, kind="websocket")], "token_in_address", "token_to_third_party websocket_unauthenticated tokens_in_header", ""),
    "a refusal whose cause does not show": ([authorize(), callback(), redeem(**REFUSED)], "token_refused cause_unseen", "verifier_mismatch redirect_differs client_differs code_late", ""),
    "Cognito's page, whose form repeats what was asked for": (
        [start("https://login.example/oauth2/authorize", back="/login?client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code", client_id="app", redirect_uri="https://app.example/cb", response_type="code", state="a-State-of-19-Chars1", scope="openid", **NONCE, **CHALLENGE),
         start("https://login.example/login", at=1, status=200, client_id="app", redirect_uri="https://app.example/cb", response_type="code"),
         entry("POST", "https://login.example/login?client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code", 302, at=2, kind="document", form=PASSWORD, back={"location": "https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=a-State-of-19-Chars1"}), callback(3)],
        "password_only_at_as state_returned", "no_state no_nonce no_pkce", "signin-challenge"),
    "Rails' names": ([entry("POST", "https://app.example/users/sign_in", 302, kind="document", form={"user[email]": "a@b.example", "user[password]": "s3cret-Horse!"}, back={"set-cookie": "_app_session=A1B2C3; Secure; HttpOnly; SameSite=Lax"})], "cookie_login", "no_login", ""),
    "a form in German": ([entry("POST", "https://app.example/anmelden", 302, kind="document", form={"benutzer": "heidi", "kennwort": "Alm0hi!"}, back={"set-cookie": "sid=A1B2C3; Secure; HttpOnly; SameSite=Lax"})], "cookie_login", "no_login", ""),
    "a form for a new password": ([entry("POST", "https://app.example/profile", kind="fetch", sent={"newPassword": "Alm0hi!", "confirmPassword": "Alm0hi!"}, body={"ok": True})], "no_login", "cookie_login own_login", ""),
    "a sign-in by SAML in between": (
        [start(back="https://adfs.corp.example/ls?SAMLRequest=fZFNa4NAEIbv&RelayState=x", client_id="app", redirect_uri="https://app.example/cb", response_type="code", state="a-State-of-19-Chars1", **CHALLENGE),
         entry("GET", "https://adfs.corp.example/ls?SAMLRequest=fZFNa4NAEIbv&RelayState=x", at=1, **PAGE),
         entry("POST", "https://adfs.corp.example/ls", at=2, kind="document", form={"UserName": "jane", "Password": "s3cret-Horse!"}), callback(3)],
        "saml_seen password_upstream", "password_elsewhere password_only_at_as", ""),
    "a sign-in at another provider": (
        [start(back="https://accounts.other.example/signin?continue=1", client_id="app", redirect_uri="https://app.example/cb", response_type="code", state="a-State-of-19-Chars1", **CHALLENGE),
         entry("POST", "https://accounts.other.example/signin", 302, at=1, kind="document", form=PASSWORD), callback(3)],
        "password_upstream", "password_elsewhere", ""),
    "a password at the app": (
        [entry("POST", "https://app.example/enter", kind="fetch", sent=PASSWORD, headers=ORIGIN), authorize(1), callback(2)], "password_elsewhere", "password_upstream", ""),
    "NextAuth's session": (
        [authorize(), callback(), entry("GET", "https://app.example/api/auth/session", at=2, kind="fetch", body={"user": {"name": "Jane Roe"}, "accessToken": ACCESS}), call(ACCESS)],
        "code_swapped access_token_jwt", "no_token_in_browser", "browser-page clients-spa"),
    "a token against forged forms": ([authorize(), callback(), entry("GET", "https://app.example/csrf", at=2, kind="fetch", body={"token": "a2c9b47fd2b0f55c4e3a1f"})], "no_token_in_browser", "code_swapped", ""),
    "a passkey": ([entry("POST", "https://app.example/webauthn/verify", kind="fetch", sent={"id": "x"}, body={"accessToken": HOME})], "code_swapped hs256", "no_login", "browser-page"),
    "a link in an e-mail": (
        [entry("GET", "https://app.example/auth/verify?token=ml-9f8e7d6c5b4a", 303, kind="document", back={"location": f"https://app.example/#access_token={ACCESS}&token_type=bearer"}), entry("GET", "https://app.example/", at=1, **PAGE), call(ACCESS, 2)],
        "token_in_address page_client", "tokens_in_header implicit no_iss_param", "browser-page"),
    "a hybrid flow with an access token": (
        [start(back=f"https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&access_token={ACCESS}&state=abcd1234EFGH", client_id="app", redirect_uri="https://app.example/cb", response_type="code token", state="abcd1234EFGH")], "implicit", "hybrid flow_code", ""),
    "a token for an API and UserInfo": ([authorize(), callback(), redeem(answer={"access_token": jwt(CLAIMS | {"aud": ["https://api.example", "https://login.example/userinfo"]})})], "one_audience", "several_audiences", "token-aud"),
    "a token for two APIs of the issuer": ([authorize(), callback(), redeem(answer={"access_token": jwt(CLAIMS | {"aud": ["https://login.example/api/v2", "https://api.example"]})})], "several_audiences", "one_audience", ""),
    "an address as subject": ([authorize(), callback(), redeem(answer={"access_token": jwt(CLAIMS | {"sub": "a@b.example"})})], "pii_in_token", "lean", ""),
    "a claim in French": ([authorize(), callback(), redeem(answer={"access_token": jwt(CLAIMS | {"prénom": "Zoé"})})], "pii_in_token", "lean", ""),
    "a WebSocket elsewhere": ([authorize(), callback(), redeem(), entry("GET", "wss://rt.other.example/s?ticket=abcdefgh", 101, at=4, kind="websocket")], "flow_code", "callback_loads_foreign", ""),
    "a code of elsewhere": ([authorize(), callback(), redeem(**REFUSED, code="Cut-Off-Code-123")], "token_refused code_unknown", "cause_unseen code_used_twice", ""),
    "a code of a tab that was not recorded": ([authorize(), redeem(**REFUSED)], "token_refused", "code_used_twice", ""),
    "a refused sign-in": ([entry("POST", "https://app.example/login", 401, kind="fetch", sent=PASSWORD, body={"error": "no"})], "sign_in_refused", "no_login own_login cookie_login", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", SIBLINGS)
def test_a_sibling_is_understood(name: str) -> None:
    entries, wanted, unwanted, answers = SIBLINGS[name]
    found = looked(*json.loads(json.dumps(entries)))
    assert set(wanted.split()) <= ids(found)
    assert not set(unwanted.split()) & ids(found)
    assert set(answers.split()) <= ticked(found)


@pytest.mark.parametrize(
    ("entries", "end"),
    [
        ([redeem(), redeem(4, **REFUSED)], "an earlier request had succeeded"),
        ([redeem(2, **REFUSED), redeem(4)], "a later request succeeds"),
        ([redeem(2, **REFUSED)], "the login does not complete"),
        ([redeem(), redeem(4, **REFUSED, grant_type="refresh_token", refresh_token="rt-1234567890", code="")], "nothing is renewed"),
    ],
)
def test_what_became_of_a_refusal_is_said_as_it_was(entries: Entries, end: str) -> None:
    assert of(looked(authorize(), callback(), *entries), "token_refused").says.endswith(end)


def test_two_cookies_are_no_new_value_of_one() -> None:
    one, two, again = (
        entry("GET", "https://app.example/x", at=n, back={"set-cookie": f"{name}=A1B2; Secure; HttpOnly; SameSite=Lax"})
        for n, name in ((2, "session_a"), (3, "session_b"), (4, "session_a"))
    )
    assert "new value" not in of(looked(authorize(), callback(), one, two), "session_cookie").says
    assert "new value" in of(looked(authorize(), callback(), one, again), "session_cookie").says


def test_a_secret_that_a_page_sends_by_basic_is_shown_in_its_header() -> None:
    e = redeem()
    e["request"]["headers"].append({"name": "Authorization", "value": "Basic " + base64.b64encode(b"app:shhh-very-1").decode()})
    assert of(looked(authorize(), callback(), e), "client_secret_in_browser").evidence[0].at == "request.headers.authorization"


def test_what_rules_out_a_cause_is_said() -> None:
    found = looked(authorize(), callback(), redeem(**REFUSED))
    assert "Ruled out: another redirect URI, another client, a wrong verifier" in of(found, "cause_unseen").says


def test_the_same_thing_of_two_logins_is_said_once_with_both_places() -> None:
    found = looked(authorize(), authorize(1, state="Other-State-77777777"))
    assert [[e.entry for e in f.evidence] for f in found.findings if f.id == "flow_code"] == [[0, 1]]
