"""Mutual TLS: tokens that work only on connections made with one certificate (RFC 8705)."""

from __future__ import annotations

import pytest

from sandbox.protocol.certificates import bound_certificate, certificate_thumbprint
from sandbox.protocol.tokens import decode
from tests.support.short_stories import failed, sent, status, told

IN = "login mobile.sign_in {browser: laptop, scope: read}\n"
USE = "use mobile.call_api {browser: laptop, api: accounts, path: /accounts}\n"
PAGE = (IN + USE).replace("mobile", "app")
OFF = {"client_dpop": "off", "as_dpop_bind": "off", "rs_dpop": "off"}


def test_no_certificate_travels_where_the_server_does_not_ask_for_one():
    record = told(IN + USE)
    assert not any(r.certificate for step in ("login", "use") for r in (*sent(record, step, "auth"), *sent(record, step, "accounts")))


def test_the_token_is_bound_to_the_certificate_of_the_connection():
    record = told(IN + USE, MTLS="on")
    request = sent(record, "use", "accounts")[0]
    assert bound_certificate(decode(record.outputs["login"]["access_token"]).claims) == certificate_thumbprint(request.certificate)
    assert status(record, "use") == (200, None)


def test_a_page_has_no_certificate_and_its_backend_has_one():
    page, backend = told(PAGE, MTLS="on"), told(PAGE, MTLS="on", client_bff="on")
    assert status(page, "use") == (401, "invalid_token")
    assert failed(page, "use") == ["accounts.certificate"]
    assert status(backend, "use") == (200, None)


def test_each_device_has_a_certificate_and_a_web_server_has_one():
    steps = IN + "phone mobile.sign_in {browser: phone}\nweb budget.sign_in {browser: laptop}\nweb2 budget.sign_in {browser: phone}\n"
    record = told(steps, MTLS="on")
    asked = {s: next(r for r in sent(record, s, "auth") if r.path == "/token") for s in ("login", "phone", "web", "web2")}
    laptop, phone, web, web2 = (r.certificate for r in asked.values())
    assert len({laptop, phone, web}) == 3
    assert web == web2


def test_a_request_that_is_passed_on_loses_its_certificate():
    steps = (
        IN
        + USE
        + "replay mallory.send {like: $use.received, change: {host: transactions.connectsphere.example, path: /transactions}, from: accounts}"
    )
    record = told(steps, operates="accounts", rs_check_aud="off", MTLS="on", **OFF)
    assert failed(record, "replay") == ["transactions.certificate"]
    assert sent(record, "replay", "transactions")[0].certificate not in ("", sent(record, "use", "accounts")[0].certificate)


def test_a_thief_of_the_device_connects_with_its_certificate():
    steps = IN + "theft mallory.read {device: laptop}\nuse mallory.call_api {api: accounts, path: /accounts, token: $theft.access_token}\n"
    steps += "renew mallory.redeem {client: mobile, refresh_token: $theft.refresh_token}"
    record = told(steps, MTLS="on")
    assert status(record, "use") == (200, None)
    assert status(record, "renew") == (200, None)


def test_the_refresh_token_of_a_public_client_is_bound_too():
    steps = (
        IN
        + "theft mallory.read {storage: mobile, browser: laptop}\nrenew mallory.redeem {client: mobile, refresh_token: $theft.refresh_token}"
    )
    record = told(steps, MTLS="on", **OFF)
    assert status(record, "renew") == (400, "invalid_grant")
    assert failed(record, "renew") == ["auth.certificate"]


def test_an_unbound_token_is_refused():
    record = told(IN + USE, rs_mtls="on")
    assert status(record, "use") == (401, "invalid_token")
    assert failed(record, "use") == ["accounts.certificate"]


def test_introspection_tells_what_an_opaque_token_is_bound_to():
    record = told(IN + USE, MTLS="on", as_token_format="opaque", rs_introspect="live")
    assert status(record, "use") == (200, None)


def test_a_forged_token_carries_her_own_certificate():
    steps = "login mobile.sign_in {browser: mallory_browser, user: mallory}\n"
    steps += "forge mallory.forge {from: $login.access_token, header: {alg: none}, claims: {sub: alice}, key: none}\n"
    steps += "use mallory.call_api {api: accounts, path: /accounts, token: $forge.token}"
    record = told(steps, MTLS="on", rs_alg_policy="trust-header")
    assert status(record, "use") == (200, None)
    assert "alice:account-1" in record.outputs["use"]["response"].body


THROUGH = "use mobile.call_api {browser: laptop, via: gateway, api: accounts, path: /accounts}\n"


def test_the_gateway_tells_the_service_which_certificate_the_caller_has():
    record = told(IN + THROUGH, MTLS="on")
    inside = sent(record, "use", "accounts")[0]
    assert status(record, "use") == (200, None)
    assert inside.certificate == ""
    assert inside.header("client-cert") == f":{sent(record, 'use', 'gateway')[0].certificate}:"


@pytest.mark.parametrize(("strip", "code"), [("on", 401), ("off", 200)])
def test_a_header_is_not_a_certificate_unless_the_gateway_lets_it_pass(strip, code):
    steps = (
        "login budget.sign_in {browser: laptop}\nhonest budget.call_api {browser: laptop, via: gateway, api: accounts, path: /accounts}\n"
    )
    steps += "leak mallory.read {log: accounts}\nuse mallory.call_api {via: gateway, api: accounts, path: /accounts, token: $leak.access_token, scheme: bearer, headers: {Client-Cert: $cert}}"
    record = told(
        steps, "oauth-basic", knows="cert: budget.certificate", MTLS="on", gw_strip_identity_headers=strip, client_token_in_header="on"
    )
    assert (status(record, "honest")[0], status(record, "use")[0]) == (200, code)


def test_a_service_shows_its_certificate_when_it_asks_in_its_own_name():
    steps = (
        "ask transactions.redeem {client: transactions, scope: notify, api: notifications}\n"
        "tell transactions.call_api {api: notifications, path: /notifications, method: POST, json: {user: alice}}\n"
    )
    record = told(steps, MTLS="on", **OFF)
    assert status(record, "tell") == (201, None)
    assert sent(record, "ask", "auth")[0].certificate == sent(record, "tell", "notifications")[0].certificate != ""
