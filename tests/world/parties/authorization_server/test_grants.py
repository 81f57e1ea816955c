"""The grants: codes, rotation and reuse detection, and what a token request must have."""

from __future__ import annotations

import pytest

from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import decode, key_for
from tests.support.token_requests import AS, code_of, no_dpop, token
from tests.support.worlds import failures, sign_in, world


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


def test_a_refreshed_id_token_keeps_its_auth_time():
    w = world()
    session = sign_in(w, "budget", scope="openid read")
    before = decode(session.id_token).claims
    w.net.wait(400)
    client = w.clients["budget"]
    client.accept(session, client.ask(session, client.refresh_request(session)))
    after = decode(session.id_token).claims
    assert (before["auth_time"], before["auth_time"] + 400) == (after["auth_time"], after["iat"])


def test_a_code_is_worth_nothing_once_its_session_was_ended():
    """Found by the search: whoever held a code could redeem it after Alice had ended the client's access."""
    w = no_dpop()
    code = code_of(w)
    w.issuer.core.end_grant(w.issuer.core.store.codes[code].grant)
    answer = token(w, code=code)
    assert (answer.status, answer.json["error"], failures(w)[-1]) == (400, "invalid_grant", "auth.grant_alive")
