"""The audit: what it calls a fix is one, and the set is the smallest and works."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES
from sandbox.studies import audit, trials
from sandbox.studies.adaptive import looked_for
from sandbox.studies.changes import raised, within
from sandbox.studies.questions import System
from sandbox.views.audit import words
from sandbox.views.html import audit_page
from tests.support.studied import answered, naive, system

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("study", [answered, naive], ids=["answers", "naive"])
def test_each_fix_alone_blocks_and_nothing_smaller_of_it_does(study):
    result = study()
    base = result.system.settings
    for f in result.of("succeeded"):
        for fix in f.fixes:
            assert trials.stopped(f.attack, result.system, raised(base, fix)), (f.attack, fix)
            assert not any(within(other, fix) for other in f.fixes if other != fix)


@pytest.mark.parametrize("study", [answered, naive], ids=["answers", "naive"])
def test_the_plan_is_verified_by_running_everything(study):
    result = study()
    base, after = result.system.settings, result.plan.settings
    assert trials.fails(base, after) == ()
    plan, there = result.plan, result.system.under(after)
    wanted = {"stops": "blocked", "leaves": "succeeded", "limits": "limited"}
    for field, word in wanted.items():
        assert {a: trials.measured(a, there).word for a in getattr(plan, field)} == dict.fromkeys(getattr(plan, field), word)
    assert all(trials.verdict_of(a, there).word in ("stalled", "not-applicable") for a in plan.closed)
    assert {*plan.stops, *plan.leaves, *plan.limits, *plan.closed} == {f.attack for f in result.of("succeeded")}


@pytest.mark.parametrize("study", [answered, naive], ids=["answers", "naive"])
def test_no_change_of_the_plan_can_be_left_out(study):
    result = study()
    changes = {c.switch: c.after for c in result.plan.changes}
    for one in changes:
        less = result.system.settings.at_least({n: v for n, v in changes.items() if n != one})
        there = result.system.under(less)
        worse = any(trials.verdict_of(a, there).word == "succeeded" for a, _ in result.plan.after)
        worse |= any(trials.verdict_of(a, there).word != "blocked" for a in result.plan.stops)
        worse |= any(not any(within(x, frozenset(less.beyond(result.system.settings))) for x in f.fixes) for f in result.of("succeeded"))
        assert worse or trials.fails(result.system.settings, less), one


def test_what_nothing_stops_is_said_with_where_it_is_blocked():
    assert naive().plan.leaves
    assert {e.profile for e in naive().plan.elsewhere} <= {"oauth-basic", "oauth-bcp"}
    for e in naive().plan.elsewhere:
        there = Settings.of(e.profile)
        assert trials.stopped(e.attack, naive().system.under(there), raised(there, e.change))
    assert "Nothing that was tried in this design stops" in words.summary(naive())


def test_a_defence_comes_with_what_honest_people_need_beside_it():
    basic = System(Settings.of("oauth-basic"))
    assert trials.fails(basic.settings, basic.settings.at_least({"DPOP": "on"})), "DPoP binds no token of the implicit grant"
    fixes = audit.fixes_of("stolen-token-replay", basic)
    assert frozenset({*BUNDLES["DPOP"].items(), ("rs.dpop_jti_cache", "on"), ("client.code_flow", "on")}) in fixes
    assert all(trials.stopped("stolen-token-replay", basic, raised(basic.settings, fix)) for fix in fixes)


def test_another_design_is_not_praised_for_a_side_effect():
    def named(profile: str, attack: str) -> list[str]:
        return [e.profile for e in audit._elsewhere(System(Settings.of(profile)), [attack])]

    assert trials.verdict_of("stolen-token-replay", System(Settings.of("jwt-done-properly"))).word == "blocked", "its logs mask tokens"
    assert named("oauth-basic", "stolen-token-replay") == []
    assert named("naive-jwt", "stolen-token-replay") == ["oauth-bcp"], "its tokens are bound to a key as well"
    assert named("naive-jwt", "token-in-url-log") == ["oauth-bcp"], "its logs mask tokens, and they are bound to a key"


@pytest.mark.parametrize("more", [{}, {"DPOP": "on"}], ids=["bearer", "a proof that works twice"])
def test_a_way_that_was_found_is_closed_where_the_script_is_closed_already(more):
    base = Settings.of("oauth-basic").at_least({"client.code_flow": "on"})
    there, attack = System(base), "token-in-url-log"
    assert trials.verdict_of(attack, there).word == "blocked"
    ways_found = looked_for(attack, trials.scripts(attack, there), base.at_least(more)).ways
    assert ways_found
    knows = replace(there, found=tuple((attack, way) for way in ways_found))
    fixes = audit.fixes_of(attack, knows)
    assert fixes
    assert all(trials.stopped(attack, knows, raised(base, fix)) for fix in fixes)


def test_answers_that_do_not_fit_together_are_repaired_first(monkeypatch):
    told = system("design-oauth.api-aud")
    monkeypatch.setattr(
        audit, "_surviving", lambda system, tell: (system, naive().findings, naive().plan)
    )  # what it works on is asked here
    result = audit.audit(told)
    assert result.broken == trials.broken(told) != ()
    assert "as.stamp_aud" in dict(result.repair)
    assert result.system == trials.repaired(told)
    assert trials.broken(result.system) == ()
    assert "do not fit together" in audit_page.html(result)


def test_progress_is_told_and_can_stop_it():
    class Stopped(Exception):
        pass

    def tell(done, total, what):
        assert 0 <= done <= total
        assert what
        raise Stopped

    with pytest.raises(Stopped):
        audit.audit(answered().system, tell)
