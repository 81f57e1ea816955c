"""A way that was found: its steps without those that it does not need, as a scenario file that was loaded, replayed and judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.attacker.question import Question, Target
from sandbox.attacker.reached import Goals
from sandbox.attacker.scenario_file import written
from sandbox.attacker.taking import Taker, is_generated
from sandbox.core.fork import fork
from sandbox.engine import simulation
from sandbox.engine.player import NotLearned, Stage
from sandbox.engine.result import Verdict
from sandbox.language.document import Scenario, Step
from sandbox.language.loader import loads
from sandbox.language.source import ScenarioError

WON = ("succeeded", "limited")


@dataclass(frozen=True)
class Way:
    """A way to a target.  `scenario` is it, as anybody can run it; `verdict` what the engine says of that run."""

    target: Target
    steps: tuple[Step, ...]
    scenario: Scenario
    verdict: Verdict

    @property
    def hers(self) -> int:
        """The number of her own steps."""
        return sum(map(is_generated, self.steps))


@dataclass(frozen=True)
class Defect:
    """What the search took for a way and the engine does not: a fault of ours."""

    target: Target
    steps: tuple[Step, ...]
    why: str


def confirmed(question: Question, target: Target, steps: tuple[Step, ...]) -> Way | Defect:
    """The way of these steps, made short, written down, loaded, replayed and judged."""
    if not reaches(question, target, steps):
        return Defect(target, steps, "played from the start, the steps do not reach the goal")
    short = shortest(question, target, steps)
    text = written(question, target, short)
    try:
        scenario = loads(text, f"{question.name}.yaml")
        verdict = simulation.run(scenario, seed=question.seed).verdict
    except (ScenarioError, NotLearned) as error:
        return Defect(target, short, str(error))
    if verdict.word not in WON:
        return Defect(target, short, f"the run is judged {verdict.word}: {verdict.sentence}")
    return Way(target, short, scenario, verdict)


def reaches(question: Question, target: Target, steps: tuple[Step, ...]) -> bool:
    """Whether these steps, played from the start, reach the target at the last of them."""
    return _reaches(question, target, Stage.opened(question.case), steps)


def _reaches(question: Question, target: Target, stage: Stage, steps: tuple[Step, ...]) -> bool:
    """The same from a later moment on, which moves on."""
    taker, start = Taker(), 0
    for step in steps:
        start = taker.take(stage, step)
        if not _taken(stage, step):
            return False
    return bool(list(Goals(question).reached(stage, (target,), steps[-1].id, start)))


def shortest(question: Question, target: Target, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps without those that are not needed, the latest left out first."""
    needed = {target.goal.late, target.goal.after, target.goal.denied}
    before, rest = list(_moments(question, steps[:-1])), steps[-1:]
    for step, stage in reversed(list(zip(steps[:-1], before, strict=True))):  # what comes before a step is still as it was found
        if step.id in needed or stage is None or not _reaches(question, target, stage, rest):
            rest = (step, *rest)
    return rest


def _moments(question: Question, steps: tuple[Step, ...]) -> Iterator[Stage | None]:
    """The moment before each step; None from the first one on that she cannot take."""
    stage, taker, can = Stage.opened(question.case), Taker(), True
    for step in steps:
        yield fork(stage) if can else None
        taker.take(stage, step)
        can = can and _taken(stage, step)


def _taken(stage: Stage, step: Step) -> bool:
    """Whether a step was taken, if it is one of hers."""
    return not is_generated(step) or step.id in stage.record.outputs
