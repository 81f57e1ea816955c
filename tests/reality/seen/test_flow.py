"""The login as it went."""

import pytest

from tests.support.reality import authorize, callback, entry, ids, looked, of, redeem


def login(**changed):
    back = {"state": changed["state"]} if "state" in changed else {}
    return looked(authorize(**changed), callback(**back), redeem())


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, "flow_code"),
        ({"response_type": "token"}, "implicit"),
        ({"response_type": "code id_token"}, "hybrid"),
        ({}, "pkce_s256"),
        ({"code_challenge_method": "plain"}, "pkce_plain"),
        ({"code_challenge": "", "code_challenge_method": ""}, "no_pkce"),
        ({"code_challenge": "", "code_challenge_method": ""}, "pkce_not_required"),
        ({}, "state_returned"),
        ({"state": ""}, "no_state"),
        ({}, "nonce_sent"),
        ({"nonce": ""}, "no_nonce"),
        ({}, "iss_in_response"),
        ({"redirect_uri": "http://app.example/cb"}, "redirect_without_tls"),
        ({"redirect_uri": "com.example.app:/cb"}, "redirect_own_scheme"),
        ({"response_mode": "form_post"}, "response_mode"),
        ({"scope": "openid email"}, "scope_email"),
    ],
)
def test_each_thing_about_a_request(change, wanted):
    assert wanted in ids(login(**change))


def test_another_state_than_was_sent():
    start = authorize()
    start["response"]["headers"] = []
    assert "state_differs" in ids(looked(start, callback(state="Another-State-0f-19-Ch")))


def test_without_iss_and_without_openid():
    found = looked(authorize(scope="read"), callback(iss=""), redeem())
    assert "no_nonce" not in ids(found)
    start = authorize()
    start["response"]["headers"] = []
    assert "no_iss_param" in ids(looked(start, callback(iss="")))


def test_what_was_pushed_is_not_said_to_be_absent():
    pushed = entry(
        "POST",
        "https://login.example/par",
        form={"response_type": "code", "client_id": "app", "scope": "openid"},
        body={"request_uri": "urn:x:1"},
    )
    start = entry("GET", "https://login.example/authorize?client_id=app&request_uri=urn%3Ax%3A1", 302, at=1)
    assert not ids(looked(start)) & {"no_pkce", "no_state", "no_nonce"}
    found = looked(pushed, start)  # what was pushed in sight is judged where it was pushed
    assert {"pushed", "flow_code", "no_pkce", "no_state", "no_nonce"} <= ids(found)
    assert of(found, "no_pkce").evidence[0].entry == 0


def test_where_the_password_goes():
    typed = lambda url, **more: entry("POST", url, form={"username": "alice", "password": "abc-DEF-1"}, at=1, **more)  # noqa: E731
    assert "password_only_at_as" in ids(looked(authorize(), typed("https://login.example/sign-in"), callback(2), redeem(3)))
    assert "password_elsewhere" in ids(looked(authorize(), typed("https://other.test/sign-in"), callback(2), redeem(3)))
    assert "own_login" in ids(looked(typed("https://app.example/login", body={"token": "abcDEF123456789012345"})))
    grant = entry(
        "POST",
        "https://login.example/token",
        form={"grant_type": "password", "username": "a", "password": "abc-DEF-1"},
        body={"access_token": "2YotnFZFEjr1zCsicMWpAA"},
    )
    assert "password_grant_used" in ids(looked(grant))


def test_what_the_server_offers_besides():
    meta = {"issuer": "https://login.example", "response_types_supported": ["code", "token"], "grant_types_supported": ["password"]}
    found = looked(entry("GET", "https://login.example/.well-known/openid-configuration", body=meta), authorize(1), callback(2), redeem(3))
    assert {"server_offers_implicit", "server_offers_password"} <= ids(found)


def test_log_outs():
    at_server = entry("GET", "https://login.example/logout", at=9)
    local = entry("POST", "https://app.example/logout", at=9)
    assert "log_out_told" in ids(looked(authorize(), callback(), redeem(), at_server))
    assert "log_out_local" in ids(looked(authorize(), callback(), redeem(), local))


def test_a_device_flow():
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "abcDEF123456", "client_id": "tv"}
    found = looked(entry("POST", "https://login.example/token", form=form, body={"access_token": "2YotnFZFEjr1zCsicMWpAA"}))
    assert {"device_flow_used", "oauth_seen"} <= ids(found)
    assert of(found, "oauth_seen").evidence[0].entry == 0
