"""Minting: what access tokens say, for which APIs they are, and what they are bound to."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request
from sandbox.protocol.tokens import decode
from tests.support.token_requests import code_of, no_dpop, token
from tests.support.worlds import failures, sign_in, world

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


def called(w, api, access):
    path = "/" + api.removeprefix("https://").partition(".")[0]
    return w.net.deliver(Request("GET", api + path, (("Authorization", f"Bearer {access}"),)), "mobile")


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


@pytest.mark.parametrize("client", ["app", "mobile", "budget"])
def test_our_own_clients_ask_for_all_that_they_use_and_get_a_token_for_each(client):
    w = world()
    session = sign_in(w, client)
    for name, api in w.apis.items():
        if name == "tool_server":
            continue  # for the clients of AI tools
        session.resource = api.url
        c = w.clients[client]
        c.accept(session, c.sender(w.browsers["laptop"])(c.refresh_request(session, api.url)))
        assert decode(session.access_token(api.url)).claims["aud"] == api.url, name
    assert failures(w) == []
