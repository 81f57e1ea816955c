"""How an outcome is shown and said, wherever one is: its mark, its words, its tone and what it means."""

from __future__ import annotations

from typing import Literal, NamedTuple

from sandbox.engine.result import Word
from sandbox.language import library

Tone = Literal["good", "bad", "warn", "none", "info"]


class Sign(NamedTuple):
    """`mark` and `word` for tables, `banner` for a run, `effect` for what a switch did; never told by the tone alone."""

    mark: str
    word: str
    banner: str
    effect: str
    tone: Tone
    meaning: str


SIGNS: dict[Word, Sign] = {
    "succeeded": Sign("✗", "succeeds", "Attack succeeded", "does not stop it", "bad", "The attacker gets what she is after."),
    "limited": Sign("◐", "limited", "Attack limited", "limits it", "warn", "It works for at most 15 minutes after the theft or the log-out."),
    "blocked": Sign("✓", "blocked", "Attack blocked", "blocks it", "good", "A named check refused, or a defence left nothing to learn, in the scripts that were run."),
    "stalled": Sign("…", "stalled", "This way is closed", "refuses nothing here", "none", "The script cannot go on here, and nobody refused. It says nothing about other ways."),
    "breaks-service": Sign("!", "breaks the service", "Breaks the service", "breaks the service", "warn", "The attack stops, and so does honest use."),
    "not-applicable": Sign("–", "not applicable", "Not applicable", "cannot be tried here", "none", "The setting does not have the mechanism that is attacked."),
    "completed": Sign("✓", "completed", "Completed", "completes it", "info", "Everything went as it should."),
    "failed": Sign("✗", "failed", "Failed", "fails", "bad", "The scenario does not hold together."),
}  # fmt: skip
SHOWN: tuple[Word, ...] = ("succeeded", "limited", "blocked", "stalled", "breaks-service", "not-applicable")


def by_way(sentence: str, way: str) -> str:
    """The sentence of a verdict, and by which other known way (its id, '' for none) it came about."""
    return f"{sentence} (By another known way: {library.get(way).title}.)" if way else sentence
