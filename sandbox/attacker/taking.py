"""Taking moves: a move becomes a step of the scenario language, and the engine takes it like any other."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sandbox.attacker.moves import Move
from sandbox.engine.knowledge import Knowledge
from sandbox.engine.player import NotLearned, Stage
from sandbox.engine.references import replaced
from sandbox.language.document import Step

PREFIX = "m_"  # of the ids of her steps; files give them better ones


class Taker:
    """Takes steps, and counts them; the steps that it makes are numbered from `first` on."""

    def __init__(self, first: int = 0) -> None:
        self.taken = 0
        self._made = first

    def step(self, move: Move) -> Step:
        """The move as a step with an id of its own."""
        self._made += 1
        return move.step.model_copy(update={"id": f"{PREFIX}{self._made}"})

    def linked(self, move: Move, before: tuple[Step, ...]) -> Move:
        """The move with `$1.token` replaced by what the first of these steps gave."""
        if not before:
            return move

        def link(text: str) -> Any:
            number, dot, rest = text[1:].partition(".")
            return f"${before[int(number) - 1].id}{dot}{rest}" if number.isdecimal() else text

        return Move(move.do, replaced(move.args, link), move.kind, move.group, move.say, move.uses, move.forges)

    def take(self, stage: Stage, step: Step) -> int:
        """Take a step, and read what came of it; the number of its first event.  What she cannot take she does not take."""
        events = stage.world.net.trace.events
        start = len(events)
        stage.world.net.trace.step = step.id
        with suppress(NotLearned):
            stage.take(step)
        stage.knowledge = (stage.knowledge or Knowledge()).read(events)
        self.taken += 1
        return start


def is_generated(step: Step) -> bool:
    """Whether a step is one of her moves."""
    return step.id.startswith(PREFIX)
