"""How each outcome of a run is told without colour: a mark and a word, wherever outcomes are listed."""

from __future__ import annotations

from typing import NamedTuple

from sandbox.engine.result import Word


class Sign(NamedTuple):
    """How an outcome is shown: a mark, a word for people, and what it means."""

    mark: str
    word: str
    meaning: str


SIGNS: dict[Word, Sign] = {
    "succeeded": Sign("✗", "succeeds", "The attacker gets what she is after."),
    "limited": Sign("◐", "limited", "It works for at most 15 minutes after the theft or the log-out."),
    "blocked": Sign("✓", "blocked", "A check refused, or there was nothing to learn; honest people notice nothing."),
    "breaks-service": Sign("!", "breaks the service", "The attack stops, and so does honest use."),
    "not-applicable": Sign("–", "not applicable", "The setting does not have the mechanism that is attacked."),
    "completed": Sign("✓", "completed", "Everything went as it should."),
    "failed": Sign("✗", "failed", "The scenario does not hold together."),
}
SHOWN: tuple[Word, ...] = ("succeeded", "limited", "blocked", "breaks-service", "not-applicable")
