"""What a token says."""

import pytest

from sandbox.reality import token_facts
from sandbox.reality.finding import Evidence
from sandbox.reality.token_facts import Token
from tests.support.reality import jwt

AT = (Evidence("here"),)
GOOD = {
    "iss": "https://login.example",
    "aud": "https://api.example",
    "sub": "x",
    "jti": "1",
    "client_id": "a",
    "scope": "read",
    "iat": 0,
    "exp": 300,
}


def told(claims, label="access_token access_token#1", length=500, **header):
    return {f.id for f in token_facts.access(Token(jwt(claims, **header), label, length, AT))}


def test_a_good_token():
    assert told(GOOD, typ="at+jwt") == {"access_token_jwt", "signed_rsa", "one_audience", "typed", "lean", "lifetime_short", "bearer"}


@pytest.mark.parametrize(
    ("change", "header", "wanted"),
    [
        ({"aud": ["a", "b"]}, {}, "several_audiences"),
        ({"aud": ""}, {}, "no_audience"),
        ({"aud": "", "iss": ""}, {}, "no_aud_iss"),
        ({"exp": 90000}, {}, "lifetime_24h"),
        ({"roles": ["admin"]}, {}, "role_in_token"),
        ({"email": "a@b.example"}, {}, "pii_in_token"),
        ({"cnf": {"jkt": "x"}}, {}, "key_bound"),
        ({}, {"alg": "HS256"}, "hs256"),
        ({}, {"alg": "ES256"}, "signed_ec"),
        ({}, {"alg": "none"}, "unsigned"),
        ({}, {"kid": "keystore-CHANGE-ME"}, "dev_keys"),
        ({}, {"typ": "JWT"}, "not_typed"),
    ],
)
def test_each_weakness_is_told(change, header, wanted):
    assert wanted in told(GOOD | change, **({"typ": "at+jwt"} | header))


def test_a_large_token_and_one_without_end():
    assert "large_token" in told(GOOD, length=5000)
    assert "no_expiry" in told({k: v for k, v in GOOD.items() if k != "exp"})


def test_an_opaque_token():
    found = {f.id for f in token_facts.access(Token("access_token#1", "access_token", 30, AT, 300))}
    assert found == {"opaque_access_token", "lifetime_short", "bearer"}


def test_an_id_token_is_known_by_its_claims():
    token = Token(jwt({"iss": "i", "aud": "app", "nonce": "n", "email": "e", "email_verified": True}), "token", 1, AT)
    assert token.is_id_token
    assert {f.id for f in token_facts.identity(token)} == {"id_token_pii"}
    assert "no_nonce_in_token" in {f.id for f in token_facts.identity(Token(jwt({"iss": "i"}), "id_token", 1, AT))}
    assert not Token(jwt(GOOD), "token", 1, AT).is_id_token


def test_a_token_is_described_in_a_line():
    assert token_facts.describe(Token(jwt(GOOD), "t", 1, AT)) == "JWT, RS256, typ JWT, aud https://api.example, 300 s, scope read"
