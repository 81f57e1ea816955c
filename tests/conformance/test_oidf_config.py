"""The OpenID Foundation's Config OP certification plan: its one module, by name (OIDC Discovery §3, §4)."""

from __future__ import annotations

import sys

from sandbox.core.wire import Request, origin
from tests.support.relying_party import AS, certified

MODULES = ["discovery-endpoint-verification"]


def test_each_module_is_tested():
    assert [
        name.removeprefix("test_oidcc_").replace("_", "-") for name in vars(sys.modules[__name__]) if name.startswith("test_oidcc_")
    ] == MODULES


def test_oidcc_discovery_endpoint_verification():
    w = certified()
    answer = w.net.deliver(Request("GET", f"{AS}/.well-known/openid-configuration"), "budget")
    said = answer.json
    assert (answer.status, answer.header("content-type")) == (200, "application/json")
    assert said["issuer"] == AS
    endpoints = {name: value for name, value in said.items() if name.endswith(("_endpoint", "_uri"))}
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} <= set(endpoints)
    assert all(value.startswith("https://") and origin(value) == AS for value in endpoints.values())
    assert "code" in said["response_types_supported"]
    assert said["subject_types_supported"] == ["public"]
    assert "RS256" in said["id_token_signing_alg_values_supported"]
    assert {"openid", "profile", "email", "address", "phone"} <= set(said["scopes_supported"])
    assert {"sub", "name", "email", "phone_number"} <= set(said["claims_supported"])
    assert "client_secret_basic" in said["token_endpoint_auth_methods_supported"]
    assert said["request_uri_parameter_supported"] is False  # true would be the default
    keys = w.net.deliver(Request("GET", said["jwks_uri"]), "budget").json["keys"]
    assert keys and all(k["use"] == "sig" and not {"d", "p", "q", "k"} & set(k) for k in keys)  # noqa: PT018
    assert len({k["kid"] for k in keys}) == len(keys)
