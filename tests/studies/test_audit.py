"""The audit: what it calls a fix is one, and the set is the smallest and works."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.studies import audit, questions
from sandbox.studies.changes import raised, within
from sandbox.studies.questions import System
from sandbox.views.audit import words
from sandbox.views.html import audit_page
from tests.support.studied import answered, naive


def test_every_attack_is_judged_as_a_single_run_would():
    assert {f.attack for f in naive().findings} == {a.id for a in library.attacks()}
    for f in naive().findings:
        word = simulation.run(library.get(f.attack), naive().system.settings).verdict.word
        assert f.word == word or (word, f.word) == ("succeeded", "limited")


def test_what_is_not_there_is_not_attacked():
    only = audit.findings(questions.system(questions.parse("design-oauth.clients-spa")[0]))
    assert {"succeeded", "not-applicable"} <= {f.word for f in only}
    out = {f.attack: f.verdict.sentence for f in answered().findings if f.verdict.sentence == "You have no gateway."}
    assert out
    assert all("gateway" in audit.parties(a) for a in out)


@pytest.mark.parametrize("study", [answered, naive], ids=["answers", "naive"])
def test_each_fix_alone_blocks_and_nothing_smaller_of_it_does(study):
    result = study()
    base = result.system.settings
    for f in result.of("succeeded"):
        for fix in f.fixes:
            assert audit.stopped(f.attack, base, raised(base, fix)), (f.attack, fix)
            assert not any(within(other, fix) for other in f.fixes if other != fix)


@pytest.mark.parametrize("study", [answered, naive], ids=["answers", "naive"])
def test_the_plan_is_verified_by_running_everything(study):
    result = study()
    base, after = result.system.settings, result.plan.settings
    assert audit.fails(base, after) == ()
    for attack in result.plan.stops:
        assert simulation.run(library.get(attack), after).verdict.word != "succeeded"
    for attack in result.plan.leaves:
        assert simulation.run(library.get(attack), after).verdict.word == "succeeded"
    assert {*result.plan.stops, *result.plan.leaves} == {f.attack for f in result.of("succeeded")}


@pytest.mark.parametrize("study", [answered, naive], ids=["answers", "naive"])
def test_no_change_of_the_plan_can_be_left_out(study):
    result = study()
    changes = {c.switch: c.after for c in result.plan.changes}
    for one in changes:
        less = result.system.settings.at_least({n: v for n, v in changes.items() if n != one})
        worse = any(audit.verdict_of(a, less).word == "succeeded" for a in result.plan.stops)
        assert worse or audit.fails(result.system.settings, less), one


def test_what_nothing_stops_is_said_with_where_it_is_blocked():
    assert naive().plan.leaves
    assert {profile for _, profile in naive().plan.elsewhere} <= {"oauth-basic", "oauth-bcp"}
    assert "Nothing in this design stops" in words.summary(naive())


@pytest.mark.slow
def test_the_best_profile_has_nothing_left_to_change():
    result = audit.audit(System(Settings.of("oauth-bcp")))
    assert (result.of("succeeded"), result.plan.changes) == ((), ())
    assert all(t.state == "done" for t in result.monday if t.item != "revoke"), result.monday


@pytest.mark.slow
def test_answers_that_do_not_fit_together_are_repaired_first():
    result = audit.audit(questions.system(questions.parse("design-oauth.api-aud")[0]))
    assert result.broken
    assert "as.stamp_aud" in dict(result.repair)
    assert audit.broken(result.system) == ()
    assert "do not fit together" in audit_page.html(result)


def test_monday_is_proved_by_runs():
    ticks = {t.item: t for t in answered().monday}
    assert (ticks["aud"].state, ticks["pkce"].state, ticks["state"].state) == ("done", "done", "open")
    for t in answered().monday:
        for attack in t.attacks:
            word = audit.verdict_of(attack, t.settings).word
            assert word == ("succeeded" if t.state == "done" else "blocked"), (t.item, attack)


def test_progress_is_told_and_can_stop_it():
    class Stopped(Exception):
        pass

    def tell(done, total, what):
        assert 0 <= done <= total
        assert what
        raise Stopped

    with pytest.raises(Stopped):
        audit.audit(answered().system, tell)
