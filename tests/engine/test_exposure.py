"""How long she can go on: the short cuts give what patient trying gives, and forks leave their origin alone."""

from __future__ import annotations

import pytest

from sandbox.engine import goals, judge, player, simulation
from sandbox.engine.case import Case
from sandbox.engine.exposure import begin, put_off
from sandbox.engine.player import Stage
from sandbox.engine.waiting import HORIZON, last_second
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.protocol.trace import as_json
from sandbox.world.parties.issuer import REFRESH_LIFE
from tests.support.effort import some


def patiently(record, goal):
    """How long the goal's step can be put off, from the beginning each time, without a guess and without a second stage."""

    def works(seconds):
        stage = Stage.opened(record.case).go_on(goal.at)
        stage.world.net.trace.step = goal.at
        if seconds:
            stage.world.net.wait(seconds)
        return goals.reached(stage.go_on().record, goal).reached

    return last_second(works)


@pytest.mark.slow
@pytest.mark.parametrize("ident", [s.id for s in library.attacks() if s.limited_by or any(g.late for g in s.goal)])
def test_short_cuts_give_what_patience_gives(ident):
    scenario = library.get(ident)
    settings = [scenario.settings, *(scenario.settings.at_least(limit.switches) for limit in scenario.limited_by)]
    for each in [*settings, *map(Settings.of, PROFILES)]:
        case = Case(scenario, each)
        if case.lacking is not None:
            continue
        record = player.play(case)
        for goal in scenario.goal:
            if goals.reached(record, goal).reached and begin(record, goal) is not None:
                assert put_off(record, goal) == patiently(record, goal)


@pytest.mark.slow
@pytest.mark.parametrize("ident", some(library.ids(), 20))
def test_a_second_stage_has_the_same_past_and_future_and_leaves_the_first_alone(ident):
    case = Case.of(library.get(ident))
    whole = player.play(case, states=True)
    for step in case.scenario.steps:
        first = Stage.opened(case, states=True).go_on(step.id)
        before = [as_json(e) for e in first.record.events]
        second = first.after(0).go_on()
        assert second.record.events == whole.events
        assert [as_json(e) for e in first.record.events] == before
        assert first.go_on().record.events == whole.events


@pytest.mark.slow
def test_waiting_ends_the_life_of_a_token():
    scenario = next(s for s in library.attacks() if s.limited_by and any(g.late for g in s.goal))
    settings = scenario.settings.at_least(scenario.limited_by[0].switches)
    run = simulation.run(scenario, settings)
    assert run.verdict.word == "limited"
    assert run.verdict.exposure is not None
    assert 0 < run.verdict.exposure <= scenario.limited_by[0].exposure


@pytest.mark.parametrize("end", [0, 1, 59, 60, 61, 239, 240, 3599, 86_399])
def test_the_longest_wait_is_found_to_the_second(end):
    tried = []

    def works(seconds: int) -> bool:
        tried.append(seconds)
        return seconds <= end

    assert last_second(works) == end
    assert len(tried) < 40


def test_what_never_ends_has_no_longest_wait():
    assert last_second(lambda _: True) is None
    assert last_second(lambda s: s < HORIZON * 2) is None


@pytest.mark.parametrize("index", ["off", "per-device"])
def test_a_refresh_token_of_a_login_endpoint_is_renewed_as_one_of_a_server_is(index):
    """Whether or not the backend knows the apps by name; her access token alone would be dead after 15 minutes."""
    where = {"as.refresh_tokens": "on", "as.short_ttl": "on", "as.session_index": index}
    verdict = simulation.run(library.get("no-revocation-before-exp"), Settings.of("naive-jwt", where)).verdict
    assert (verdict.word, verdict.exposure) == ("succeeded", REFRESH_LIFE - 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("switches", "credential"),
    [
        ({}, "refresh token"),
        ({"as.session_index": "per-device"}, "access token"),
        ({"as.session_index": "per-device", "as.short_ttl": "on"}, "access token"),
        ({"as.short_ttl": "on"}, "refresh token"),
    ],
)
def test_what_goes_on_for_longest_is_named(switches, credential):
    """An access token that is renewed for weeks is not what works for weeks: the refresh token is."""
    own = library.get("logout-one-device")
    verdict = simulation.run_case(Case.of(own).at_least(switches)).verdict
    assert verdict.credential == credential
    assert verdict.sentence.startswith(f"The {credential} still worked for ")


@pytest.mark.parametrize("ident", [s.id for s in library.attacks() if s.limited_by])
def test_whatever_is_measured_names_its_credential(ident):
    found = judge.timed(simulation.run_case(Case.of(library.get(ident))).verdict, Case.of(library.get(ident)))
    assert (found.credential in ("access token", "refresh token", "credential")) == bool(found.credential)
    assert found.exposure is None or found.credential
