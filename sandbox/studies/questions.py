"""The questionnaire "Your system" and the Monday checklist: what `questions.yaml` says, and what a set of answers means in switches.

Answers are written in one word, `design-oauth.api-alg-iss.life-minutes`, which is short enough for a link.  Nothing is run here: which
attacks succeed is found out by `audit.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.core.text import nearest
from sandbox.language import library, table
from sandbox.language.document import Prose, Ref, Scenario, Switches
from sandbox.protocol.cast import CAST
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES, UnknownSetting, value_of

FILE = Path(__file__).with_suffix(".yaml")
MAX_TEXT = 1200  # characters of answers in a link

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,15}$")]
Answers = Mapping[str, tuple[str, ...]]


class Without(Form):
    """The parties, attacks (by id) and switches that are left out where an answer is not given."""

    parties: tuple[str, ...] = Field((), strict=False, max_length=5)
    attacks: tuple[str, ...] = Field((), strict=False, max_length=20)
    switches: tuple[str, ...] = Field((), strict=False, max_length=10)
    because: Prose = Field(min_length=1, max_length=80)

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.parties, *self.attacks, *self.switches)

    @model_validator(mode="after")
    def _exists(self) -> Self:
        for names, known in ((self.parties, tuple(CAST)), (self.attacks, library.ids()), (self.switches, tuple(SWITCHES))):
            for name in names:
                if name not in known:
                    raise refuse(f"there is no `{name}`", suggestion(name, known) or "see oauth-sandbox list")
        return self


class Answer(Form):
    """One thing that can be said; `profile` only where the question is about the design."""

    id: Id
    says: Prose = Field(min_length=1, max_length=90)
    profile: str = ""
    switches: Switches = Field(default_factory=dict)
    without: Without | None = None
    when: dict[Id, Id] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if self.profile and self.profile not in PROFILES:
            raise refuse(f"there is no profile `{self.profile}`", f"write one of {', '.join(PROFILES)}")
        _known(self.switches)
        return self


class Question(Form):
    """One question; `many` if several answers can be true at once."""

    id: Id
    asks: Prose = Field(min_length=1, max_length=90)
    about: Prose = Field(min_length=1, max_length=160)
    many: bool = False
    when: dict[Id, Id] = Field(default_factory=dict)
    answers: tuple[Answer, ...] = Field(strict=False, min_length=1, max_length=10)


class Item(Form):
    """Something to do on Monday.  Done where all its switches are at least so strong, or all those of `instead`."""

    id: Id
    do: Prose = Field(min_length=1, max_length=80)
    how: Prose = Field(min_length=1, max_length=160)
    switches: Switches
    instead: Switches = Field(default_factory=dict)
    design: str = ""
    refs: tuple[Ref, ...] = Field(strict=False, min_length=1, max_length=3)

    @model_validator(mode="after")
    def _exists(self) -> Self:
        _known(self.switches | self.instead)
        return self


class Questionnaire(Form):
    """The whole page."""

    title: Prose
    about: Prose
    questions: tuple[Question, ...] = Field(strict=False, min_length=1, max_length=20)
    monday: tuple[Item, ...] = Field(strict=False, min_length=1, max_length=15)

    @model_validator(mode="after")
    def _conditions_can_hold(self) -> Self:
        before: dict[str, set[str]] = {}
        for question in self.questions:
            for condition in (question.when, *(a.when for a in question.answers)):
                for name, id in condition.items():
                    if id not in before.get(name, set()):
                        raise refuse(f"`{question.id}` waits for `{name}: {id}`", "name an earlier question and one of its answers")
            before[question.id] = {a.id for a in question.answers}
        return self

    def question(self, id: str) -> Question | None:
        return next((q for q in self.questions if q.id == id), None)


def _known(switches: Switches) -> None:
    for name, value in switches.items():
        try:
            value_of(name, value)
        except UnknownSetting as error:
            raise refuse(str(error), "see oauth-sandbox switches") from None


def loads(text: str | bytes, name: str = FILE.name) -> Questionnaire:
    """The questionnaire from text.  ScenarioError, with line and column."""
    return table.loads(Questionnaire, text, name)


@memo("table", 1)
def shipped() -> Questionnaire:
    """The questionnaire that comes with the sandbox."""
    return loads(FILE.read_bytes())


# ---------------------------------------------------------------- answers, and their one-word form


def holds(when: Mapping[str, str], answers: Answers) -> bool:
    """Whether a condition is met: each answer that it names has been given."""
    return all(wanted in answers.get(question, ()) for question, wanted in when.items())


def asked(answers: Answers) -> tuple[Question, ...]:
    """The questions that these answers leave to be asked, in order."""
    page = shipped()
    assumed = {q.id: tuple(a.id for a in q.answers) for q in page.questions if _parts(q)} if _assumes_all(answers) else {}
    return tuple(q for q in page.questions if holds(q.when, {**answers, **assumed}))


def _parts(question: Question) -> bool:
    """Whether the question is about what the system consists of."""
    return any(answer.without for answer in question.answers)


def _assumes_all(answers: Answers) -> bool:
    """Whether nothing was said about the parts, so that all are assumed to be there."""
    return not any(answers.get(q.id) for q in shipped().questions if _parts(q))


def offered(question: Question, answers: Answers) -> tuple[Answer, ...]:
    """The answers to a question that make sense beside these answers."""
    return tuple(a for a in question.answers if holds(a.when, answers))


def sensible(answers: Answers) -> dict[str, tuple[str, ...]]:
    """The same answers without those to questions that are not asked; each in the order of the file."""
    out: dict[str, tuple[str, ...]] = {}
    for question in shipped().questions:
        given = answers.get(question.id, ())
        chosen = tuple(a.id for a in offered(question, out | {k: v for k, v in answers.items() if k not in out}) if a.id in given)
        chosen = chosen if question.many else chosen[:1]
        if chosen and question in asked(out | {question.id: chosen}):
            out[question.id] = chosen
    return out


def written(answers: Answers) -> str:
    """The answers in one word for a link: `design-oauth.api-alg-iss`."""
    return ".".join("-".join((question, *given)) for question, given in answers.items() if given)


def parse(text: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The answers of a link, and a sentence for each part of it that means nothing."""
    problems: list[str] = []
    if len(text) > MAX_TEXT:
        return {}, ["The link is longer than any set of answers; it was left out."]
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, text.split(".")):
        name, *given = part.split("-")
        question = shipped().question(name)
        if question is None:
            problems.append(_left_out(f"there is no question {name!r}", name, [q.id for q in shipped().questions]))
            continue
        known = [a.id for a in question.answers]
        problems += [_left_out(f"{name!r} has no answer {each!r}", each, known) for each in given if each not in known]
        found[name] = tuple(each for each in given if each in known)
    return sensible(found), problems


