"""The engine of the authorization server: tokens, codes, rotation, revocation and introspection, and the traps that Authlib lays."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import decode, key_for
from tests.support.token_requests import AS, code_of, introspect, no_dpop, revoke, token
from tests.support.worlds import failures, sign_in, world


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


ACCOUNTS, TRANSACTIONS, NOTES = (f"https://{name}.connectsphere.example" for name in ("accounts", "transactions", "notifications"))
GRANTED = [  # asked for at the authorization endpoint; asked for at the token endpoint; the audience, or None for invalid_target
    ((), (), [ACCOUNTS]),
    ((), (ACCOUNTS,), [ACCOUNTS]),
    ((), (TRANSACTIONS,), None),
    ((TRANSACTIONS,), (), [TRANSACTIONS]),
    ((TRANSACTIONS,), (TRANSACTIONS,), [TRANSACTIONS]),
    ((TRANSACTIONS,), (ACCOUNTS,), None),
    ((TRANSACTIONS,), (TRANSACTIONS, ACCOUNTS), None),
    ((TRANSACTIONS, NOTES), (), [TRANSACTIONS, NOTES]),
    ((TRANSACTIONS, NOTES), (NOTES,), [NOTES]),
    ((TRANSACTIONS, NOTES), (NOTES, TRANSACTIONS), [NOTES, TRANSACTIONS]),
    ((TRANSACTIONS, NOTES), (ACCOUNTS,), None),
]


@pytest.mark.parametrize("opaque", [False, True])
@pytest.mark.parametrize(("granted", "wanted", "audience"), GRANTED)
@pytest.mark.parametrize("by", ["code", "refresh token"])
def test_what_was_granted_for_one_api_is_not_redeemed_for_another(granted, wanted, audience, by, opaque):
    """RFC 8707 §2.2, for each way from a grant to a token and for both kinds of token."""
    w = no_dpop(as_token_format="opaque", rs_introspect="live") if opaque else no_dpop()
    code = code_of(w, resource=granted or None)
    if by == "code":
        answer = token(w, code=code, resource=wanted or None)
    else:
        first = token(w, code=code).json
        answer = token(w, grant_type="refresh_token", refresh_token=first["refresh_token"], resource=wanted or None)
    assert (answer.error, answer.status) == (None if audience else "invalid_target", 200 if audience else 400)
    if audience is None:
        assert failures(w)[-1] == "auth.resource_granted"
        return
    works = {api.url for api in w.apis.values() if called(w, api.url, answer.json["access_token"]).status == 200}
    assert works == set(audience)
    if not opaque:
        found = decode(answer.json["access_token"]).claims["aud"]
        assert found == (audience if len(audience) > 1 else audience[0])


def called(w, api, access):
    path = "/" + api.removeprefix("https://").partition(".")[0]
    return w.net.deliver(Request("GET", api + path, (("Authorization", f"Bearer {access}"),)), "mobile")


@pytest.mark.parametrize("client", ["app", "mobile", "budget"])
def test_our_own_clients_ask_for_all_that_they_use_and_get_a_token_for_each(client):
    w = world()
    session = sign_in(w, client)
    for name, api in w.apis.items():
        session.resource = api.url
        c = w.clients[client]
        c.accept(session, c.sender(w.browsers["laptop"])(c.refresh_request(session, api.url)))
        assert decode(session.access_token(api.url)).claims["aud"] == api.url, name
    assert failures(w) == []


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
