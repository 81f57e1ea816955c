"""The words about a team's own files: the same for a terminal, a document and a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from sandbox.core.text import plural
from sandbox.language import library
from sandbox.reality import answers
from sandbox.reality.answers import Drawer, Said
from sandbox.reality.differing import Difference
from sandbox.reality.finding import Evidence, Finding, Tone, by_tone
from sandbox.reality.inspection import Inspection
from sandbox.reality.resemblance import Beside
from sandbox.studies import questions
from sandbox.studies.questions import Answers, Question

MARKS: dict[Tone, str] = {"bad": "✗", "note": "•", "good": "✓"}
GROUPS: tuple[tuple[Tone, str], ...] = (("bad", "Weak"), ("note", "Worth knowing"), ("good", "Good"))
DRAWERS: dict[Drawer, tuple[str, str]] = {
    "follows": ("✓", "follows from the files"),
    "refuted": ("✗", "the files show the contrary"),
    "half": ("½", "only a half of it is seen"),
    "open": ("?", "not in the files"),
}
HONEST = (
    "“Not seen” is not “absent”, and what is supported is not required: a tick is made only where the evidence carries the whole answer."
)
SAME = "Nothing that is looked at differs."
UNSEEN = "What these files cannot show, and where to look"
NOTHING_KEPT = "Secrets and personal data are replaced before anything else is done. Nothing is fetched, and nothing is kept."


def headline(found: Inspection) -> str:
    """The result in a line."""
    bad = sum(f.tone == "bad" for f in found.findings)
    return (
        f"{plural(bad, 'weak point')} in {plural(len(found.files), 'file')}"
        if bad
        else f"No weak point seen in {plural(len(found.files), 'file')}"
    )


def files(found: Inspection) -> Iterator[str]:
    """What each file is."""
    for file in found.files:
        entries = (
            f", {plural(file.source.entries, 'entry', 'entries')} by {file.source.creator or 'an unnamed tool'}"
            if file.kind == "recording"
            else ""
        )
        yield f"{file.name}: {file.kind}{entries}"


def drawn(found: Inspection) -> str:
    """How much of the recording is in the drawing."""
    if found.recorded is None:
        return ""
    rest = found.recorded.left_out
    return f"{plural(found.recorded.drawn, 'exchange')} of the login; {plural(rest, 'other', 'others')} left out as noise or repetition."


def likeness(beside: Beside | None) -> str:
    """Which lesson the login resembles, by which measure."""
    if beside is None:
        return "It resembles none of the lessons enough to be laid beside one."
    title, same = beside.lesson.scenario.title, f"{beside.measure:.0%} of the steps in the same order"
    figure = f"{beside.figure.name} of the article ({beside.figure.shows}), here " if beside.figure else ""
    return f"It resembles {figure}the lesson “{title}” most ({same}). First difference: {beside.difference}."


def should(finding: Finding) -> str:
    """What must be so, and where it is written."""
    return f"{finding.row.sentence} {finding.row.ref}"


def where(finding: Finding, most: int = 4) -> str:
    """The places of a finding."""
    return "; ".join(place for place, _ in places(finding, lambda _: 0, most))


def places(finding: Finding, step: Callable[[Evidence], int], most: int = 4) -> list[tuple[str, int]]:
    """The places of a finding, each with the step of the drawing that it is at, or 0."""
    shown = finding.evidence[:most]
    more = len(finding.evidence) - len(shown)
    out = [(e.place + (f" = {e.value}" if e.value and len(e.value) < 60 else ""), step(e)) for e in shown]
    return [*out, *([(f"and {plural(more, 'more place')}", 0)] if more > 0 else [])]


def opens(finding: Finding) -> list[tuple[str, str]]:
    """The attacks that a finding opens: id and title."""
    return [(id, library.get(id).title) for id in finding.row.attacks] if finding.tone != "good" else []


def of_tone(findings: Iterable[Finding], tone: Tone) -> list[Finding]:
    """The findings of one tone, the worst first."""
    return [f for f in by_tone(findings) if f.tone == tone]


def answered(found: Inspection) -> list[tuple[str, list[tuple[Said, str]]]]:
    """Each question that the files say something about, with what they say about its answers, each with the answer's own words."""
    said = answers.because(found.findings, found.answers)
    out = []
    for question in questions.shipped().questions:
        texts = {a.id: a.says for a in question.answers}
        if question.id in said:
            out.append((question.asks, [(s, texts[s.answer]) for s in said[question.id]]))
    return out


def about(found: Inspection) -> tuple[Said, ...]:
    """What the files say about every answer."""
    return answers.said(found.findings)


def told(said: Said) -> str:
    """What the files say about an answer, with its words and the first place."""
    question = questions.shipped().question(said.question)
    says = next((a.says for a in question.answers if a.id == said.answer), said.answer) if question else said.answer
    return f"“{says}” {DRAWERS[said.drawer][1]}: {said.why}{origin(said)}"


def origin(said: Said) -> str:
    """The first place from which it is known."""
    place = next((e.place for f in said.findings for e in f.evidence), "")
    return f" (from {place})" if place else ""


def asked(found: Inspection) -> list[str]:
    """The questions of which the files say nothing that settles an answer: they are for a person."""
    settled = {s.question for s in about(found) if s.drawer in ("follows", "refuted")}
    return [q.asks for q in questions.asked(found.answers) if q.id not in settled]


def grounds(found: Inspection, answers: Answers) -> dict[str, list[str]]:
    """For each question, in its words: on what its answers rest, and what the files say against them."""
    return {q.asks: list(_grounds(q, found, answers.get(q.id, ()))) for q in questions.asked(answers)}


def _grounds(question: Question, found: Inspection, given: Sequence[str]) -> Iterator[str]:
    said = {s.answer: s for s in about(found) if s.question == question.id}
    follows = next((s for s in said.values() if s.drawer == "follows"), None)
    for answer in question.answers:
        s = said.get(answer.id)
        if s is None or answer.id not in given:
            continue
        against = s if s.drawer == "refuted" else follows if follows and not question.many and s.drawer != "follows" else None
        if against is not None:
            yield f"The files show the contrary of “{answer.says}”: {against.why}{origin(against)}"
        elif s.drawer == "follows":
            yield f"Seen: {s.why}{origin(s)}"
        elif s.drawer == "half":
            yield f"Only a half of “{answer.says}” is seen: {s.why}{origin(s)}"
        else:
            yield f"Not in the files: “{answer.says}” is what you say"


def opened_by(found: Inspection, attack: str) -> list[str]:
    """What was seen that opens an attack, each with its first place."""
    these = [f for f in found.findings if f.tone != "good" and attack in f.row.attacks]
    return [f"{f.says}{f' ({f.evidence[0].place})' if f.evidence else ''}" for f in these]


def changed(difference: Difference) -> tuple[str, str]:
    """A difference in a mark and in a word: what became better, worse, or is only otherwise."""
    return {True: ("✓", "better"), False: ("✗", "worse"), None: ("•", "otherwise")}[difference.better]
