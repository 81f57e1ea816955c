"""A game whose positions have addresses: each choice has a short name, and the names of those that were taken lead there again.

A name is made of what the choice says, so that it means the same on every machine and after a restart.  Nothing but the names has to
be kept: taking a choice costs milliseconds.  Pure: no page.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Literal

from sandbox.attacker import sameness
from sandbox.attacker.game import Choice, Game, Hint, Position
from sandbox.attacker.question import Question
from sandbox.engine.case import Case
from sandbox.engine.verdict import refusal

MOST = 60  # choices in one game; a position holds up to 130 KB
LENGTH = 6  # characters of a name: 30 bits, for at most some hundred choices

Outcome = Literal["refused", "reached", "taken"]


def name(choice: Choice) -> str:
    """The short name of a choice: six letters and digits."""
    who = "she" if choice.chain else "others"  # an honest step may say what a move of hers says, such as “A minute passes.”
    digest = hashlib.sha256(f"{who}|{choice.group}|{choice.say}".encode()).digest()
    return base64.b32encode(digest).decode().lower()[:LENGTH]


class Turns:
    """One player's game: the names of the choices that led to its position, and what was tried at which moment."""

    def __init__(self, question: Question, case: Case | None = None) -> None:
        self.game = Game(question, case)
        self.names: tuple[str, ...] = ()
        self.said: tuple[str, ...] = ()  # what the choices taken say
        self._tried: dict[sameness.State, dict[str, Outcome]] = {}

    @property
    def position(self) -> Position:
        return self.game.position

    @property
    def full(self) -> bool:
        """Whether no more can be taken: a game has a limit."""
        return len(self.names) >= MOST

    @property
    def moves(self) -> int:
        """How many of the choices are moves of hers, and not a pass to the honest people."""
        return len(self.names) - self.position.honest

    def choices(self) -> Iterator[Choice]:
        """What can be done now, and the story's next step, which a link may have; nothing once all is reached or the game is full."""
        return iter(()) if self.game.over or self.full else chain(self.game.choices(), self.game.scripted())

    def go(self, names: Sequence[str]) -> bool:
        """Come to the position of these names.  Whether they could be followed to their end; if not, this is how far they lead."""
        common = next((i for i, (a, b) in enumerate(zip(self.names, names, strict=False)) if a != b), min(len(self.names), len(names)))
        while len(self.names) > common:
            self.back()
        return all(self.take(each) for each in names[common:])

    def take(self, which: str) -> bool:
        """Take the choice of this name; whether there is one."""
        choice = next((c for c in self.choices() if name(c) == which), None)
        if choice is None:
            return False
        here = self.game.key()
        self.game.take(choice)
        self.names, self.said = (*self.names, which), (*self.said, choice.say)
        if choice.chain:
            self._tried.setdefault(here, {})[which] = outcome(self.position)
        return True

    def back(self) -> bool:
        """Take back the last choice; whether there was one."""
        self.names, self.said = self.names[:-1], self.said[:-1]
        return self.game.take_back()

    def tried(self) -> dict[str, Outcome]:
        """Name -> what came of it, of her moves that were made at a moment like this one.  Whatever changed since would count."""
        return dict(self._tried.get(self.game.key(), {}))

    def hinted(self, hint: Hint) -> str:
        """The name of the choice that a hint means; '' if it is far or not among them."""
        meant = (c for c in self.choices() if hint.say in (c.say, c.chain[0].say if c.chain else ""))
        return "" if hint.far else next(map(name, meant), "")


def outcome(position: Position) -> Outcome:
    """What came of the last choice: something was reached, it was refused or could not be done, or neither."""
    before = position.before
    if before is None:
        return "taken"
    if len(position.reached) > len(before.reached):
        return "reached"
    record, new = position.stage.record, position.steps[len(before.steps) :]
    fails = any(record.skipped(s.id) or s.id not in record.outputs or refusal(record, s.id) is not None for s in new)
    return "refused" if fails else "taken"
