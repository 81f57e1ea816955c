"""Whether a step reaches a goal: of what was ended only what was ended counts."""

from __future__ import annotations

import pytest

from sandbox.attacker.question import of_scenario
from sandbox.attacker.reached import Goals
from sandbox.attacker.taking import Taker
from sandbox.engine.case import Case
from sandbox.engine.player import Stage
from sandbox.engine.simulation import run
from sandbox.language import library
from sandbox.language.loader import loads
from tests.support.effort import some

ATTACKS = [s.id for s in library.attacks() if all(g.after is None for g in s.goal)]


@pytest.mark.parametrize("id", some(ATTACKS, 12))
def test_it_says_of_a_script_what_the_engine_says(id: str) -> None:
    """At the steps that the file names; what she may still do as an admin is left out."""
    scenario = library.get(id)
    question, stage, taker = of_scenario(scenario), Stage.opened(Case.of(scenario)), Taker()
    found = set()
    for step in scenario.steps:
        start = taker.take(stage, step)
        found |= {(t.predicate.upper(), step.id) for t in Goals(question).reached(stage, question.targets, step.id, start)}
    reached = {(p.predicate, p.at) for p in run(scenario).verdict.predicates if p.reached}
    assert reached <= found


def test_a_token_of_another_client_is_not_what_was_ended() -> None:
    scenario = library.get("no-revocation-before-exp")
    text = scenario.source.replace(
        "kill\n    do: laptop.log_out\n    with: {client: app}", "kill\n    do: laptop.log_out\n    with: {client: budget}"
    )
    assert text != scenario.source
    other = loads(text, "other.yaml")
    question, stage, taker = of_scenario(other), Stage.opened(Case.of(other)), Taker()
    for step in other.steps:
        start = taker.take(stage, step)
        assert not list(Goals(question).reached(stage, question.targets, step.id, start))
