"""Shapes of secrets."""

import pytest

from sandbox.reality.shapes import as_json, jwt_parts, random_looking, turns, unpacked
from tests.support.reality import jwt


@pytest.mark.parametrize(
    "text",
    [
        "MQZrZo0tJRC70QZv",
        "3166054fb28f49f68b320189da94f3ce",
        "018f2d0e-5b7a-7c3d-9e4f-1a2b3c4d5e6f",
        "zwJL6NCn9GLb9602HZqPLf0kXGleKcUjAGDHopJpV-l",
    ],
)
def test_what_nobody_guesses_looks_random(text):
    assert random_looking(text)


@pytest.mark.parametrize(
    "text",
    [
        "authorization_code",
        "application/json",
        "en-US",
        "oidc-client-ts.min.js",
        "login.acme.example",
        "read:orders",
        "",
        "2026",
        "https://app.example/Cb1",
    ],
)
def test_words_do_not(text):
    assert not random_looking(text)


def test_turns_count_changes_of_kind():
    assert turns("aA1") == 2
    assert turns("abc") == 0


def test_base64_is_opened_if_it_holds_a_text():
    assert unpacked("eyJ1c2VyIjogImFsaWNlIn0") == '{"user": "alice"}'
    assert unpacked("not base64 at all") is None


def test_json_and_jwts():
    assert as_json("\ufeff[1]") == [1]
    assert as_json("1") is None
    assert as_json("{") is None
    assert jwt_parts(jwt({"a": 1}))[1] == {"a": 1}
    assert jwt_parts("a.b.c") is None
