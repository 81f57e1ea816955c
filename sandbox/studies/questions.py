"""The questionnaire "Your system" and the Monday checklist: what `questions.yaml` says, and what a set of answers means in switches.

Answers are written in one word, `design-oauth.api-alg-iss.life-minutes`, which is short enough for a link.  Nothing is run here: which
attacks succeed is found out by `audit.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.core.text import nearest
from sandbox.language import library, table
from sandbox.language.document import Prose, Ref, Scenario, Switches
from sandbox.protocol.cast import CAST, instances
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES, UnknownSetting, value_of

FILE = Path(__file__).with_suffix(".yaml")
MAX_TEXT = 1200  # characters of answers in a link

Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+-[a-z0-9]+(\.[a-z0-9]+-[a-z0-9]+)*$")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,15}$")]
Answers = Mapping[str, tuple[str, ...]]

UNKNOWN = "unknown"  # an answer of every question
PUBLIC = ("app", "mobile")  # clients that cannot keep a secret (RFC 6749 §2.1); the app can, if it has a backend
CERTIFICATES = ("as.mtls_bind", "rs.mtls")


class Without(Form):
    """The parties, attacks (by id) and switches that are left out where an answer is not given."""

    parties: tuple[str, ...] = Field((), strict=False, max_length=5)
    attacks: tuple[str, ...] = Field((), strict=False, max_length=30)
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
    unless: dict[Id, Id] = Field(default_factory=dict)

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
    answers: tuple[Answer, ...] = Field(strict=False, min_length=1, max_length=12)

    @field_validator("answers")
    @classmethod
    def _may_be_unknown(cls, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        return (*answers, Answer(id=UNKNOWN, says="I don't know"))


class Need(Form):
    """Attacks on something that a system lacks while this switch is at its weakest."""

    attacks: tuple[str, ...] = Field(strict=False, min_length=1, max_length=10)
    switch: str
    because: Prose = Field(min_length=1, max_length=80)

    @model_validator(mode="after")
    def _exists(self) -> Self:
        for name, known in ((self.switch, tuple(SWITCHES)), *((attack, library.ids()) for attack in self.attacks)):
            if name not in known:
                raise refuse(f"there is no `{name}`", suggestion(name, known) or "see oauth-sandbox list")
        return self


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
    questions: tuple[Question, ...] = Field(strict=False, min_length=1, max_length=30)
    needs: tuple[Need, ...] = Field((), strict=False, max_length=10)
    renamed: dict[Word, Word] = Field(default_factory=dict, max_length=40)
    monday: tuple[Item, ...] = Field(strict=False, min_length=1, max_length=15)

    @model_validator(mode="after")
    def _conditions_can_hold(self) -> Self:
        before: dict[str, set[str]] = {}
        for question in self.questions:
            for condition in (question.when, *(c for a in question.answers for c in (a.when, a.unless))):
                for name, id in condition.items():
                    if id not in before.get(name, set()):
                        raise refuse(f"`{question.id}` waits for `{name}: {id}`", "name an earlier question and one of its answers")
            before[question.id] = {a.id for a in question.answers}
        for old, new in self.renamed.items():
            for part in new.split("."):
                name, _, answer = part.partition("-")
                if answer not in before.get(name, set()):
                    raise refuse(f"`{old}` became `{part}`, which does not exist", "write QUESTION-ANSWER, with dots between several")
            name, _, answer = old.partition("-")
            if answer in before.get(name, set()):
                raise refuse(f"`{old}` is still an answer", "remove it from `renamed`, or give the new answer another id")
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
    """The questions that these answers leave to be asked, in order: none in which every answer means a switch of another design."""
    full = _full(answers)
    return tuple(q for q in shipped().questions if holds(q.when, full) and _useful(q, answers))


def _full(answers: Answers) -> Answers:
    """The answers, with all parts that are assumed to be there."""
    parts = [q for q in shipped().questions if _parts(q) and _assumed(q, answers)]
    return {**answers, **{q.id: tuple(a.id for a in q.answers) for q in parts}}


def _useful(question: Question, answers: Answers) -> bool:
    plain = [a for a in question.answers if a.profile or a.without or a.switches]
    return any(a in plain for a in offered(question, answers))


def _fits(answer: Answer, answers: Answers) -> bool:
    """Whether the switches of an answer do something in the design that was chosen, and its clients can have what it says."""
    architecture = PROFILES[_profile(answers)].architecture
    certificates = any(name in CERTIFICATES for name in answer.switches)
    return all(architecture in SWITCHES[name].applies for name in answer.switches) and not (certificates and _public(answers))


def _public(answers: Answers) -> bool:
    """Whether some client may be one that cannot keep a key to itself: a page without a backend, or an app on a phone."""
    parts = answers.get("clients", ())
    page = "spa" in parts and "bff" not in answers.get("browser", ())
    return page or "mobile" in parts or "partners" not in parts or UNKNOWN in parts


def _parts(question: Question) -> bool:
    """Whether the question is about what the system consists of."""
    return any(answer.without for answer in question.answers)


def _assumed(question: Question, answers: Answers) -> bool:
    """Whether everything that the question is about is assumed to be there: nothing was said, or it is not known."""
    given = answers.get(question.id, ())
    return not given or UNKNOWN in given


def offered(question: Question, answers: Answers) -> tuple[Answer, ...]:
    """The answers to a question that make sense beside these answers."""
    full = _full(answers)
    fit = (a for a in question.answers if holds(a.when, answers) and _fits(a, answers))
    return tuple(a for a in fit if not (a.unless and holds(a.unless, full)))


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
    found, problems = _said(text)
    return sensible(found), problems


def unasked(text: str) -> tuple[str, ...]:
    """The answers of a link, as `question: answer`, that are left out because a system like this is not asked for them."""
    found, _ = _said(text)
    kept = sensible(found)
    return tuple(f"{name}: {each}" for name, given in found.items() for each in given if each not in kept.get(name, ()))


def _said(text: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The answers of a link as they stand there, and what means nothing."""
    problems: list[str] = []
    if len(text) > MAX_TEXT:
        return {}, ["The link is longer than any set of answers; it was left out."]
    found: dict[str, list[str]] = {}
    for name, given in _parts_of(text):
        question = shipped().question(name)
        if question is None:
            problems.append(_left_out(f"there is no question {name!r}", name, [q.id for q in shipped().questions]))
            continue
        known = [a.id for a in question.answers]
        problems += [_left_out(f"{name!r} has no answer {each!r}", each, known) for each in given if each not in known]
        found.setdefault(name, []).extend(each for each in given if each in known)
    return {name: tuple(given) for name, given in found.items()}, problems


