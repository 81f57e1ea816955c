"""Token exchange (RFC 8693): who may exchange what, and what the new token says and is good for."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sandbox.core.wire import Request, Response, form_request
from sandbox.protocol.grant_types import ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE
from sandbox.protocol.tokens import decode
from sandbox.world.parties.authorization_server.exchange import DEEPEST
from sandbox.world.world import World
from tests.support.relying_party import AS, PKCE, VERIFIER, RelyingParty
from tests.support.worlds import world

ACCOUNTS, TRANSACTIONS = (f"https://{name}.connectsphere.example" for name in ("accounts", "transactions"))
BEARER = {"client_dpop": "off", "as_dpop_bind": "off", "rs_dpop": "off", "as_token_exchange": "on"}


@pytest.fixture
def w() -> World:
    return world(**BEARER)


def signed_in(w: World, scope: str = "read write", resource: str = TRANSACTIONS) -> dict[str, Any]:
    """The token response of a sign-in, in which access to both APIs was asked for, and a token for one of them."""
    rp = RelyingParty(w)
    asked = {"response_type": "code", "client_id": "budget", "redirect_uri": rp.redirect_uri, "scope": scope} | PKCE
    query = form_request("x", (*asked.items(), ("resource", ACCOUNTS), ("resource", TRANSACTIONS))).body
    code = dict(rp.request(query))["code"]
    body: dict[str, Any] = rp.token(code=code, code_verifier=VERIFIER, resource=resource).json
    return body


def trade(w: World, token: str, service: str = "transactions", **change: str | None) -> Response:
    given = {"grant_type": TOKEN_EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN_TYPE, "resource": ACCOUNTS} | change
    basic = base64.b64encode(f"{service}:{service}-secret".encode()).decode()
    fields = {k: v for k, v in given.items() if v is not None}
    return w.net.deliver(form_request(f"{AS}/token", fields, (("Authorization", f"Basic {basic}"),)), service)


def test_the_new_token_is_the_persons_for_the_other_api_and_says_who_acts(w: World) -> None:
    answer = trade(w, signed_in(w)["access_token"], scope="read")
    body, claims = answer.json, decode(answer.json["access_token"]).claims
    assert (claims["sub"], claims["aud"], claims["scope"]) == ("alice", ACCOUNTS, "read")
    assert (claims["act"], claims["client_id"]) == ({"sub": "transactions"}, "transactions")
    assert (body["issued_token_type"], "refresh_token" in body, answer.header("cache-control")) == (ACCESS_TOKEN_TYPE, False, "no-store")
    request = Request("GET", f"{ACCOUNTS}/accounts", (("Authorization", f"Bearer {body['access_token']}"),))
    assert w.net.deliver(request, "transactions").status == 200


def test_the_scope_is_that_of_the_old_token_if_none_is_asked_for(w: World) -> None:
    assert trade(w, signed_in(w)["access_token"]).json["scope"] == "read write"


def test_it_lives_no_longer_than_the_old_one_and_ends_with_the_same_grant(w: World) -> None:
    old = signed_in(w)["access_token"]
    w.net.wait(200)
    body = trade(w, old).json
    assert (body["expires_in"], decode(body["access_token"]).claims["exp"]) == (100, decode(old).claims["exp"])
    store = w.issuer.store  # type: ignore[union-attr]
    w.issuer.core.end_grant(store.tokens[old].grant)  # type: ignore[union-attr]
    assert store.tokens[body["access_token"]].is_revoked()
    assert trade(w, old).error == "invalid_request"


def test_who_acts_for_whom_can_be_followed_back_and_has_an_end(w: World) -> None:
    token, names = signed_in(w)["access_token"], ("transactions", "accounts")
    for i in range(DEEPEST):
        token = trade(w, token, names[i % 2], resource=(ACCOUNTS, TRANSACTIONS)[i % 2]).json["access_token"]
    act = decode(token).claims["act"]
    assert (act["sub"], act["act"]["sub"], act["act"]["act"]["sub"]) == ("accounts", "transactions", "accounts")
    assert trade(w, token).error == "invalid_request"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"scope": "read notify"}, "invalid_scope"),
        ({"resource": "https://notifications.connectsphere.example"}, "invalid_target"),
        ({"resource": "https://nowhere.example"}, "invalid_target"),
        ({"resource": None, "audience": "https://nowhere.example"}, "invalid_target"),
        ({"resource": None}, "invalid_request"),
        ({"subject_token": "made up"}, "invalid_request"),
        ({"subject_token": None}, "invalid_request"),
        ({"subject_token_type": None}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
        ({"actor_token": "x"}, "invalid_request"),
    ],
)
def test_what_is_more_than_the_old_token_or_not_understood_is_refused(w: World, change: dict[str, str | None], error: str) -> None:
    answer = trade(w, signed_in(w)["access_token"], **change)
    assert (answer.status, answer.error) == (400, error)


def test_an_audience_is_as_good_as_a_resource(w: World) -> None:
    answer = trade(w, signed_in(w)["access_token"], resource=None, audience=ACCOUNTS)
    assert decode(answer.json["access_token"]).claims["aud"] == ACCOUNTS


def test_only_the_api_that_a_token_is_for_may_exchange_it(w: World) -> None:
    body = signed_in(w)
    assert trade(w, body["access_token"], "notifications").error == "invalid_request"
    assert trade(w, body["refresh_token"]).error == "invalid_request"
    assert trade(w, body["access_token"], "gateway").status == 200, "it is a client that guards that API"


def test_a_token_that_is_over_is_worth_nothing(w: World) -> None:
    old = signed_in(w)["access_token"]
    w.net.wait(300)
    assert trade(w, old).error == "invalid_request"


def test_the_grant_is_for_services_that_prove_who_they_are(w: World) -> None:
    token, fields = (
        signed_in(w)["access_token"],
        {"grant_type": TOKEN_EXCHANGE, "subject_token_type": ACCESS_TOKEN_TYPE, "resource": ACCOUNTS},
    )
    rp = RelyingParty(w)
    assert rp.token(subject_token=token, redirect_uri=None, **fields).error == "unauthorized_client"
    bare = form_request(f"{AS}/token", fields | {"subject_token": token, "client_id": "mobile"})
    assert w.net.deliver(bare, "mobile").error in ("invalid_client", "unauthorized_client")
    wrong = form_request(f"{AS}/token", fields | {"subject_token": token, "client_id": "transactions", "client_secret": "x"})
    assert w.net.deliver(wrong, "mallory").error == "invalid_client"


def test_introspection_tells_who_acts(w: World) -> None:
    token = trade(w, signed_in(w)["access_token"]).json["access_token"]
    basic = (("Authorization", "Basic YWNjb3VudHM6YWNjb3VudHMtc2VjcmV0"),)
    said = w.net.deliver(form_request(f"{AS}/introspect", {"token": token}, basic), "accounts").json
    assert (said["sub"], said["client_id"], said["act"]) == ("alice", "transactions", {"sub": "transactions"})


def test_where_the_switch_is_off_there_is_no_such_grant(w: World) -> None:
    for there, on in ((w, True), (world(**(BEARER | {"as_token_exchange": "off"})), False)):
        assert (TOKEN_EXCHANGE in there.issuer.describe()["grant_types_supported"]) == on
    assert trade(there, signed_in(there)["access_token"]).error == "unsupported_grant_type"
