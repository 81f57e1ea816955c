"""An attacker who adapts: in settings that are to stop an attack she looks for a way to its goal that no file tells.

What she may do is what the attack's files say that she can; what she finds is a script like theirs.  The bound is counted in moves and
states and not in seconds, so that the same setting has the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sandbox.attacker import question
from sandbox.attacker.cure import defences
from sandbox.attacker.scenario_file import written
from sandbox.attacker.search import Bound, search
from sandbox.attacker.way import Way
from sandbox.core.memo import memo
from sandbox.language.document import Scenario
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings

BOUND = Bound(changes=2, states=2_000)  # for each script of an attack


@dataclass(frozen=True, slots=True)
class Looked:
    """How far one or more searches looked, within `changes` changing moves, and the ways that were found."""

    states: int = 0
    moves: int = 0
    exhausted: bool = True
    ways: tuple[Scenario, ...] = ()
    changes: int = BOUND.changes

    def __add__(self, other: Looked) -> Looked:
        return Looked(
            self.states + other.states,
            self.moves + other.moves,
            self.exhausted and other.exhausted,
            (*self.ways, *other.ways),
            self.changes,
        )


NOWHERE = Looked()  # nothing was asked


def looked_for(attack: str, scripts: Iterable[Scenario], settings: Settings) -> Looked:
    """Look for other ways to the goals of an attack, beside the honest steps and with the powers of each of its scripts."""
    questions = {}
    for script in scripts:
        if settings.lacks(script.needs) is None:
            asked = question.of_scenario(script, settings)
            questions[tuple(s.id for s in asked.schedule), asked.can, asked.targets] = script
    return sum((_looked(attack, script, settings) for script in questions.values()), NOWHERE)


@memo("run", 2_000)
def _looked(attack: str, script: Scenario, settings: Settings) -> Looked:
    asked = replace(question.of_scenario(script, settings), name=f"{attack}-by-another-way")
    ways: list[Way] = []
    for progress in search(asked, BOUND):
        ways += progress.found
    scenarios = tuple(_with_defences(asked, way) for way in ways)
    return Looked(progress.states, progress.moves, progress.exhausted, scenarios)


def _with_defences(asked: question.Question, way: Way) -> Scenario:
    """The way as a scenario that names all single defences which block it."""
    text = written(asked, way.target, way.steps, tuple(defences(way)))
    return loads(text, f"{asked.name}-{way.hers}-{way.scenario.digest[:6]}.yaml")
