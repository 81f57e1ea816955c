"""Tokens and lifetimes in a few words."""

from sandbox.reality.describing import about_token, lasting, s256
from tests.support.reality import VERIFIER


def test_the_challenge_is_that_of_the_rfc():
    assert s256(VERIFIER) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 appendix B


def test_a_lifetime_is_told_in_its_largest_unit():
    assert [lasting(n) for n in (59, 300, 3600, 86400, 5400)] == ["59 s", "5 min", "1 h", "1 d", "90 min"]


def test_a_token_is_told_without_what_is_personal():
    assert about_token({"alg": "ES256"}, {"aud": "a@b.example"}) == "JWT, ES256"
    assert about_token({}, {"aud": "api", "iat": 0, "exp": 60}) == "JWT, no alg, 1 min, aud=api"
