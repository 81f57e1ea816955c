"""Configurations of clients."""

import pytest

from tests.support.reality import document, ids, of, ticked

SPRING = """
spring.security.oauth2:
  client:
    registration:
      web:
        client-id: web
        client-secret: {secret}
        authorization-grant-type: {grant}
        scope: openid, offline_access
    provider:
      web:
        issuer-uri: {issuer}
  resourceserver:
    jwt:
      issuer-uri: https://login.example
{more}
"""


def spring(secret="${SECRET}", grant="authorization_code", issuer="https://login.example", more=""):
    return document(SPRING.format(secret=secret, grant=grant, issuer=issuer, more=more), "application.yml")


def test_spring():
    assert ids(spring()) == {"config_code", "config_default_pkce", "config_offline", "config_resource_server", "config_no_audience"}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"secret": "abc-DEF-123"}, "config_secret"),
        ({"grant": "password"}, "config_password"),
        ({"grant": "implicit"}, "config_implicit"),
        ({"issuer": "http://login.example"}, "config_http"),
        ({"more": "      audiences: [https://api.example]"}, "config_audience"),
    ],
)
def test_each_weakness_of_spring(change, wanted):
    assert wanted in ids(spring(**change))


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, "config_page"),
        ({"response_type": "id_token token"}, "config_implicit"),
        ({"response_type": "code"}, "config_code"),
        ({"disablePKCE": True}, "config_no_pkce"),
        ({}, "config_default_pkce"),
        ({"client_secret": "abc-DEF-123"}, "config_secret"),
        ({"userStore": "localStorage"}, "config_storage"),
        ({"scope": "openid offline_access"}, "config_offline"),
        ({"authority": "http://login.example"}, "config_http"),
    ],
)
def test_oidc_client_ts(change, wanted):
    assert wanted in ids(document({"authority": "https://login.example", "client_id": "spa"} | change))


def test_a_page_is_a_page_and_a_default_is_no_tick():
    found = document({"authority": "https://login.example", "client_id": "spa"})
    assert ticked(found) == {"design-oauth", "clients-spa", "browser-page"}
    assert of(found, "config_default_pkce").row.half
