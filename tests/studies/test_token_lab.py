"""The token lab: reading what is broken, forging by each flaw, and that a real API decides; nothing pasted is remembered."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.protocol.tokens import b64, packed
from sandbox.studies import token_lab
from sandbox.studies.token_lab import FORGERIES, BadInput
from tests.support.effort import effort
from tests.support.hostile import BAD
from tests.support.memos import remembering

FLOW = next(s for s in library.flows() if all(token_lab.tokens_of(s, Settings.of(p)) for p in PROFILES))


DOUBLED = b'{"a":1,"a":2}'


def loaded(setting: Settings) -> tuple[str, str, str]:
    number, api, proof = token_lab.sample(FLOW, setting)
    return token_lab.tokens_of(FLOW, setting)[number].token, api, proof


def forged(how: str, setting: Settings) -> token_lab.Ruling:
    token, api, proof = loaded(setting)
    reading = token_lab.read(token)
    made = token_lab.make(json.dumps(reading.header), json.dumps(reading.claims), how, setting, token.rpartition(".")[2])
    return token_lab.verify(made, api, setting, FLOW, proof)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_token_from_a_run_is_accepted(profile):
    token, api, proof = loaded(Settings.of(profile))
    ruling = token_lab.verify(token, api, Settings.of(profile), FLOW, proof)
    assert ruling.accepted, ruling
    assert {c.outcome for c in ruling.checks} <= {"pass", "skipped"}


@pytest.mark.parametrize("how", FORGERIES)
def test_the_best_profile_takes_nothing_but_the_issuers_own(how):
    ruling = forged(how, Settings.of("oauth-bcp"))
    assert ruling.accepted == (how in ("keep", "issuer"))
    assert ruling.accepted or next(c.name for c in ruling.checks if c.outcome == "fail") in ("algorithm", "key", "signature")


@pytest.mark.parametrize(
    ("how", "changes"),
    [
        ("none", {"rs.alg_policy": "trust-header"}),
        ("None", {"rs.alg_policy": "blocklist", "as.signing": "es256"}),
        ("pem", {"rs.alg_policy": "trust-header", "as.signing": "rs256"}),
        ("word", {"as.signing": "shared-word"}),
    ],
)
def test_each_flaw_opens_to_its_forgery(how, changes):
    assert forged(how, Settings.of("naive-jwt", changes)).accepted
    assert not forged("flip", Settings.of("naive-jwt", changes)).accepted


def test_a_list_of_forbidden_words_finds_only_the_usual_spelling():
    setting = Settings.of("naive-jwt", {"rs.alg_policy": "blocklist"})
    assert (forged("none", setting).accepted, forged("None", setting).accepted) == (False, True)


def test_an_edited_claim_is_noticed_by_the_signature():
    setting = Settings.of("oauth-basic")
    token, api, proof = loaded(setting)
    reading = token_lab.read(token)
    made = token_lab.make(
        json.dumps(reading.header), json.dumps({**reading.claims, "sub": "mallory"}), "keep", setting, token.rpartition(".")[2]
    )
    assert "signature" in token_lab.verify(made, api, setting, FLOW, proof).sentence


def test_time_passes():
    setting = Settings.of("oauth-bcp")
    token, api, proof = loaded(setting)
    assert "expiry" in token_lab.verify(token, api, setting, FLOW, proof, wait=7200).sentence


def test_a_bound_token_needs_a_proof_and_the_lab_says_so():
    setting = Settings.of("oauth-bcp")
    token, api, _ = loaded(setting)
    alone, hers = (token_lab.verify(token, api, setting, FLOW, proof) for proof in ("none", "mallory"))
    assert "send a DPoP proof" in alone.hint
    assert (alone.accepted, hers.accepted) == (False, False)
    assert "key binding" in hers.sentence


def test_a_token_in_the_address_is_refused_where_it_must_not_be():
    setting = Settings.of("oauth-bcp")
    token, api, _ = loaded(setting)
    assert "token in header" in token_lab.verify(token, api, setting, FLOW, how="query").sentence


@pytest.mark.parametrize(
    ("token", "strict", "lenient"),
    [
        ("eyJhbGciOiJub25lIn0=.e30.", "a part is not base64url", True),
        (f"{packed({})}.{packed({})}", "it has 2 parts, not 3", True),
        (f"{packed([])}.{packed({})}.", "its header is not a JSON object", False),
        (f"{b64(b'{')}.{packed({})}.", "its header is not JSON", False),
        (f"{b64(b'{}')}.{b64(DOUBLED)}.", "a name occurs twice in one JSON object", True),
        ('{"alg":"none"}.{"sub":"alice"}.', "a part is not base64url", True),
    ],
)
def test_broken_tokens_are_read_both_ways(token, strict, lenient):
    reading = token_lab.read(token)
    assert (reading.strict, reading.lenient) == (strict, lenient)
    assert any(p.fault for p in reading.parts) or "parts" in strict


def test_whatever_is_read_can_be_sent_to_a_page_and_read_back():
    claims = {"sub": "\ud800 lone é", "\udfff": 1}
    text = token_lab.pretty(token_lab.read(f"{packed({'alg': 'none'})}.{packed(claims)}.").claims)
    assert json.loads(text.encode()) == claims
    assert "é" in text


def test_what_surrounds_a_token_is_taken_off():
    token, *_ = loaded(Settings.of("oauth-basic"))
    reading = token_lab.read(f"Authorization: Bearer {token[:40]}\n  {token[40:]}\n")
    assert reading.token == token
    assert len(reading.notes) == 3


def test_input_is_bounded():
    with pytest.raises(BadInput, match="16 KiB"):
        token_lab.read("a" * (token_lab.MAX + 1))
    with pytest.raises(BadInput, match="16 KiB"):
        token_lab.make("{}", " " * (token_lab.MAX + 1), "none", Settings.of("naive-jwt"))


@pytest.mark.parametrize("text", ["", "[]", "{", "1", '{"a": ' + "[" * 9000, "\ud800"])
def test_what_is_not_an_object_is_refused_with_a_sentence(text):
    with pytest.raises(BadInput):
        token_lab.make(text, "{}", "none", Settings.of("naive-jwt"))


HOSTILE = [
    *BAD,
    "..",
    "....",
    f"{packed({'alg': 'HS256', 'kid': ['x']})}.{packed({'exp': 1e400, 'iat': 10**60, 'cnf': {'jkt': 5}})}.",
    "a.b.c" * 1000,
]


@pytest.mark.parametrize("token", HOSTILE)
@pytest.mark.parametrize("profile", PROFILES)
def test_hostile_tokens_are_refused_by_a_check(token, profile):
    token_lab.read(token)
    for how in ("header", "query"):
        for proof in token_lab.PROOFS:
            ruling = token_lab.verify(token, "accounts", Settings.of(profile), FLOW, proof, how=how)
            assert not ruling.accepted or profile == "naive-jwt"


@settings(max_examples=effort(150, long=3_000))
@given(st.text(max_size=200))
def test_any_text_can_be_pasted(text):
    reading = token_lab.read(text)
    assert reading.strict or reading.lenient
    token_lab.verify(text, "accounts", Settings.of("naive-jwt"))


@settings(max_examples=effort(60, long=1_200))
@given(
    st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "jwk", "crit", "x"]),
        st.recursive(
            st.none() | st.integers() | st.floats() | st.text(max_size=9),
            lambda c: st.lists(c, max_size=3) | st.dictionaries(st.text(max_size=4), c, max_size=3),
        ),
    )
)
def test_any_header_can_be_forged_and_shown(header):
    for how in FORGERIES:
        made = token_lab.make(json.dumps(header), '{"sub": "alice", "exp": 1900000000}', how, Settings.of("naive-jwt"), "AAAA")
        token_lab.verify(made, "accounts", Settings.of("naive-jwt"))


@pytest.mark.slow
@pytest.mark.parametrize("way", ["header", "query"])
@pytest.mark.parametrize("proof", token_lab.PROOFS)
@pytest.mark.parametrize("profile", ["naive-jwt", "oauth-basic", "oauth-bcp"])
def test_nothing_that_was_pasted_is_remembered(profile, proof, way):
    """Not the token, nor the key that it brings, nor a proof for it, nor the address that carries it."""
    setting = Settings.of(profile)
    secret = {"sub": "a visitor of the lab", "jti": "pasted-here"}
    for how in FORGERIES:
        pasted = token_lab.make(json.dumps({"alg": "ES256", "kid": "pasted-here"}), json.dumps(secret), how, setting, "AAAA")
        token_lab.read(pasted)
        token_lab.verify(pasted, "accounts", setting, FLOW, proof, how=way)
        assert remembering(pasted, pasted.split(".")[1], "pasted-here") == []