def _parts_of(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each question of a link with its answers; what has another name today comes by that name."""
    for part in filter(None, text.split(".")):
        name, *given = part.split("-")
        yield from ((new, [answer]) for g in given for new, answer in _renamed(f"{name}-{g}"))
        now = [g for g in given if f"{name}-{g}" not in shipped().renamed]
        if now or not given:
            yield name, now


def _renamed(old: str) -> Iterator[tuple[str, str]]:
    """What an answer of an earlier version is today: questions, each with its answer."""
    for word in filter(None, shipped().renamed.get(old, "").split(".")):
        question, _, answer = word.partition("-")
        yield question, answer


def _left_out(what: str, word: str, known: list[str]) -> str:
    said = f"Part of the link was left out: {what[:120]}{nearest(word[:40], known)}"
    return said if said.endswith("?") else f"{said}."


# ---------------------------------------------------------------- what they mean


@dataclass(frozen=True, slots=True)
class System:
    """A system to be audited: its setting, and what is not part of it (party, attack or switch -> why, sorted).

    `unknown`: the questions whose answer nobody knows.  In `settings` what they ask about is at its weakest, and in `at_best` as it
    should be (None where all is known).  `found`: ways to the goal of an attack (its id) that no file tells.
    """

    settings: Settings
    absent: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    at_best: Settings | None = None
    found: tuple[tuple[str, Scenario], ...] = ()

    @property
    def clients(self) -> tuple[str, ...]:
        """The clients that it has; the app if it is not said which."""
        gone = {name for name, _ in self.absent}
        return tuple(c for c in instances("client") if c not in gone) or instances("client")[:1]

    def under(self, settings: Settings) -> System:
        """The same system in other settings, all of them known."""
        return System(settings, self.absent, found=self.found)

    def lacks(self, attack: str) -> str:
        """Why an attack is pointless with these settings: what it is about is not there.  '' if it is."""
        needs = (n for n in shipped().needs if attack in n.attacks)
        return next((n.because for n in needs if self.settings.value(n.switch) == SWITCHES[n.switch].values[0]), "")

    def allows(self, switches: Iterable[str]) -> bool:
        """Whether changing these switches makes sense here: certificates are for clients that can keep a key to themselves."""
        gone = {name for name, _ in self.absent}
        public = [c for c in self.clients if c in PUBLIC and not (c == "app" and self.settings.value("client.bff") == "on")]
        return not any(switch in gone or (public and switch in CERTIFICATES) for switch in switches)


def system(answers: Answers) -> System:
    """What these answers mean.  A switch that is asked about is at its weakest unless an answer says otherwise."""
    questions = asked(answers)
    profile = _profile(answers)
    weak = {name: SWITCHES[name].values[0] for q in questions for a in q.answers for name in a.switches}
    said = {name: value for q in questions for a in _given(q, answers) for name, value in a.switches.items()}
    unknown = tuple(q.id for q in questions if UNKNOWN in answers.get(q.id, ()))
    settings = Settings.of(profile, weak | said)
    at_best = _at_best(settings, [q for q in questions if q.id in unknown]) if unknown else None
    return System(settings, tuple(sorted(_absent(answers))), unknown, at_best)


def _at_best(settings: Settings, unknown: Iterable[Question]) -> Settings:
    """The settings with all that is not known as the strongest profile of the design has it; that profile, if the design is not known."""
    usual = [p.name for p in PROFILES.values() if p.architecture == settings.architecture][-1]
    if any(a.profile for q in unknown for a in q.answers):
        return Settings.of(list(PROFILES)[-1])
    names = {name for q in unknown for a in q.answers for name in a.switches}
    return settings.at_least({n: Settings.of(usual).value(n) for n in names if settings.architecture in SWITCHES[n].applies})


def _given(question: Question, answers: Answers) -> Iterator[Answer]:
    return (a for a in question.answers if a.id in answers.get(question.id, ()))


def _profile(answers: Answers) -> str:
    """The design that was chosen; the first where none was."""
    designs = [(q, a) for q in shipped().questions for a in q.answers if a.profile]
    return next((a.profile for q, a in designs if a.id in answers.get(q.id, ())), designs[0][1].profile)


def _absent(answers: Answers) -> Iterator[tuple[str, str]]:
    """What is not part of the system; of a question without an answer all is assumed to be there."""
    for question in asked(answers):
        if not _assumed(question, answers):
            for answer in question.answers:
                if answer.without and answer.id not in answers.get(question.id, ()):
                    yield from ((name, answer.without.because) for name in answer.without.names)


def unanswered(answers: Answers) -> tuple[Question, ...]:
    """The questions that were asked and got no answer: each counts as no, unlike "I don't know"."""
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
