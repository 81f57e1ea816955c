"""A way is yielded only after it was made short, written, loaded, replayed and judged."""

from __future__ import annotations

import pytest

from sandbox.attacker.question import of_scenario
from sandbox.attacker.taking import is_generated
from sandbox.attacker.way import Defect, Way, confirmed, reaches, shortest
from sandbox.language import library
from tests.support.questions import LEAKS, READ, answer, asked

pytestmark = pytest.mark.slow


def found() -> tuple:
    question = asked("oauth-basic", {}, LEAKS, READ)
    return question, answer(question).found[0]


def test_a_way_has_no_step_that_it_does_not_need() -> None:
    question, way = found()
    assert way.hers == sum(map(is_generated, way.steps)) > 0
    for index in range(len(way.steps) - 1):
        assert not reaches(question, READ, way.steps[:index] + way.steps[index + 1 :])
    assert shortest(question, READ, way.steps) == way.steps


def test_it_is_judged_by_the_engine() -> None:
    _, way = found()
    assert way.verdict.word == "succeeded"
    assert [p.reached for p in way.verdict.predicates] == [True]


def test_steps_that_lead_nowhere_are_a_defect_and_no_way() -> None:
    question = of_scenario(library.get("stolen-token-replay"))
    defect = confirmed(question, READ, question.schedule)
    assert isinstance(defect, Defect)
    assert "do not reach the goal" in defect.why


def test_what_the_engine_does_not_call_a_success_is_a_defect(monkeypatch) -> None:
    question, way = found()
    monkeypatch.setattr("sandbox.attacker.way.WON", ())
    assert isinstance(confirmed(question, READ, way.steps), Defect)
    monkeypatch.undo()
    assert isinstance(confirmed(question, READ, way.steps), Way)
