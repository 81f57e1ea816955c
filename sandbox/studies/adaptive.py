"""An attacker who adapts: in settings that are to stop an attack she looks for a way to its goal that no file tells.

What she may do is what the attack's files say that she can; what she finds is a script like theirs.  The bound is counted in moves and
states and not in seconds, so that the same setting has the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sandbox.attacker import question
from sandbox.attacker.cure import defences
from sandbox.attacker.scenario_file import written
from sandbox.attacker.search import Bound, search
from sandbox.attacker.way import Way
from sandbox.core.memo import memo, of
from sandbox.language import library
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


def known(attack: Scenario) -> tuple[Scenario, ...]:
    """The scripts of an attack: its own, and those of the other known ways to its goal; of a shipped way, those of its attack."""
    shipped = attack.id in library.ids() and library.get(attack.id) == attack
    story = library.get(attack.way_of) if attack.way_of and shipped else attack
    return (story, *library.ways(story.id))


def looked_for(attack: str, scripts: Iterable[Scenario], settings: Settings) -> Looked:
    """Look for other ways to the goals of an attack, beside the honest steps and with the powers of each of its scripts."""
    return sum((_looked(attack, script, settings) for script in _asked(scripts, settings)), NOWHERE)


def looking(attack: str, scripts: Iterable[Scenario], settings: Settings) -> Iterator[Looked]:
    """The same, a state at a time: each is what is known by then, the last one is the answer, which is kept for all who ask again."""
    before = NOWHERE
    for script in _asked(scripts, settings):
        part = NOWHERE
        for part in _each(attack, script, settings):
            yield before + part
        before += part


def already(attack: str, scripts: Iterable[Scenario], settings: Settings) -> Looked | None:
    """The answer if it is there already."""
    asked = _asked(scripts, settings)
    if not asked or not all(of(_looked).has(attack, script, settings) for script in asked):
        return None
    return sum((_looked(attack, script, settings) for script in asked), NOWHERE)


def _asked(scripts: Iterable[Scenario], settings: Settings) -> tuple[Scenario, ...]:
    return _different(tuple(scripts), settings)


@memo("run", 2_000)
def _different(scripts: tuple[Scenario, ...], settings: Settings) -> tuple[Scenario, ...]:
    """Those of the scripts that ask different questions here."""
    questions = {}
    for script in scripts:
        if settings.lacks(script.needs) is None:
            asked = question.of_scenario(script, settings)
            questions[tuple(s.id for s in asked.schedule), asked.can, asked.targets] = script
    return tuple(questions.values())


@memo("run", 2_000)
def _looked(attack: str, script: Scenario, settings: Settings) -> Looked:
    *_, whole = _searching(attack, script, settings)
    return whole


def _each(attack: str, script: Scenario, settings: Settings) -> Iterator[Looked]:
    """What one script's search comes to, a state at a time; at once where it is known."""
    kept = of(_looked)
    if kept.has(attack, script, settings):
        yield _looked(attack, script, settings)
        return
    for found in _searching(attack, script, settings):
        yield found
    kept.keep(found, attack, script, settings)


def _searching(attack: str, script: Scenario, settings: Settings) -> Iterator[Looked]:
    asked = replace(question.of_scenario(script, settings), name=f"{attack}-by-another-way")
    scenarios: tuple[Scenario, ...] = ()
    for progress in search(asked, BOUND):
        scenarios += tuple(_with_defences(asked, way) for way in progress.found)
        yield Looked(progress.states, progress.moves, progress.exhausted, scenarios)


def _with_defences(asked: question.Question, way: Way) -> Scenario:
    """The way as a scenario that names all single defences which block it."""
    text = written(asked, way.target, way.steps, tuple(defences(way)))
    return loads(text, f"{asked.name}-{way.hers}-{way.scenario.digest[:6]}.yaml")
