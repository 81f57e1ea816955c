"""From findings to answers of “Your system”: what follows, what is refuted, of what a half is seen, and what cannot be seen.

A tick is made only where the evidence carries the whole answer; what is not known is said to be not known, and never counts as no.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.reality.finding import Finding, shipped
from sandbox.studies import questions
from sandbox.studies.questions import UNKNOWN, Answers, Question

Drawer = Literal["follows", "refuted", "half", "open"]
NOTHING = "Nothing in these files says it."


@dataclass(frozen=True, slots=True)
class Said:
    """What the files say about one answer of one question."""

    question: str
    answer: str
    drawer: Drawer
    why: str
    findings: tuple[Finding, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.question}-{self.answer}"


def said(findings: Sequence[Finding]) -> tuple[Said, ...]:
    """About every answer of every question, in their order."""
    return tuple(_said(q.id, a.id, findings) for q in questions.shipped().questions for a in q.answers if a.id != UNKNOWN)


def _said(question: str, answer: str, findings: Sequence[Finding]) -> Said:
    id = f"{question}-{answer}"
    against = tuple(f for f in findings if id in f.row.refutes)
    for_it = tuple(f for f in findings if id in f.row.follows)
    halves = tuple(f for f in findings if id in f.row.half)
    if against:
        return Said(question, answer, "refuted", against[0].says, against)
    if for_it:
        return Said(
            question, answer, "follows", " ".join(dict.fromkeys([for_it[0].says, *(f.row.caveat for f in for_it if f.row.caveat)])), for_it
        )
    if halves:
        return Said(question, answer, "half", halves[0].row.half[id], halves)
    why = next((u.why for u in shipped().unseen if id in u.answers), NOTHING)
    return Said(question, answer, "open", why)


def prefilled(findings: Sequence[Finding]) -> dict[str, tuple[str, ...]]:
    """The answers that follow, and “I don't know” for whatever is neither shown nor refuted."""
    every = said(findings)
    chosen = {q.id: _chosen(q, [s for s in every if s.question == q.id]) for q in questions.shipped().questions}
    return questions.sensible({k: v for k, v in chosen.items() if v})


def _chosen(question: Question, about: Iterable[Said]) -> tuple[str, ...]:
    drawers = {s.answer: s.drawer for s in about}
    ticked = tuple(a for a, drawer in drawers.items() if drawer == "follows")
    if question.many:
        known = all(drawer in ("follows", "refuted") for drawer in drawers.values())
        return ticked if known and ticked else (*ticked, UNKNOWN)
    return ticked if len(ticked) == 1 else (UNKNOWN,)


def link(findings: Sequence[Finding]) -> str:
    """The answers in one word, for the address of the page."""
    return questions.written(prefilled(findings))


def because(findings: Sequence[Finding], answers: Answers) -> dict[str, list[Said]]:
    """For each question, what the files say about its answers, where they say anything."""
    out: dict[str, list[Said]] = {}
    for s in said(findings):
        if s.drawer != "open" or s.answer in answers.get(s.question, ()):
            out.setdefault(s.question, []).append(s)
    return out
