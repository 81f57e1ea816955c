"""What clients sign: assertions and request objects, and whether a key has signed one."""

from __future__ import annotations

import pytest

from sandbox.core.entropy import private_key
from sandbox.protocol import client_jwts
from sandbox.protocol.client_jwts import PSS, SeenAssertions, client_assertion, parameters, request_object, signed_by
from sandbox.protocol.tokens import Key, b64, decode, from_private, key_for, packed

KEY = key_for("0", "budget client")


def test_an_assertion_is_for_one_server_for_a_minute() -> None:
    token = decode(client_assertion(KEY, "budget", "https://as.example", 1000, "j"))
    assert token.header["typ"] == "client-authentication+jwt"
    assert token.claims == {"iss": "budget", "sub": "budget", "aud": "https://as.example", "jti": "j", "iat": 1000, "exp": 1060}


def test_a_request_object_says_what_is_asked_and_is_no_assertion() -> None:
    asked = (("client_id", "budget"), ("resource", "https://a.example"), ("resource", "https://b.example"), ("state", "s"))
    token = decode(request_object(KEY, "budget", "https://as.example", asked, 1000, "j"))
    assert token.header["typ"] == "oauth-authz-req+jwt"
    assert "sub" not in token.claims
    assert parameters(token.claims) == asked


def test_what_is_no_text_is_written_as_json() -> None:
    assert parameters({"max_age": 60, "claims": {"a": None}, "nonce": None, "iss": "x"}) == (("max_age", "60"), ("claims", '{"a":null}'))


def pss(header: dict[str, str], claims: dict[str, str]) -> str:
    body = f"{packed(header)}.{packed(claims)}"
    return f"{body}.{b64(PSS.sign(body.encode(), private_key('0', 'rp', 'RS256')))}"


@pytest.mark.parametrize("alg", ["ES256", "EdDSA"])
def test_a_key_fits_what_it_has_signed(alg) -> None:
    key, other = key_for("0", "rp", alg), key_for("0", "other", alg)
    token = decode(key.sign({"a": 1}))
    assert signed_by(key.jwk, token, alg)
    assert not signed_by(other.jwk, token, alg)


def test_an_rsa_key_signs_with_pss_only() -> None:
    jwk = {k: v for k, v in from_private(private_key("0", "rp", "RS256"), "RS256").jwk.items() if k != "alg"}
    assert signed_by(jwk, decode(pss({"alg": "PS256"}, {})), "PS256")
    assert not signed_by(jwk, decode(key_for("0", "rp", "RS256").sign({})), "PS256")
    assert not signed_by(jwk, decode(key_for("0", "rp", "RS256").sign({})), "RS256")
    assert not signed_by(jwk | {"alg": "RS256"}, decode(pss({"alg": "PS256"}, {})), "PS256"), "its owner says what it is for"
    assert not signed_by(KEY.jwk, decode(pss({"alg": "PS256"}, {})), "PS256")


def test_the_public_key_is_no_shared_secret() -> None:
    """RFC 8725 §2.1: an HMAC made with the public key."""
    token = decode(Key("HS256", "", str(KEY.jwk).encode()).sign({}))
    assert not signed_by(KEY.jwk, token, "HS256")


def test_an_assertion_is_new_once_and_forgotten_when_it_has_expired(monkeypatch) -> None:
    seen = SeenAssertions()
    assert [seen.first_use("a", "j", 60, 0), seen.first_use("a", "j", 60, 30), seen.first_use("b", "j", 60, 30)] == [True, False, True]
    assert seen.first_use("a", "j", 160, 100)
    assert len(seen.until) == 1
    monkeypatch.setattr(client_jwts, "REMEMBERED", 2)
    assert all(seen.first_use("a", str(n), 160, 100) for n in range(5))
    assert len(seen.until) == 2
