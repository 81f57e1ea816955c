"""Which names carry secrets."""

import pytest

from sandbox.reality.names import is_kept, is_personal, is_secret, kind_of


@pytest.mark.parametrize(
    "name",
    [
        "access_token",
        "refresh_token",
        "code",
        "state",
        "nonce",
        "password",
        "client_secret",
        "SAMLResponse",
        "X-Api-Key",
        "session_state",
        "_csrf",
        "id_token_hint",
        "assertion",
    ],
)
def test_a_secret_is_known_by_its_name(name):
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "token_type",
        "code_challenge",
        "grant_type",
        "redirect_uri",
        "client_id",
        "token_endpoint",
        "code_challenge_methods_supported",
        "kid",
        "aud",
    ],
)
def test_what_is_needed_is_no_secret(name):
    assert is_kept(name)
    assert not is_secret(name)


def test_people():
    assert is_personal("given_name")
    assert is_personal("Email")
    assert not is_personal("email_verified")


def test_a_kind_is_a_plain_word():
    assert kind_of("Authorization") == "access_token"
    assert kind_of("sessionid") == "session"
    assert kind_of("what ever <b>") == "value"
