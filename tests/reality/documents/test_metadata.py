"""Metadata: what is supported is not required, and what is absent is said to be absent."""

import pytest

from tests.support.reality import document, ids, of, ticked

BARE = {"issuer": "https://login.example", "authorization_endpoint": "https://login.example/a", "token_endpoint": "https://login.example/t"}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"response_types_supported": ["code", "code token"]}, "implicit_offered"),
        ({"response_types_supported": ["code", "code id_token"]}, "code_only"),
        ({"grant_types_supported": ["password"]}, "password_grant"),
        ({"grant_types_supported": ["authorization_code"]}, "password_grant_not_offered"),
        ({"code_challenge_methods_supported": ["plain", "S256"]}, "plain_offered"),
        ({"code_challenge_methods_supported": ["S256"]}, "s256_only"),
        ({}, "no_pkce_declared"),
        ({"authorization_response_iss_parameter_supported": True}, "iss_parameter"),
        ({}, "no_iss_parameter"),
        ({"id_token_signing_alg_values_supported": ["HS256"]}, "id_token_algs"),
        ({"tls_client_certificate_bound_access_tokens": True}, "mtls_bound_available"),
        ({"dpop_signing_alg_values_supported": ["ES256"]}, "dpop_available"),
        ({"revocation_endpoint": "https://a"}, "revocation_available"),
        ({"introspection_endpoint": "https://a"}, "introspection_available"),
        ({"registration_endpoint": "https://a"}, "registration_available"),
        ({"device_authorization_endpoint": "https://a"}, "device_flow"),
        ({"pushed_authorization_request_endpoint": "https://a"}, "par_available"),
        ({"require_pushed_authorization_requests": True}, "par_required"),
        ({"token_endpoint_auth_methods_supported": ["none"]}, "client_auth"),
        ({"jwks_uri": "http://login.example/k"}, "plain_http"),
    ],
)
def test_each_declaration(change, wanted):
    assert wanted in ids(document(BARE | change))


def test_a_development_server_is_only_noted():
    assert (
        of(document({k: v.replace("https://login.example", "http://localhost:8080") for k, v in BARE.items()}), "plain_http").tone == "note"
    )


def test_what_a_server_can_do_ticks_nothing_about_clients():
    full = BARE | {
        "code_challenge_methods_supported": ["S256"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "authorization_response_iss_parameter_supported": True,
    }
    assert ticked(document(full)) == {"design-oauth"}


@pytest.mark.parametrize("value", [None, 7, "S256", {"a": 1}, [1, None, {}], [["S256"]]])
def test_a_member_of_the_wrong_kind_is_no_declaration(value):
    assert "s256_only" not in ids(document(BARE | {"code_challenge_methods_supported": value, "grant_types_supported": value}))
