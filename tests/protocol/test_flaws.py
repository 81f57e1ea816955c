"""The broken verifiers are broken in exactly the way their name says, and accept what is genuine."""

from __future__ import annotations

import pytest

from sandbox.protocol import flaws
from sandbox.protocol.tokens import decode, key_for, packed, pem, shared_key

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
