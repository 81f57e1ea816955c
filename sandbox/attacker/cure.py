"""What stops a way that was found: found by trying, one switch or bundle at a time, as the files of attacks name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sandbox.attacker.question import Question
from sandbox.attacker.scenario_file import written
from sandbox.attacker.way import Way
from sandbox.engine import goals, judge, player
from sandbox.engine.case import Case
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.switches import BUNDLES, SWITCHES

Candidates = Iterable[Mapping[str, str]]  # switches with values, and bundles with `on`


def completed(question: Question, way: Way, by: str = "the search", among: Candidates | None = None) -> str:
    """The file of a way with the first defence that blocks it, if there is one: then `check` has nothing to say against it.

    Each that is tried takes a run; `among` these, or else among every single switch and bundle.
    """
    return written(question, way.target, way.steps, tuple(islice(defences(way, among), 1)), by)


def defences(way: Way, among: Candidates | None = None) -> Iterator[dict[str, Any]]:
    """Each of these that blocks the way, with where, by which check and with which answer; else each switch and bundle that does alone."""
    own = Case.of(way.scenario)
    for switches in _candidates(own.settings.architecture) if among is None else among:
        case = own.at_least(switches)
        if case.settings == own.settings or case.lacking is not None:
            continue
        record = player.play(case)
        if any(goals.reached(record, goal).reached for goal in way.scenario.goal):
            continue  # seen at once; a judge would try the honest flows first
        stop = (verdict := judge.judge(record)).blocked_by
        if verdict.word == "blocked" and stop is not None and stop.check:
            because = CHECKS[stop.check].sentence
            yield {"switches": dict(switches), "at": stop.step, "by": stop.by, "answer": stop.answer, "because": because}


def _candidates(architecture: str) -> Iterator[dict[str, str]]:
    """Every switch of a design, and every bundle, as strict as it gets."""
    yield from ({s.name: s.values[-1]} for s in SWITCHES.values() if architecture in s.applies)
    yield from ({bundle: "on"} for bundle in BUNDLES)
