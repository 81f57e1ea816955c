"""Which attacks succeed in a system: each is judged as a single run would, and nobody is attacked who is not there."""

from __future__ import annotations

import pytest

from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.studies import findings, trials, ways
from tests.support.studied import answered, naive, system

pytestmark = pytest.mark.slow


def test_every_attack_is_judged_as_a_single_run_would():
    assert {f.attack for f in naive().findings} == {a.id for a in library.attacks()}
    for f in naive().findings:
        if trials.left_out(f.attack, naive().system):
            assert f.word == "not-applicable"
            continue
        case = Case(f.another or library.get(f.attack), naive().system.settings)
        word = ways.verdict_of(case).word if f.another else ways.tried(case).word
        assert f.word == word or (word, f.word) == ("succeeded", "limited")


def test_what_is_not_there_is_not_attacked():
    only = findings.findings(system("design-oauth.clients-spa"))
    assert {"succeeded", "not-applicable"} <= {f.word for f in only}
    out = {f.attack: f.verdict.sentence for f in answered().findings if f.verdict.sentence == "You have no gateway."}
    assert out
    assert all("gateway" in trials.parties(library.get(a)) for a in out)


@pytest.mark.parametrize("attack", ["admin-kill-session", "logout-one-device"])
def test_what_is_told_with_a_phone_happens_to_a_page_too(attack):
    found = {f.attack: f for f in findings.findings(system("design-login.clients-spa"))}
    assert found[attack].word == "succeeded"
    assert found["code-interception"].verdict.sentence == "You have no mobile app."


def test_one_api_has_no_second_one_to_go_to():
    found = {f.attack: f.verdict.sentence for f in findings.findings(system("design-oauth.apis-one"))}
    assert found["missing-aud-replay"] == "You have one API."


def test_what_nobody_knows_is_neither_the_best_nor_the_worst():
    there = system("design-oauth.clients-spa.life-unknown.server-exact-unknown.traces-header-refused")
    assert there.unknown == ("life", "server")
    found = {f.attack: f for f in findings.findings(trials.repaired(there))}
    assert (found["implicit-fragment-leak"].unsure, found["implicit-fragment-leak"].word) == (True, "succeeded")
    assert (found["pii-in-access-token"].unsure, found["pii-in-access-token"].word) == (False, "succeeded")
    nothing = system("design-unknown")
    sure = [f.attack for f in findings.findings(nothing) if f.word == "succeeded" and not f.unsure]
    assert all(trials.verdict_of(a, nothing.under(nothing.at_best)).word == "succeeded" for a in sure)
