"""Tokens (published vectors are in test_vectors.py): strict reading, signatures by PyJWT's algorithms, and agreement with PyJWT as a whole."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.clock import clock_time
from sandbox.protocol.tokens import (
    NotAJwt,
    b64,
    dated,
    decode,
    half_hash,
    key_for,
    no_date,
    number,
    packed,
    pem,
    public_key,
    shared_key,
    signature_fits,
    thumbprint,
    unb64,
)

KEYS = [key_for("0", "auth", alg) for alg in ("ES256", "RS256", "EdDSA")]


@pytest.mark.parametrize("key", KEYS, ids=lambda k: k.alg)
def test_what_is_signed_verifies_and_pyjwt_agrees(key):
    token = key.sign({"sub": "alice"})
    public = public_key(key.jwk, key.alg)
    assert signature_fits(decode(token), public, key.alg)
    assert jwt.decode(token, public, algorithms=[key.alg]) == {"sub": "alice"}


@pytest.mark.parametrize("key", KEYS, ids=lambda k: k.alg)
def test_the_same_token_has_the_same_signature(key):
    assert key.sign({"a": 1}) == key.sign({"a": 1})


@pytest.mark.parametrize("key", KEYS, ids=lambda k: k.alg)
def test_another_payload_does_not_fit(key):
    token = key.sign({"sub": "mallory"})
    head, _, signature = token.split(".")
    assert not signature_fits(decode(f"{head}.{packed({'sub': 'alice'})}.{signature}"), public_key(key.jwk, key.alg), key.alg)


def test_thumbprint_matches_rfc_7638_section_3_1():
    n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    assert (
        thumbprint({"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"})
        == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "!.b.c",
        "e30=.e30.",
        "e30.e30=.",
        "W10.e30.",
        "e30.W10.",
        "e30.bm8.",
        f"{b64(b'{')}.e30.",
        f"{packed({'crit': ['x']})}.e30.",
    ],
)
def test_what_is_no_jwt_is_refused_with_a_reason(text):
    with pytest.raises(NotAJwt, match=r"\w+"):
        decode(text)


def test_a_name_that_occurs_twice_is_refused():
    with pytest.raises(NotAJwt, match="twice"):
        decode("e30." + b64(b'{"sub":"alice","sub":"mallory"}') + ".")


def test_padding_and_stray_bits_are_refused():
    assert unb64("YQ") == b"a"
    for wrong in ("YQ==", "YR", "Y Q", "YQ\n"):
        with pytest.raises(NotAJwt):
            unb64(wrong)


def test_deep_json_is_refused_not_a_crash():
    with pytest.raises(NotAJwt):
        decode(f"{b64(b'[' * 20000)}.e30.")


@pytest.mark.slow
@given(st.text(max_size=200))
def test_any_text_is_a_jwt_or_not_a_jwt(text):
    with contextlib.suppress(NotAJwt):
        assert decode(text).signed


@pytest.mark.slow
@given(st.integers(0, 400), st.sampled_from("AZaz09-_.=+/ \n"))
def test_no_altered_token_verifies(place, character):
    key = KEYS[0]
    token = key.sign({"sub": "alice", "exp": 1})
    place %= len(token)
    altered = token[:place] + character + token[place + 1 :]
    if altered == token:
        return
    try:
        decoded = decode(altered)
    except NotAJwt:
        return
    assert not signature_fits(decoded, public_key(key.jwk, "ES256"), "ES256")


@pytest.mark.parametrize("change", [{"use": "enc"}, {"key_ops": ["sign"]}, {"alg": "ES384"}, {"kty": "RSA"}, {"x": "!"}])
def test_a_key_that_is_not_for_verifying_with_this_algorithm_is_no_key(change):
    assert public_key({**KEYS[0].jwk, **change}, "ES256") is None


def test_a_signature_of_another_algorithm_never_fits():
    es, rs = KEYS[0], KEYS[1]
    assert not signature_fits(decode(es.sign({})), public_key(rs.jwk, "RS256"), "RS256")
    assert not signature_fits(decode(es.sign({})), public_key(es.jwk, "ES256"), "HS999")


def test_pem_is_the_public_key_as_text():
    assert pem(KEYS[0].jwk).startswith(b"-----BEGIN PUBLIC KEY-----")
    assert pem({"kty": "oct"}) == b""


def test_a_shared_word_signs_with_hs256():
    token = shared_key("sunshine").sign({"sub": "alice"})
    assert signature_fits(decode(token), b"sunshine", "HS256")
    assert not signature_fits(decode(token), b"moonshine", "HS256")


@pytest.mark.parametrize(("value", "ok"), [(1, True), (1.5, True), (True, False), ("1", False), (None, False), (json.loads("NaN"), False)])
def test_numeric_dates(value, ok):
    assert (number(value) is not None) == ok


def test_an_rsa_key_below_2048_bits_is_no_key():
    from cryptography.hazmat.primitives.asymmetric import rsa

    short = rsa.RSAPublicNumbers(65537, (1 << 2046) + 1).public_key()
    n = short.public_numbers().n
    assert public_key({"kty": "RSA", "e": "AQAB", "n": b64(n.to_bytes(256, "big").lstrip(b"\0"))}, "RS256") is None


def test_the_half_hash_belongs_to_the_algorithm() -> None:
    """OIDC Core §3.1.3.6, with the example of appendix A.3."""
    assert half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"
    assert len(half_hash("token", "EdDSA")) == 43  # half of SHA-512


def test_ed25519_has_two_names_and_one_meaning() -> None:
    """RFC 9864 §2.2: `Ed25519` is the curve that `EdDSA` left open; Ed448 is not it."""
    key = key_for("seed", "me", "EdDSA")
    token = decode(replace(key, alg="Ed25519").sign({"sub": "alice"}))
    for named in ({}, {"alg": "EdDSA"}, {"alg": "Ed25519"}):
        jwk = {k: v for k, v in (key.jwk or {}).items() if k != "alg"} | named
        public = public_key(jwk, "Ed25519")
        assert public is not None
        assert signature_fits(token, public, "Ed25519")
    assert public_key({"kty": "OKP", "crv": "Ed448", "x": "A" * 76}, "Ed25519") is None
    assert half_hash("token", "Ed25519") == half_hash("token", "EdDSA")


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (1_800_000_000, ""),
        (1_800_000_000.5, ""),
        (0, ""),
        ("1800000000", "text, not a number"),
        (1_800_000_000_000, "milliseconds, not seconds"),
        (10**40, "far beyond any date"),
        (-(10**13), "far beyond any date"),
        (float("nan"), "not a number"),
        (float("inf"), "far beyond any date"),
        (True, "not a number"),
        (None, "not a number"),
        ([], "not a number"),
    ],
)
def test_why_a_value_is_no_date_is_said(value: object, fault: str) -> None:
    """RFC 7519 §2: a NumericDate is a JSON number of seconds."""
    assert no_date(value) == fault
    assert dated({"exp": value}, "exp") == clock_time(value) + (f" ({fault})" if fault else "")
    assert dated({}, "exp") == "none"
    assert fault or number(value) == value
