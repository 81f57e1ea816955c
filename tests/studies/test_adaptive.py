"""An attacker who adapts, and plans that she finds no way around."""

from __future__ import annotations

import pytest

from sandbox.core import memo
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.studies import adaptive, audit, claims, trials
from sandbox.studies.questions import System
from sandbox.views.audit import words
from tests.support.studied import naive

LEAK = "token-in-url-log"  # a token out of the address is still in the log, in its header


@pytest.mark.slow
def test_a_way_that_no_file_tells_is_found_and_is_a_file() -> None:
    there = Settings.of("naive-jwt")
    looked = adaptive.looked_for(LEAK, [library.get(LEAK)], there)
    assert looked.exhausted
    [way] = looked.ways
    assert way.id.startswith(LEAK)
    assert all(claim.ok for claim in claims.check(way) if claim.text.startswith("in its own setting"))
    assert {s.settings for s in looked.ways} == {there}


@pytest.mark.slow
def test_where_there_is_none_the_bound_is_exhausted() -> None:
    looked = adaptive.looked_for("alg-none", [library.get("alg-none")], Settings.of("oauth-bcp"))
    assert (looked.ways, looked.exhausted) == ((), True)
    assert looked.states > 0


@pytest.mark.slow
def test_a_plan_counts_nothing_as_stopped_that_she_gets_around() -> None:
    plan = naive().plan
    assert plan.rounds == 2
    assert [attack for attack, _ in naive().system.found] == [LEAK]
    assert LEAK in plan.leaves
    assert LEAK not in plan.stops
    assert (plan.looked.exhausted, plan.around) == (True, ())
    finding = next(f for f in naive().findings if f.attack == LEAK)
    assert finding.another is not None
    assert "Another way: Mallory" in words.why(finding)
    assert "No other way around what is blocked, within 2 changing moves" in words.adaptive(plan)


@pytest.mark.slow
def test_what_is_blocked_is_looked_around_and_nothing_else() -> None:
    system = System(Settings.of("naive-jwt"))
    asked = [attack for attack, _ in audit.adapted(system)]
    assert asked
    assert {trials.verdict_of(a, system).word for a in asked} == {"blocked"}


def test_looking_adds_up() -> None:
    one, two = adaptive.Looked(1, 2, True), adaptive.Looked(3, 4, False)
    assert (one + two).states == 4
    assert not (one + two).exhausted


@pytest.mark.slow
def test_a_state_at_a_time_it_comes_to_the_same_and_is_kept() -> None:
    memo.of(adaptive._looked).forget()
    leak, there = library.get(LEAK), Settings.of("naive-jwt")
    scripts = adaptive.known(leak)
    assert adaptive.already(LEAK, scripts, there) is None
    *steps, last = adaptive.looking(LEAK, scripts, there)
    assert all(step.states <= last.states for step in steps)
    assert adaptive.already(LEAK, scripts, there) == last
    memo.of(adaptive._looked).forget()
    assert adaptive.looked_for(LEAK, scripts, there) == last


def test_the_scripts_of_a_known_way_are_those_of_its_attack() -> None:
    attack = next(a for a in library.attacks() if library.ways(a.id))
    assert adaptive.known(library.ways(attack.id)[0]) == adaptive.known(attack) == (attack, *library.ways(attack.id))
    mine = attack.model_copy(update={"id": "mine", "source": "mine"})
    assert adaptive.known(mine) == (mine,)
