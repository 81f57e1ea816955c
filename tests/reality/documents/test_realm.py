"""Keycloak realms: what is configured, and what is only a default."""

import pytest

from tests.support.reality import document, ids, of, ticked

CLIENT = {"clientId": "app", "publicClient": True, "standardFlowEnabled": True, "redirectUris": ["https://app.example/cb"]}


def realm(client=None, **settings):
    return document({"realm": "bank", "clients": [CLIENT | (client or {})], **settings})


@pytest.mark.parametrize(
    ("client", "settings", "wanted"),
    [
        ({}, {}, "realm_pkce_not_required"),
        ({"attributes": {"pkce.code.challenge.method": "S256"}}, {}, "realm_pkce_required"),
        ({"directAccessGrantsEnabled": True}, {}, "realm_password_grant"),
        ({"implicitFlowEnabled": True}, {}, "realm_implicit"),
        ({"implicitFlowEnabled": False}, {}, "implicit_off"),
        ({"redirectUris": ["https://app.example/*"]}, {}, "wildcard_redirect"),
        ({"secret": "abc-DEF-123456"}, {}, "realm_client_secret"),
        ({"defaultClientScopes": ["roles"]}, {}, "roles_in_token"),
        ({"redirectUris": ["http://localhost:3000/cb"]}, {}, "likely_page"),
        ({}, {"sslRequired": "none"}, "no_tls"),
        ({}, {"registrationAllowed": True}, "self_registration"),
        ({}, {"bruteForceProtected": True}, "brute_force"),
        ({}, {"bruteForceProtected": False}, "no_brute_force"),
        ({}, {}, "defaults_apply"),
        ({}, {"revokeRefreshToken": True}, "realm_rotation"),
        ({}, {"revokeRefreshToken": False}, "realm_no_rotation"),
        ({}, {"accessTokenLifespan": 300}, "lifetime"),
        ({}, {"accessTokenLifespan": 36000}, "lifetime_long"),
        ({}, {"users": [{"username": "u1", "credentials": [{"type": "password", "value": "abc-DEF-1"}]}]}, "users_with_passwords"),
    ],
)
def test_each_setting(client, settings, wanted):
    assert wanted in ids(realm(client, **settings))


def test_a_lifespan_of_a_client_is_found_where_it_stands():
    found = realm({"attributes": {"access.token.lifespan": "300"}})
    assert of(found, "lifetime").evidence[0].at == '$.clients[0].attributes["access.token.lifespan"]'
    assert ticked(found) == {"design-oauth", "life-minutes"}


def test_disabled_and_built_in_clients_are_left_out():
    assert not {"realm_pkce_not_required"} & ids(realm({"enabled": False}))
    assert not {"realm_pkce_not_required"} & ids(realm({"clientId": "admin-cli"}))
