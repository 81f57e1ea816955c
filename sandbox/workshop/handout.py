"""A workshop -> one page to give away: stories, diagrams, questions, verdicts and lessons, to be read or printed."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.engine.result import Run
from sandbox.language.document import Step
from sandbox.studies import basis
from sandbox.views.html.frame import Document
from sandbox.views.outcomes import SIGNS
from sandbox.views.pictures import sheets
from sandbox.views.stepper.view import setting_name
from sandbox.views.timeline import moments, refused_in
from sandbox.workshop.program import Entry, Workshop

PAGE = Document("handout.html.j2", ("handout.css",), pictures=True)

Answers = Mapping[tuple[int, str], str]  # (number of the entry, step) -> accepted or refused
Played = Sequence[tuple[Entry, Run]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a step: its two answers, each with whether the learner gave it, and the one that the run gives."""

    asks: str
    choices: tuple[tuple[str, bool], ...]
    right: str


@dataclass(frozen=True, slots=True)
class Section:
    """What the handout says of one entry and its run."""

    entry: Entry
    run: Run
    questions: tuple[Question, ...]

    @property
    def setting(self) -> str:
        return setting_name(self.run.settings)

    @property
    def pictures(self) -> list[str]:
        """The diagram in pieces for pages of paper, as base64, for <img>, in which nothing can run; none for a run without events.
        Raises NoRenderer."""
        return [base64.b64encode(sheet).decode() for sheet in sheets(self.run)] if self.run.events else []

    @property
    def count(self) -> int:
        """Messages and decisions in the diagram."""
        return len(moments(self.run))

    @property
    def verdict(self) -> str:
        return SIGNS[self.run.verdict.word].banner

    @property
    def sentence(self) -> str:
        """Why, and of what is blocked what it rests on."""
        return basis.said(self.run.verdict.word, self.run.verdict.sentence)


def handout(workshop: Workshop, played: Played, answers: Answers | None = None, *, key: bool = True) -> str:
    """One page with every scenario: story, diagram, steps, questions, verdict, lesson.  `key` adds the right answers at the end.

    `answers` are a learner's own; they are ticked.  Raises NoRenderer.
    """
    sections = [Section(entry, run, _questions(number, run, answers or {})) for number, (entry, run) in enumerate(played, 1)]
    right = [(number, question) for number, section in enumerate(sections, 1) for question in section.questions]
    return PAGE.render(workshop.title, workshop=workshop, sections=sections, key=right if key else [])


def _questions(number: int, run: Run, answers: Answers) -> tuple[Question, ...]:
    steps = [step for step in run.scenario.steps if step.predict is not None] if run.events else []
    return tuple(_question(step, refused_in(run, step.id), answers.get((number, step.id))) for step in steps)


def _question(step: Step, refused: bool, mine: str | None) -> Question:
    assert step.predict is not None
    texts = {"accepted": step.predict.accepted, "refused": step.predict.refused}
    choices = tuple((text, mine == said) for said, text in texts.items())
    return Question(step.predict.question, choices, texts["refused" if refused else "accepted"])
