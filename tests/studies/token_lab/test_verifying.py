"""A real API decides, by its checks; nothing pasted is remembered."""

from __future__ import annotations

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.protocol.tokens import packed
from sandbox.studies.token_lab import FORGERIES, PROOFS, make, read, verify
from tests.support.effort import effort
from tests.support.hostile import BAD
from tests.support.memos import remembering
from tests.support.token_lab import FLOW, loaded


def test_time_passes():
    setting = Settings.of("oauth-bcp")
    token, api, proof = loaded(setting)
    assert "expiry" in verify(token, api, setting, FLOW, proof, wait=7200).sentence


def test_a_bound_token_needs_a_proof_and_the_lab_says_so():
    setting = Settings.of("oauth-bcp")
    token, api, _ = loaded(setting)
    alone, hers = (verify(token, api, setting, FLOW, proof) for proof in ("none", "mallory"))
    assert "send a DPoP proof" in alone.hint
    assert (alone.accepted, hers.accepted) == (False, False)
    assert "key binding" in hers.sentence


def test_a_token_in_the_address_is_refused_where_it_must_not_be():
    setting = Settings.of("oauth-bcp")
    token, api, _ = loaded(setting)
    assert "token in header" in verify(token, api, setting, FLOW, how="query").sentence


@pytest.mark.parametrize(
    ("changed", "check", "reason"),
    [
        ({"exp": "1800000300"}, "expiry", "exp is text, not a number"),
        ({"exp": 1_800_000_300_000}, "expiry", "exp is milliseconds, not seconds"),
        ({"exp": None}, "expiry", "exp is not a number"),
        ({"nbf": "1800000000"}, "not before", "nbf is text, not a number"),
        ({"nbf": 1_800_000_000_000}, "not before", "nbf is milliseconds, not seconds"),
    ],
)
def test_a_date_that_is_none_is_refused_for_that_reason(changed, check, reason):
    """Not as expired: RFC 7519 §2 wants a number of seconds, and what is none says nothing about the time."""
    setting = Settings.of("oauth-basic")
    token, api, proof = loaded(setting)
    reading = read(token)
    made = make(json.dumps(reading.header), json.dumps({**reading.claims, **changed}), "issuer", setting)
    ruling = verify(made, api, setting, FLOW, proof)
    assert (ruling.accepted, ruling.sentence) == (
        False,
        f"Refused by the check “{check}”: {reason}: it must be a number of seconds since 1970.",
    )
    found = next(c.found for c in ruling.checks if c.outcome == "fail")
    assert reason.partition(" is ")[2] in found


def test_what_is_no_jwt_is_refused_by_its_name():
    ruling = verify("2YotnFZFEjr1zCsicMWpAA", "accounts", Settings.of("oauth-basic"), FLOW)
    assert ruling.sentence == "Refused by the check “format”: It has 1 part, not 3."


HOSTILE = [
    *BAD,
    "..",
    "....",
    f"{packed({'alg': 'HS256', 'kid': ['x']})}.{packed({'exp': 1e400, 'iat': 10**60, 'cnf': {'jkt': 5}})}.",
    "a.b.c" * 1000,
]


@pytest.mark.slow
@pytest.mark.parametrize("token", HOSTILE)
@pytest.mark.parametrize("profile", PROFILES)
def test_hostile_tokens_are_refused_by_a_check(token, profile):
    read(token)
    for how in ("header", "query"):
        for proof in PROOFS:
            ruling = verify(token, "accounts", Settings.of(profile), FLOW, proof, how=how)
            assert not ruling.accepted or profile == "naive-jwt"


@pytest.mark.slow
@settings(max_examples=effort(150, long=3_000))
@given(st.text(max_size=200))
def test_any_text_can_be_pasted(text):
    reading = read(text)
    assert reading.strict or reading.lenient
    verify(text, "accounts", Settings.of("naive-jwt"))


@pytest.mark.slow
def test_nothing_that_was_pasted_is_remembered():
    """Not the token, nor the key that it brings, nor a proof for it, nor the address that carries it."""
    secret = {"sub": "a visitor of the lab", "jti": "pasted-here"}
    marks = {"pasted-here"}
    for profile, how in product(("naive-jwt", "oauth-basic", "oauth-bcp"), FORGERIES):
        setting = Settings.of(profile)
        pasted = make(json.dumps({"alg": "ES256", "kid": "pasted-here"}), json.dumps(secret), how, setting, "AAAA")
        read(pasted)
        marks |= {pasted, pasted.split(".")[1]}
        for proof, way in product(PROOFS, ("header", "query")):
            verify(pasted, "accounts", setting, FLOW, proof, how=way)
    assert remembering(*marks) == []
