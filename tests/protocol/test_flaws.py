"""The broken verifiers are broken in exactly the way their name says, and accept what is genuine."""

from __future__ import annotations

import json

import pytest

from sandbox.protocol import flaws
from sandbox.protocol.tokens import b64, decode, key_for, packed, pem, shared_key, signature_fits

KEY = key_for("0", "auth", "RS256")
JWKS = [dict(KEY.jwk)]


def test_genuine_tokens_are_accepted():
    assert flaws.accepts(decode(KEY.sign({"sub": "alice"})), None, JWKS)
    assert flaws.accepts(decode(shared_key("sunshine").sign({})), b"sunshine", [])


@pytest.mark.parametrize("spelling", ["none", "None", "NONE", "nOnE"])
def test_no_signature_is_wanted_where_the_token_says_none(spelling):
    assert flaws.accepts(decode(f"{packed({'alg': spelling})}.{packed({'sub': 'alice'})}."), None, JWKS)


def test_the_public_key_serves_as_a_password():
    forged = shared_key(pem(KEY.jwk).decode()).sign({"sub": "alice"})
    assert flaws.accepts(decode(forged), None, JWKS)


def test_a_random_signature_is_refused_even_here():
    forged = f"{packed({'alg': 'RS256', 'kid': KEY.kid})}.{packed({'sub': 'alice'})}.AAAA"
    assert not flaws.accepts(decode(forged), None, JWKS)
    assert not flaws.accepts(decode(shared_key("guess").sign({})), b"sunshine", [])
    assert not flaws.accepts(decode(f"{packed({'alg': 'XX1'})}.e30."), None, JWKS)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ({"jku": "https://evil.example/k"}, "https://evil.example/k"),
        ({"jku": "http://evil.example/k"}, ""),
        ({"jku": "https://evil.example/" + "k" * 3000}, ""),
        ({"jku": ["https://evil.example/k"]}, ""),
        ({}, ""),
    ],
)
def test_an_address_of_keys_is_taken_from_the_token(header: dict, address: str) -> None:
    assert flaws.named_address(decode(f"{packed(header)}.e30.")) == address


@pytest.mark.parametrize("found", [None, [], {}, {"keys": 1}, {"keys": [1, {}]}, {"keys": [{"kid": "other"}]}])
def test_what_is_fetched_and_has_no_such_key_gives_none(found) -> None:
    assert flaws.fetched_key(found, decode(KEY.sign({}))) is None
    assert flaws.fetched_key({"keys": [*JWKS]}, decode(KEY.sign({}))) == JWKS[0]


@pytest.mark.parametrize(
    ("kid", "content"),
    [
        ("../../../dev/null", b""),
        ("/dev/null", b""),
        ("../../../../../../dev/null", b""),
        ("....//....//dev/null", None),
        ("../static/robots.txt", b"User-agent: *\nDisallow:\n"),
        ("key-1", None),
        (7, None),
        ("../" * 1000, None),
    ],
    ids=["relative", "absolute", "above the root", "dots that stay", "a public file", "an id", "no text", "too long"],
)
def test_a_key_id_is_taken_for_the_name_of_a_file(kid, content) -> None:
    assert flaws.named_file(decode(f"{packed({'kid': kid})}.e30.")) == content


def test_zeros_are_a_signature_for_the_loose_verifier_only() -> None:
    key = key_for("0", "auth", "ES256")
    public, genuine = key.secret.public_key(), key.sign({"sub": "alice"})
    zeros = decode(genuine.rpartition(".")[0] + "." + b64(bytes(64)))
    assert flaws.loosely_fits(decode(genuine), public)
    assert flaws.loosely_fits(zeros, public)
    assert not signature_fits(zeros, public, "ES256")
    assert not flaws.loosely_fits(decode(genuine.rpartition(".")[0] + "." + b64(bytes(63))), public)


@pytest.mark.parametrize("own", ["e30.eyJzdWIiOiJhbGljZSJ9.", "e30.eyJzdWIiOiJhbGljZSJ9.e30"])
def test_one_text_is_verified_as_one_token_and_read_as_another(own: str) -> None:
    """CVE-2022-39227: the signature that is found good is that of claims which nobody reads."""
    genuine = KEY.sign({"sub": "mallory"})
    protected, payload, signature = genuine.split(".")
    text = json.dumps({own: "", "protected": protected, "payload": payload, "signature": signature})
    found = flaws.two_readings(text)
    assert found is not None
    assert (found[0], found[1]) == (decode(genuine), {"sub": "alice"})


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "{", "{}", '{"protected": "a"}', "[1.2]", '{"a.e30.b": 1}', '{"a.MQ.b": "", "protected": 1}']
)
def test_what_cannot_be_read_in_both_ways_is_no_such_text(text: str) -> None:
    assert flaws.two_readings(text) is None
    assert flaws.two_readings(KEY.sign({})) is None
