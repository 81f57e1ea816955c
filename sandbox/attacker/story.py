"""The attack's own way, as a help in the game: what its file does next, and the same as a move.

The search knows moves that are generated, and some attacks take a step that none of them is.  Where it finds nothing, the story goes on
from where the player is.  Only where the file's attack works in this setting: elsewhere it would lead nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.attacker.moves import Group, Move
from sandbox.attacker.question import Question, is_hers
from sandbox.attacker.scenario_file import given
from sandbox.attacker.way import WON
from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.engine.references import replaced
from sandbox.language.document import Attacker, Step

GROUP: dict[str, Group] = {  # verb -> where its moves stand; all others ask somebody for something
    "read": "read", "sign_in": "sign in", "approve": "sign in", "follow": "sign in", "visit": "sign in", "lure": "lure", "frame": "lure",
    "act": "act", "redeem": "redeem", "forge": "forge", "wait": "wait",
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """The steps of a scenario whose attack works in the setting of the game; none if it does not."""

    steps: tuple[Step, ...] = ()
    attacker: Attacker | None = None

    @classmethod
    def of(cls, case: Case) -> Story:
        works = simulation.run_case(case).verdict.word in WON
        return cls(case.scenario.steps, case.scenario.attacker) if works else cls()

    def next(self, honest: int, done: Mapping[str, str]) -> Step | None:
        """The first step that is not done: `honest` is the number of honest ones, `done` has those of hers by their ids here."""
        for step in self.steps:
            if self.hers(step):
                if step.id not in done:
                    return step
            elif honest == 0:
                return step
            else:
                honest -= 1
        return None

    def hers(self, step: Step) -> bool:
        return is_hers(step, self.attacker)

    def move(self, step: Step, question: Question, done: Mapping[str, str]) -> Move:
        """A step of hers as a move: what it takes from earlier steps of hers is what those gave in the game."""
        facts = self.attacker.knows if self.attacker else {}

        def link(text: str) -> Any:
            name, dot, rest = text[1:].partition(".")
            return f"${done.get(name) or (question.named(facts[name]) if name in facts else name)}{dot}{rest}"

        args, group = given(replaced(step.args, link)), GROUP.get(step.verb, "call")
        return Move(step.do, args, "change", group, step.say, forges=step.verb == "forge")
