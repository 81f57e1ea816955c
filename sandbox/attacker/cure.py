"""What stops a way that was found: found by trying, one switch or bundle at a time, as the files of attacks name it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.attacker.question import Question
from sandbox.attacker.scenario_file import written
from sandbox.attacker.way import Way
from sandbox.engine import goals, judge, player
from sandbox.engine.case import Case
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.switches import BUNDLES, SWITCHES


def completed(question: Question, way: Way) -> str:
    """The file of a way with the first single defence that blocks it, if there is one: then `check` has nothing to say against it."""
    return written(question, way.target, way.steps, tuple(defences(way))[:1])


def defences(way: Way) -> Iterator[dict[str, Any]]:
    """Each switch or bundle that blocks the way alone, with where, by which check and with which answer."""
    own = Case.of(way.scenario)
    for name, value in _candidates(own.settings.architecture):
        case = own.at_least({name: value})
        if case.settings == own.settings or case.lacking is not None:
            continue
        record = player.play(case)
        if any(goals.reached(record, goal).reached for goal in way.scenario.goal):
            continue  # seen at once; a judge would try the honest flows first
        stop = (verdict := judge.judge(record)).blocked_by
        if verdict.word == "blocked" and stop is not None and stop.check:
            because = CHECKS[stop.check].sentence
            yield {"switches": {name: value}, "at": stop.step, "by": stop.by, "answer": stop.answer, "because": because}


def _candidates(architecture: str) -> Iterator[tuple[str, str]]:
    """Every switch of a design, and every bundle, as strict as it gets."""
    yield from ((s.name, s.values[-1]) for s in SWITCHES.values() if architecture in s.applies)
    yield from ((bundle, "on") for bundle in BUNDLES)
