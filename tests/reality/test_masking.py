"""Masking: the same value is the same placeholder, wherever and however it is written."""

import json
from urllib.parse import quote

import pytest

from sandbox.engine.knowledge import opened
from sandbox.reality.masking import LEFT_OUT, LONGEST_TEXT, Masker
from sandbox.reality.seen.look import plain
from tests.support.reality import jwt

TOKEN = jwt(
    {
        "iss": "https://login.example",
        "aud": "https://api.example",
        "sub": "alice",
        "email": "a@b.example",
        "role": "admin",
        "iat": 1000,
        "exp": 1300,
    }
)


def masked(learn, text):
    masker = Masker()
    learn(masker)
    masker.ready()
    return masker, masker.needles.sweep(masker.text(text))


def test_a_jwt_stays_readable_without_its_signature_and_what_is_personal():
    masker = Masker()
    masker.value("access_token", TOKEN)
    written = masker.ready().value("access_token", TOKEN)
    token = opened(written)
    assert token.claims | {"sub": "", "email": ""} == {
        "iss": "https://login.example",
        "aud": "https://api.example",
        "sub": "",
        "email": "",
        "role": "admin",
        "iat": 1000,
        "exp": 1300,
    }
    assert token.claims["sub"].startswith("sub#")
    assert TOKEN.split(".")[2] not in written
    assert masker.named(written).label == "access_token#1 (JWT, RS256, 5 min, aud=https://api.example)"


@pytest.mark.parametrize(
    "text",
    [
        "https://t.example/c?dl=" + quote("https://app.example/cb?code=Splx1OBeZQQYbYS6Wx&state=x", safe=""),
        "https://t.example/c?dl="
        + quote("https://t.example/?dr=" + quote("https://app.example/cb?code=Splx1OBeZQQYbYS6Wx", safe=""), safe=""),
        '{"a": {"b": ["Splx1OBeZQQYbYS6Wx"]}}',
        '<input type="hidden" name="code" value="Splx1OBeZQQYbYS6Wx">',
        "code=Splx1OBeZQQYbYS6Wx&grant_type=authorization_code",
        "failed: code Splx1OBeZQQYbYS6Wx was used",
    ],
)
def test_one_value_is_one_placeholder_everywhere(text):
    _, out = masked(lambda m: m.value("code", "Splx1OBeZQQYbYS6Wx"), text)
    assert "Splx1OBe" not in out
    assert "code#1" in plain(out)


def test_a_better_name_wins_over_none():
    masker = Masker()
    masker.text("/interaction/Splx1OBeZQQYbYS6WxA7")
    masker.value("code", "Splx1OBeZQQYbYS6WxA7")
    assert masker.ready().address("https://a.example/interaction/Splx1OBeZQQYbYS6WxA7") == "https://a.example/interaction/code%231"


def test_names_of_people_and_where_they_are():
    data = {
        "sub": "42-abc",
        "name": "Alice Liddell",
        "email": "alice@acme.example",
        "ip": "203.0.113.7",
        "note": "Mrs Liddell of 203.0.113.7 wrote from alice@acme.example",
    }
    masker = Masker()
    masker.tree(data)
    out = json.dumps(masker.ready().tree(data))
    out = masker.needles.sweep(out)
    assert not [w for w in ("Alice", "Liddell", "alice@", "203.0.113.7", "42-abc") if w in out]


@pytest.mark.parametrize("name", ["name", "nom", "nombre"])
def test_a_name_of_a_thing_stays_and_a_persons_does_not(name):
    for data, stays in (({name: "Compte courant"}, True), ({name: "Zora Neale", "email": "z@b.example"}, False)):
        masker = Masker()
        masker.tree(data)
        assert (masker.ready().tree(data)[name] == data[name]) == stays


def test_what_is_needed_stays():
    masker = Masker()
    url = "https://login.example/auth?client_id=0oa1bCdEfGhIjKlMnOp7&response_type=code&scope=openid+email&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_challenge_method=S256"
    masker.address(url)
    assert masker.ready().address(url) == url


@pytest.mark.parametrize(
    "header", ["Bearer abc-DEF-123-ghi-JKL", "DPoP abc-DEF-123-ghi-JKL", "Basic dXNlcjpzM2NyM3QtcGFzcw==", "abc-DEF-123-ghi-JKL"]
)
def test_the_scheme_of_an_authorization_header_stays(header):
    masker = Masker()
    masker.value("Authorization", header)
    out = masker.ready().value("Authorization", header)
    assert out.partition(" ")[0] in ("Bearer", "DPoP", "Basic", "access_token#1")
    assert "DEF" not in out
    assert "dXNl" not in out


def test_cookies_keep_their_names_and_attributes():
    masker = Masker()
    line = "sid=abc123DEF456; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly, theme=dark; Secure"
    masker.value("set-cookie", line)
    assert (
        masker.ready().value("set-cookie", line)
        == "sid=cookie#1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly,theme=cookie#2; Secure"
    )


def test_a_key_keeps_its_public_half_only():
    masker = Masker()
    key = {
        "kty": "RSA",
        "n": "xwQ72P9z9OYshiQ-ntDYaPnnfwG6u9JAdLMZ5o0dmjlcyrvw",
        "e": "AQAB",
        "d": "a-Private-Exponent-0f-a-Key1",
        "kid": "one",
    }
    masker.tree(key)
    assert masker.ready().tree(key) == key | {"d": "private_key#1"}


def test_too_long_a_text_is_left_out_as_a_whole():
    assert Masker().text("x" * (LONGEST_TEXT + 1)) == LEFT_OUT


def test_a_protocol_word_as_a_secret_does_not_replace_the_protocol():
    masker = Masker()
    masker.value("password", "code")
    assert masker.ready().address("https://a.example/?response_type=code") == "https://a.example/?response_type=code"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----\n", "MIIEvQIBADANBgkqhkiG9w0BAQEF"),
        ("DB=postgres://app:pw-12345@db.example/x\n", "pw-12345"),
        ("curl -u client:hunter-2 https://login.example/token", "hunter-2"),
        ("broken: [1\npassword: hunter-2\n", "hunter-2"),
        ("GET / HTTP/1.1\nCookie: sid=abcdefgh\nX-Api-Key: 1234-5678\n", "abcdefgh"),
        ('{"name": "password", "in": "query", "example": "hunter-2"}', "hunter-2"),
    ],
)
def test_what_people_paste_is_masked_in_its_own_form(text, secret):
    _, out = masked(lambda m: m.text(text), text)
    assert secret not in out
    assert "#1" in out
