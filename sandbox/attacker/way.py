"""A way that was found: its steps without those that it does not need, as a scenario file that was loaded, replayed and judged."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.attacker.question import Question, Target
from sandbox.attacker.reached import Goals
from sandbox.attacker.scenario_file import written
from sandbox.attacker.taking import Taker, is_generated
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
    stage, taker, start = Stage.opened(question.case), Taker(), 0
    for step in steps:
        start = taker.take(stage, step)
        if is_generated(step) and step.id not in stage.record.outputs:
            return False  # she cannot take it
    return bool(list(Goals(question).reached(stage, (target,), steps[-1].id, start)))


def shortest(question: Question, target: Target, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps without those that are not needed, the latest left out first."""
    needed = {target.goal.late, target.goal.after, target.goal.denied}
    for index in range(len(steps) - 2, -1, -1):
        fewer = steps[:index] + steps[index + 1 :]
        if steps[index].id not in needed and reaches(question, target, fewer):
            steps = fewer
    return steps
