"""Which names carry secrets."""

import pytest

from sandbox.reality.names import is_kept, is_password, is_personal, is_secret, kind_of, person_kind


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


@pytest.mark.parametrize(
    "name",
    [
        "pwd",
        "user[password]",
        "loginForm:Kennwort",
        "ctl00$txtPassword",
        "credentials.passcode",
        "mot_de_passe",
        "contraseña",
        "hasło",
        "şifre",
        "パスワード",
    ],
)
def test_a_password_is_known_in_any_language(name):
    assert is_password(name)
    assert is_secret(name)
    assert kind_of(name) == "password"


@pytest.mark.parametrize("name", ["newPassword", "password_confirmation", "username", "compass", "passwordPolicy", "pass_through"])
def test_what_signs_nobody_in_is_no_password(name):
    assert not is_password(name)


def test_a_name_in_a_space_is_the_name():
    assert is_personal("https://corp.example/claims/surname")
    assert is_personal("user[email]")
    assert not is_personal("spring.application.name")
    assert person_kind("https://corp.example/claims/surname") == "surname"
