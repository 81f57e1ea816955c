"""A run: the same for the same case, with those who took part and what it cost."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from sandbox.engine import player, simulation, verdict
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.goals import Goal
from sandbox.protocol.edits import Edit
from sandbox.protocol.settings import Settings
from tests.support.files import LOGIN, SIMPLE, flow


@pytest.mark.slow
def test_a_run_is_a_pure_function():
    attack = library.attacks()[0]
    assert simulation.run(attack) == simulation.run(attack)
    assert simulation.run(attack, seed=1).events != simulation.run(attack, seed=2).events


@pytest.mark.slow
def test_another_seed_is_another_run_with_the_same_verdict():
    for attack in library.attacks():
        assert simulation.run(attack, seed=7).verdict.word == simulation.run(attack).verdict.word


def test_a_profile_without_the_mechanism_is_not_applicable_and_says_why():
    run = simulation.run(flow(LOGIN, head=SIMPLE + "needs: [oauth]\n"), Settings.of("naive-jwt"))
    assert run.verdict.word == "not-applicable"
    assert "log in at the backend" in run.verdict.sentence
    assert run.events == ()


def test_counters_count_what_travelled():
    flow_ = library.get("naive-jwt")
    assert simulation.run(flow_).counters.lookups == 0
    asked = simulation.run(flow_, Settings.of("jwt-done-properly")).counters
    assert asked.lookups == asked.api_requests == 2
    assert asked.token_bytes > 300


def test_a_bearer_token_is_read_by_the_predicates_not_by_the_scenario():
    """The same steps with an honest actor in place of the attacker raise nothing."""
    attack = library.get("stolen-token-replay")
    record = player.play(Case.of(attack))
    assert verdict.reached(record, attack.goal[0]).reached
    record.hers = frozenset()
    assert not verdict.reached(record, attack.goal[0]).reached
    other = Goal.model_validate({"read": "alice:transaction-7", "at": "use"})
    record.hers = record.case.hers
    assert not verdict.reached(record, other).reached


def test_those_who_took_part_are_told_in_the_order_of_a_drawing():
    assert simulation.run(library.get("jwk-header-injection")).parties == ("accounts", "mallory")
    run = simulation.run(library.get("missing-aud-replay"))
    assert run.parties == ("laptop", "budget", "auth", "accounts", "transactions")


def test_an_edit_of_a_message_that_is_not_sent_is_said():
    edits = (Edit("nowhere", "path", "/x"),)
    assert simulation.run(library.get("naive-jwt"), edits=edits).unfit == ((edits[0], "this message is not sent in this run"),)
    nothing = simulation.run(library.get("code-pkce"), Settings.of("naive-jwt"), edits)
    assert nothing.unfit == ((edits[0], "nothing is sent in this run"),)


def test_a_run_is_plain_frozen_data_that_says_what_it_was_made_of():
    run = simulation.run(library.get("naive-jwt"), seed=3)
    assert (run.scenario, run.settings, run.seed, run.edits) == (library.get("naive-jwt"), library.get("naive-jwt").settings, 3, ())
    assert isinstance(run.events, tuple)
    with pytest.raises(FrozenInstanceError):
        run.verdict.word = "blocked"
