"""Each defence as something to do: none without a sentence, none twice."""

from __future__ import annotations

from sandbox.language import library
from sandbox.protocol.defences import TO_DO, in_words, said, without, written
from sandbox.protocol.switches import BUNDLES, SWITCHES


def test_every_bundle_and_every_stronger_value_has_a_sentence():
    values = [f"{s.name}={v}" for s in SWITCHES.values() for v in (s.values if s.kinds else s.values[1:])]
    assert sorted(TO_DO) == sorted([*BUNDLES, *values])
    for sentence in TO_DO.values():
        assert sentence[0].isupper(), sentence
        assert not sentence.endswith("."), sentence
        assert len(sentence) <= 80, sentence


def test_no_switch_says_the_same_as_another():
    by_words = {sentence: [name for name, s in TO_DO.items() if s == sentence] for sentence in TO_DO.values()}
    twice = {words: names for words, names in by_words.items() if len(names) > 1}
    assert all(len(names) == 2 and names[0] in BUNDLES for names in twice.values()), twice


def test_switches_in_words_and_as_they_are_written():
    switches = {"AUD": "on", "rs.log_redaction": "on", "rs.denylist": "strict"}
    assert written(switches) == "AUD + rs.log_redaction + rs.denylist=strict"
    assert said(switches) == "; ".join(TO_DO[k] for k in ("AUD", "rs.log_redaction=on", "rs.denylist=strict"))
    assert said({}) == ""


def test_a_switch_of_one_party_names_the_party():
    assert said({"transactions.check_aud": "on"}) == f"{TO_DO['rs.check_aud=on']} (Transactions)"


def test_what_is_no_defence_is_said_as_it_is_written():
    assert in_words("rs.check_aud=off") == "Set rs.check_aud=off"
    assert in_words("something else") == "something else"


def test_leaving_a_defence_out_is_said_in_its_own_words():
    assert without("PKCE") == "Leave this out: bind the code to a secret of the client's (PKCE)"


def test_every_defence_of_a_file_is_said_in_words():
    for scenario in library.attacks():
        for defence in (*scenario.blocked_by, *scenario.limited_by):
            assert "Set " not in said(defence.switches), (scenario.id, defence.switches)
