"""The way through: the stops of `path.yaml` in their stages, and the exam of `exam.yaml` at the end.

The order, and nothing else, stands in the playlist; title, minutes and prerequisites are those of the scenario files.  What a learner
has done is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, field_validator

from sandbox.core.forms import Form, refuse
from sandbox.core.memo import memo
from sandbox.language import library, playlist, table
from sandbox.language.document import DIFFICULTIES, Id, Prose, Scenario
from sandbox.language.playlist import Playlist
from sandbox.studies import questions

FILE = Path(__file__).with_suffix(".yaml")
EXAM = FILE.with_name("exam.yaml")


class Exam(Form):
    """The last stop: a system in the words of the questionnaire (`answers`, as in a link), and what to find out about it."""

    id: Id
    stage: Prose
    title: Prose = Field(max_length=120)
    story: Prose = Field(max_length=400)
    task: Prose = Field(max_length=400)
    minutes: int = Field(ge=1, le=120)
    after: tuple[Id, ...] = Field((), strict=False, max_length=6)
    answers: str

    @field_validator("answers")
    @classmethod
    def _means_something(cls, text: str) -> str:
        answers, problems = questions.parse(text)
        if problems or questions.written(answers) != text:
            raise refuse(f"not all of it is an answer: {' '.join(problems)}", f"write {questions.written(answers)}")
        return text


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: `id` is the scenario's, or the exam's; `number` counts from 1; `needs` are the numbers of the stops that come before it
    for a reason; `params` is the query of the page that plays it."""

    id: str
    number: int
    stage: str
    title: str
    story: str
    minutes: int
    questions: int
    needs: tuple[int, ...]
    page: str
    params: dict[str, str] = field(hash=False)


@memo("table", 1)
def exam() -> Exam:
    """The exam that is shipped."""
    return table.loads(Exam, EXAM.read_bytes(), EXAM.name)


@memo("table", 1)
def shipped() -> Playlist:
    """The playlist of the path."""
    return playlist.loads(FILE.read_bytes(), FILE.name)[0]


@memo("table", 1)
def stops() -> tuple[Stop, ...]:
    """All stops, in order; the exam is the last one."""
    out: list[Stop] = []
    stage = ""
    numbers = {item.scenario: number for number, item in enumerate(shipped().items, 1)}
    for number, item in enumerate(shipped().items, 1):
        scenario, stage = library.get(item.scenario), item.stage or stage
        asked = sum(step.predict is not None for step in scenario.steps)
        minutes = item.minutes or scenario.minutes or 0
        needs = tuple(sorted(numbers[id] for id in scenario.after if id in numbers))
        title, params = item.title or scenario.title, {"scenario": scenario.id}
        out.append(Stop(scenario.id, number, stage, title, scenario.story, minutes, asked, needs, "play", params))
    last = exam()
    needs = tuple(sorted(numbers[id] for id in last.after))
    params = {"answers": last.answers}
    return (*out, Stop(last.id, len(out) + 1, last.stage, last.title, last.story, last.minutes, 0, needs, "system", params))


def stages() -> dict[str, tuple[Stop, ...]]:
    """The stops by the name of their stage."""
    names = dict.fromkeys(stop.stage for stop in stops())
    return {name: tuple(stop for stop in stops() if stop.stage == name) for name in names}


def stop(id: str) -> Stop | None:
    """The stop that plays this scenario; None if the path leads elsewhere."""
    return next((each for each in stops() if each.id == id), None)


def ordered(scenarios: Iterable[Scenario]) -> list[Scenario]:
    """Scenarios as a list shows them: those of the path as they stand there, then the others, the easy ones first."""
    levels = tuple(DIFFICULTIES)

    def place(scenario: Scenario) -> tuple[int, int, int, str]:
        here = stop(scenario.id)
        level = levels.index(scenario.difficulty) if scenario.difficulty else len(levels)
        return (here.number if here else len(stops()) + 1, level, len(library.before(scenario.id)), scenario.title)

    return sorted(scenarios, key=place)


def next_after(id: str) -> Stop | None:
    """The stop after this one; None after the last one, and for what is no stop."""
    here = stop(id)
    return stops()[here.number] if here is not None and here.number < len(stops()) else None
