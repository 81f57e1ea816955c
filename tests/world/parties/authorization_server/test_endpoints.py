"""Revocation and introspection: who may ask, and what they are told."""

from __future__ import annotations

from tests.support.token_requests import code_of, introspect, no_dpop, revoke, token
from tests.support.worlds import world


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