def _left_out(what: str, word: str, known: list[str]) -> str:
    said = f"Part of the link was left out: {what[:120]}{nearest(word[:40], known)}"
    return said if said.endswith("?") else f"{said}."


# ---------------------------------------------------------------- what they mean


@dataclass(frozen=True, slots=True)
class System:
    """A system to be audited: its setting, and the parties, attacks and switches that it lacks (each with the reason, sorted)."""

    settings: Settings
    absent: tuple[tuple[str, str], ...] = ()

    def excludes(self, attack: Scenario, parties: tuple[str, ...]) -> str:
        """Why an attack cannot happen here; '' if it can.  `parties`: who takes part in it."""
        return next((why for name, why in self.absent if name == attack.id or name in parties), "")

    def allows(self, switches: Iterable[str]) -> bool:
        """Whether changing these switches makes sense here."""
        gone = {name for name, _ in self.absent}
        return not any(switch in gone for switch in switches)


def system(answers: Answers) -> System:
    """What these answers mean.  A switch that is asked about is at its weakest unless an answer says otherwise."""
    questions = asked(answers)
    profile = next((a.profile for q in questions for a in _given(q, answers) if a.profile), _profiles()[0])
    weak = {name: SWITCHES[name].values[0] for q in questions for a in q.answers for name in a.switches}
    said = {name: value for q in questions for a in _given(q, answers) for name, value in a.switches.items()}
    return System(Settings.of(profile, weak | said), () if _assumes_all(answers) else tuple(sorted(_absent(answers))))


def _given(question: Question, answers: Answers) -> Iterator[Answer]:
    return (a for a in question.answers if a.id in answers.get(question.id, ()))


def _profiles() -> list[str]:
    """The designs that can be chosen; the first is taken where nothing was."""
    return [a.profile for q in shipped().questions for a in q.answers if a.profile]


def _absent(answers: Answers) -> Iterator[tuple[str, str]]:
    for question in asked(answers):
        for answer in question.answers:
            if answer.without and answer.id not in answers.get(question.id, ()):
                yield from ((name, answer.without.because) for name in answer.without.names)


def unanswered(answers: Answers) -> tuple[Question, ...]:
    """The questions that were asked and got no answer: each counts as no."""
    return tuple(q for q in asked(answers) if not answers.get(q.id))


# ---------------------------------------------------------------- Monday


def done(item: Item, settings: Settings) -> bool:
    """Whether these settings have all that an item of the checklist asks for."""
    if item.design and PROFILES[item.design].architecture != settings.architecture:
        return False
    ways = [_applicable(way, settings) for way in (item.switches, item.instead) if way]
    return any(way and settings.at_least(way) == settings for way in ways)


def possible(item: Item, settings: Settings) -> dict[str, str]:
    """The switches of an item that do something in this design; none if the item means another design."""
    return _applicable(item.switches, settings)


def _applicable(switches: Switches, settings: Settings) -> dict[str, str]:
    return {n: v for n, v in switches.items() if settings.architecture in SWITCHES[n].applies}
