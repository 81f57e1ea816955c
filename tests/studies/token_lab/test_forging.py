"""Each forgery opens the flaw that it is for, and what is typed is refused with a sentence where it cannot be used."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.protocol.settings import Settings
from sandbox.studies.token_lab import FORGERIES, MAX, BadInput, make, read, verify
from tests.support.effort import effort
from tests.support.token_lab import FLOW, forged, loaded


@pytest.mark.parametrize("how", FORGERIES)
def test_the_best_profile_takes_nothing_but_the_issuers_own(how):
    ruling = forged(how, Settings.of("oauth-bcp"))
    assert ruling.accepted == (how in ("keep", "issuer"))
    assert ruling.accepted or next(c.name for c in ruling.checks if c.outcome == "fail") in ("algorithm", "key", "signature")


@pytest.mark.slow
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
    reading = read(token)
    made = make(json.dumps(reading.header), json.dumps({**reading.claims, "sub": "mallory"}), "keep", setting, token.rpartition(".")[2])
    assert "signature" in verify(made, api, setting, FLOW, proof).sentence


@pytest.mark.parametrize("text", ["[]", "{", "1", '{"a": ' + "[" * 9000, "\ud800"])
def test_what_is_not_an_object_is_refused_with_a_sentence(text):
    with pytest.raises(BadInput):
        make(text, "{}", "none", Settings.of("naive-jwt"))


@pytest.mark.slow
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
        made = make(json.dumps(header), '{"sub": "alice", "exp": 1900000000}', how, Settings.of("naive-jwt"), "AAAA")
        verify(made, "accounts", Settings.of("naive-jwt"))


def test_a_typed_text_is_bounded():
    with pytest.raises(BadInput, match="16 KiB"):
        make("{}", "{" + " " * MAX + "}", "none", Settings.of("naive-jwt"))


def test_there_are_no_other_ways_to_sign():
    with pytest.raises(BadInput, match="no such way"):
        make("{}", "{}", "magic", Settings.of("naive-jwt"))


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(BadInput, match="The text of the claims has the name 'sub' twice"):
        make("{}", '{"sub": "alice", "sub": "mallory"}', "none", Settings.of("naive-jwt"))


def test_without_claims_there_is_nothing_to_sign():
    with pytest.raises(BadInput, match="no claims"):
        make("{}", " ", "issuer", Settings.of("naive-jwt"))


def test_claims_without_a_header_stay_alone_until_somebody_signs_them():
    setting = Settings.of("oauth-basic")
    assert json.loads(make("", '{"sub": "Alicé"}', "keep", setting)) == {"sub": "Alicé"}
    assert read(make("", '{"sub": "alice"}', "issuer", setting)).header["alg"] == "RS256"
