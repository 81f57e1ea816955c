"""The bank: a company of its own, that ConnectSphere's switches do not reach."""

from __future__ import annotations

import pytest

from sandbox.engine.knowledge import Knowledge
from sandbox.protocol.switches import PROFILES
from sandbox.world.parties.bank import customers
from tests.support.short_stories import failed, status, told

PASSWORD = customers().users["alice"].password
CONNECT = "go laptop.visit {url: 'https://import.connectsphere.example/login'}\nbank laptop.log_in\nallow laptop.approve\n"
FETCH = "fetch importer.call_api {browser: laptop, api: bank, path: /statements}\n"
PAY = "pay importer.call_api {browser: laptop, api: bank, method: POST, path: /payments, json: {to: mallory}}\n"
STOP = "stop laptop.disconnect {client: importer, at: bank}\n"
SHARE = "go laptop.visit {url: 'https://import.connectsphere.example/share'}\nshare laptop.log_in\n"


@pytest.mark.parametrize("profile", ["oauth-basic", "oauth-bcp"])
def test_a_permission_is_limited_and_can_be_taken_back(profile):
    record = told(CONNECT + FETCH + PAY + STOP + "again importer.call_api {browser: laptop, api: bank, path: /statements}", profile)
    assert [status(record, s) for s in ("fetch", "pay", "stop", "again")] == [
        (200, None),
        (403, "insufficient_scope"),
        (204, None),
        (401, "invalid_token"),
    ]
    assert failed(record, "again") == ["bank.introspection"]


def test_nobody_but_alice_and_her_bank_sees_the_password():
    known = Knowledge().read(told(CONNECT + FETCH).events)
    assert {p for p in ("laptop", "bank", "importer", "auth", "accounts") if known.knows(p, PASSWORD)} == {"laptop", "bank"}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_shared_password_can_do_everything_for_ever(profile):
    record = told(
        SHARE
        + FETCH
        + PAY
        + "later clock.wait {seconds: 9999999}\nagain importer.call_api {browser: laptop, api: bank, path: /statements}",
        profile,
    )
    assert [status(record, s)[0] for s in ("fetch", "pay", "again")] == [200, 201, 200]
    assert Knowledge().read(record.events).knows("importer", PASSWORD)


def test_alices_password_at_connectsphere_does_not_open_the_bank():
    record = told("go laptop.visit {url: 'https://import.connectsphere.example/login'}\nbank laptop.log_in {password: wonderland}")
    assert failed(record, "bank") == ["bank.password"]


def test_connectspheres_tokens_mean_nothing_at_the_bank():
    steps = "in app.sign_in {browser: laptop}\nuse app.call_api {browser: laptop, api: bank, path: /statements}"
    record = told(steps, client_resource_param="off")
    assert status(record, "use")[0] == 401
