"""Token requests by hand reach the server that they are for."""

from __future__ import annotations

import pytest

from sandbox.protocol.switches import PROFILES
from tests.support.short_stories import sent, status, told


@pytest.mark.parametrize("profile", PROFILES)
def test_a_bank_is_asked_at_the_bank(profile: str) -> None:
    record = told("ask mallory.redeem {client: importer, at: bank, refresh_token: x}", profile)
    (request,) = sent(record, "ask", "bank")
    assert request.url == "https://bank.example/token"
    assert dict(request.form)["refresh_token"] == "x"


def test_a_code_of_the_bank_is_worth_a_token_at_the_bank() -> None:
    steps = """
        start laptop.visit {url: 'https://import.connectsphere.example/login', hold: bank}
        own laptop.follow {change: {query: {code_challenge: $pkce.challenge}}}
        in laptop.log_in {hold: importer}
        yes laptop.approve {hold: importer}
        ask importer.redeem {client: importer, at: bank, code: $yes.redirect.query.code, verifier: $pkce.verifier}
        use importer.call_api {api: bank, path: /statements, token: $ask.access_token}
    """
    record = told(steps, knows="pkce: mallory.pkce")
    assert [status(record, step)[0] for step in ("ask", "use")] == [200, 200]


def test_the_backend_is_told_for_which_api_a_token_is() -> None:
    record = told("ask mallory.redeem {client: app, user: mallory, password: trustno1, api: transactions}", "jwt-done-properly")
    (request,) = sent(record, "ask", "backend")
    assert request.json == {"username": "mallory", "password": "trustno1", "audience": "https://transactions.connectsphere.example"}


def test_a_refresh_token_of_the_backend_is_traded_at_the_backend() -> None:
    steps = """
        in app.sign_in {browser: laptop}
        theft mallory.read {storage: app, browser: laptop}
        ask mallory.redeem {client: app, refresh_token: $theft.refresh_token, api: transactions}
        use mallory.call_api {api: transactions, path: /transactions, token: $ask.access_token}
        again app.refresh {browser: laptop}
    """
    record = told(steps, "jwt-done-properly")
    (request,) = sent(record, "ask", "backend")
    assert (request.path, request.json["audience"]) == ("/refresh", "https://transactions.connectsphere.example")
    assert [status(record, step)[0] for step in ("ask", "use", "again")] == [200, 200, 401]


def test_without_refresh_tokens_the_backend_has_nothing_to_trade_one_for() -> None:
    record = told("ask mallory.redeem {client: app, refresh_token: x}", "naive-jwt")
    assert record.skipped("ask").missing == "a token endpoint"
