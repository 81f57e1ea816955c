"""The engine of the authorization server: clients, keys, grants that end, and the traps that Authlib lays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc9207 import IssuerParameter

from sandbox.core.wire import Request
from sandbox.protocol.tokens import key_for
from sandbox.protocol.trace import Noted
from sandbox.world.parties.authorization_server.core import Issuer
from sandbox.world.parties.authorization_server.requests import ASResponse
from tests.support.token_requests import code_of, no_dpop, token
from tests.support.worlds import failures, world


def test_a_code_works_once_and_takes_its_tokens_along_when_it_comes_again():
    w = no_dpop(rs_introspect="live")
    code = code_of(w)
    access = token(w, code=code).json["access_token"]
    assert token(w, code=code).json["error"] == "invalid_grant"
    request = Request("GET", "https://accounts.connectsphere.example/accounts", (("Authorization", f"Bearer {access}"),))
    assert w.net.deliver(request, "mobile").status == 401
    assert failures(w) == ["auth.code_unused", "accounts.introspection"]


def test_two_methods_of_client_authentication_are_refused():
    w = world("oauth-basic")
    basic = (("Authorization", "Basic YnVkZ2V0OmJ1ZGdldC04WnEzdlQxeA=="),)
    assert token(w, basic, client_id="budget", client_secret="budget-8Zq3vT1xNw6p", code="x").json["error"] == "invalid_request"


def test_the_first_scope_that_does_not_exist_is_named_without_what_an_error_may_not_repeat() -> None:
    core = world().issuer.core
    assert core.unknown("read reed wride").startswith("There is no scope reed. There are: openid, ")
    assert core.unknown('re"ad\\é').startswith("There is no scope read.")
    assert len(core.unknown("x" * 10_000)) < 300


def test_an_id_token_is_signed_by_the_algorithm_that_its_client_registered() -> None:
    core = world().issuer.core
    usual, other = core.keys[0], key_for("0", "another key", "EdDSA")
    core.keys = (usual, other)
    client = core.store.clients["budget"]
    assert core.id_key(client) is usual
    assert core.id_key(replace(client, id_alg="EdDSA")) is other
    assert core.id_key(replace(client, id_alg="HS256")) is usual


def test_a_grant_ends_once_and_its_tokens_are_listed() -> None:
    w = no_dpop()
    token(w, code=code_of(w))
    (grant,) = w.issuer.core.store.grants.values()
    w.issuer.core.end_grant(grant)
    w.issuer.core.end_grant(grant)
    assert not grant.alive
    said = [e.text for e in w.net.trace.events if isinstance(e, Noted)]
    assert said.count("The grant of alice to mobile is revoked.") == 1


@pytest.mark.parametrize(
    "params", [{"code": "x"}, {"error": "invalid_request", "error_description": "a b&c=%20é"}, {"state": "", "code": "%"}]
)
@pytest.mark.parametrize(
    "uri", ["https://a.example/cb", "https://A.example?x=a%20b&y&x=", "com.example.app:/cb;p?q=1+2", "http://[::1]:9/?é#f"]
)
def test_the_issuer_stands_in_the_answer_as_authlib_would_write_it(uri: str, params: dict[str, str]) -> None:
    issuer = Issuer("https://auth.example:8443/a b?c=d&e")
    answers = [ASResponse(302, "", [("Location", add_params_to_uri(uri, params))]) for _ in range(2)]
    issuer.add_issuer_parameter(world().issuer.core, answers[0])
    IssuerParameter.add_issuer_parameter(issuer, world().issuer.core, answers[1])
    assert answers[0].location == answers[1].location
    assert "iss=https%3A%2F%2Fauth.example" in (answers[0].location or "")
