"""The words about a team's own files: the same for a terminal, a document and a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sandbox.core.text import plural
from sandbox.language import library
from sandbox.reality import answers
from sandbox.reality.answers import Drawer, Said
from sandbox.reality.finding import Finding, Tone
from sandbox.reality.inspection import Inspection
from sandbox.reality.resemblance import Beside
from sandbox.studies import questions

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
    return f"It resembles the lesson “{title}” most ({same}). First difference: {beside.difference}."


def should(finding: Finding) -> str:
    """What must be so, and where it is written."""
    return f"{finding.row.sentence} {finding.row.ref}"


def where(finding: Finding, most: int = 4) -> str:
    """The places of a finding."""
    shown = [e.place + (f" = {e.value}" if e.value and len(e.value) < 60 else "") for e in finding.evidence[:most]]
    more = len(finding.evidence) - len(shown)
    return "; ".join([*shown, *([f"and {plural(more, 'more place')}"] if more > 0 else [])])


def opens(finding: Finding) -> list[tuple[str, str]]:
    """The attacks that a finding opens: id and title."""
    return [(id, library.get(id).title) for id in finding.row.attacks] if finding.tone != "good" else []


def of_tone(findings: Iterable[Finding], tone: Tone) -> list[Finding]:
    """The findings of one tone; those that open more attacks first."""
    return sorted((f for f in findings if f.tone == tone), key=lambda f: -len(f.row.attacks))


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
    place = next((e.place for f in said.findings for e in f.evidence), "")
    return f"“{says}” {DRAWERS[said.drawer][1]}: {said.why}{f' (from {place})' if place else ''}"
