"""A workshop -> one page to give away: stories, diagrams, questions, verdicts and lessons, to be read or printed."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.engine.result import Run
from sandbox.studies import basis
from sandbox.views import quiz
from sandbox.views.html.frame import Document
from sandbox.views.labels import setting_name
from sandbox.views.outcomes import SIGNS
from sandbox.views.pictures import sheets
from sandbox.views.timeline import moments
from sandbox.workshop.program import Entry, Workshop

PAGE = Document("handout.html.j2", ("handout.css",), pictures=True)

Answers = Mapping[tuple[int, str], str]  # (number of the entry, key of a question) -> what was said
Counts = Mapping[tuple[int, str], Mapping[str, int]]  # (the same) -> answer -> how many of a room gave it
Played = Sequence[tuple[Entry, Run]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a step: its answers, each with whether the learner chose it, and the right one."""

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


def handout(workshop: Workshop, played: Played, answers: Answers | None = None, *, key: bool = True, counts: Counts | None = None) -> str:
    """One page with every scenario: story, diagram, steps, questions, verdict, lesson.  `key` adds the right answers at the end.

    `answers` are a learner's own; they are ticked.  `counts` are those of a room.  Raises NoRenderer.
    """
    sections = [Section(entry, run, _questions(number, run, answers or {}, counts or {})) for number, (entry, run) in enumerate(played, 1)]
    right = [(number, question) for number, section in enumerate(sections, 1) for question in section.questions]
    return PAGE.render(workshop.title, workshop=workshop, sections=sections, key=right if key else [])


def _questions(number: int, run: Run, answers: Answers, counts: Counts) -> tuple[Question, ...]:
    every = (question for step in run.scenario.steps for question in quiz.asked(run, step.id))
    return tuple(_question(q, answers.get((number, q["key"])), counts.get((number, q["key"]), {})) for q in every)


def _question(question: quiz.Doc, said: str | None, counts: Mapping[str, int]) -> Question:
    mine = quiz.chosen(question, said) if said is not None and quiz.fits(question, said) and not question["ordered"] else ()
    said_so = counts if not (question["many"] or question["ordered"]) else {}
    told = {
        option["id"]: f"{option['text']} ({said_so.get(option['id'], 0)} said so)" if said_so else option["text"]
        for option in question["options"]
    }
    choices = tuple((told[option["id"]], option["id"] in mine) for option in question["options"])
    return Question(question["question"], choices, quiz.text(question, question["right"]))
