"""Findings: what is seen in a file, what is seen to be absent, and what cannot be seen from there, each with its evidence.

The words, sections, attacks and meanings stand in findings.yaml; rules say only that a row applies, in which words, and where.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.core.text import clean
from sandbox.language import library, table
from sandbox.language.document import Ref
from sandbox.protocol.checks import CHECKS
from sandbox.studies import questions

FILE = Path(__file__).with_name("findings.yaml")
LONGEST = 200  # characters of a value that is shown as evidence
MOST_EVIDENCE = 12  # places of one finding

Tone = Literal["good", "bad", "note"]
State = Literal["seen", "absent"]
TONES: tuple[Tone, ...] = ("bad", "note", "good")


class Row(Form):
    """One kind of finding."""

    title: str = Field(min_length=1, max_length=90)
    tone: Tone
    state: State = "seen"
    check: str = ""
    should: str = Field("", max_length=160)
    ref: Ref
    attacks: tuple[str, ...] = Field((), strict=False, max_length=6)
    follows: tuple[str, ...] = Field((), strict=False, max_length=4)
    refutes: tuple[str, ...] = Field((), strict=False, max_length=4)
    half: dict[str, str] = Field(default_factory=dict, max_length=4)
    caveat: str = ""
    grave: bool = False  # gives everything away at once, whatever attacks are told of it

    @model_validator(mode="after")
    def _exists(self) -> Self:
        if (self.check in CHECKS) == bool(self.should):
            raise refuse("a row has a check of checks.py, or a sentence of its own", suggestion(self.check, CHECKS) or "write `should`")
        known = {f"{q.id}-{a.id}" for q in questions.shipped().questions for a in q.answers}
        named = (*((a, library.ids()) for a in self.attacks), *((a, tuple(known)) for a in (*self.follows, *self.refutes, *self.half)))
        for name, among in named:
            if name not in among:
                raise refuse(f"there is no `{name}`", suggestion(name, among) or "see questions.yaml and oauth-sandbox list")
        return self

    @property
    def sentence(self) -> str:
        """What must be so."""
        return CHECKS[self.check].sentence if self.check else self.should


class Unseen(Form):
    """Something that such a file cannot show: why, where to look, and with which command."""

    id: str
    asks: str
    why: str
    look: str
    curl: str = ""
    answers: tuple[str, ...] = Field(strict=False, max_length=10)


class Table(Form):
    """The whole file."""

    findings: dict[str, Row] = Field(max_length=300)
    unseen: tuple[Unseen, ...] = Field(strict=False, max_length=30)


@memo("table", 1)
def shipped() -> Table:
    """The table that comes with the sandbox."""
    return table.loads(Table, FILE.read_bytes(), FILE.name)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in a file: an entry of a recording, counted from 0, or a path in a document (`$.clients[0]`)."""

    at: str
    entry: int | None = None
    value: str = ""
    file: str = ""

    @property
    def place(self) -> str:
        """In words: `entry 14, request.postData`."""
        where = self.at if self.entry is None else f"entry {self.entry}, {self.at}" if self.at else f"entry {self.entry}"
        return f"{self.file}: {where}" if self.file else where


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of the table that applies, in the words of this file.  `tone` is the row's if nothing else is said."""

    id: str
    says: str
    evidence: tuple[Evidence, ...] = ()
    tone: Tone = field(default="note")
    files: tuple[str, ...] = ()

    @property
    def row(self) -> Row:
        return shipped().findings[self.id]

    def of(self, file: str) -> Finding:
        """The same finding, with the name of the file at each place."""
        return replace(self, evidence=tuple(replace(e, file=file) for e in self.evidence), files=(file,))


def found(id: str, says: str, evidence: Iterable[Evidence] = (), tone: Tone | None = None) -> Finding:
    """A finding in words, which may hold text from the file."""
    places = tuple(replace(e, value=clean(e.value, LONGEST)) for e in dict.fromkeys(evidence))[:MOST_EVIDENCE]
    return Finding(id, clean(says, 600), places, tone or shipped().findings[id].tone)


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with what is said twice said once, at all its places."""
    known: dict[tuple[str, str, Tone], Finding] = {}
    for f in findings:
        before = known.get((f.id, f.says, f.tone))
        places = tuple(dict.fromkeys((*before.evidence, *f.evidence)))[:MOST_EVIDENCE] if before else f.evidence
        known[f.id, f.says, f.tone] = replace(f, evidence=places)
    return list(known.values())


def by_tone(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first; of the same tone, what gives everything away, then what opens more attacks."""
    return sorted(findings, key=lambda f: (TONES.index(f.tone), not f.row.grave, -len(f.row.attacks)))


def worst(findings: Iterable[Finding], most: int = 3) -> list[Finding]:
    """The findings to begin with, each of another kind: several files may show the same."""
    kinds = {f.id: f for f in reversed(by_tone(findings)) if f.tone == "bad"}
    return by_tone(kinds.values())[:most]


Values = Mapping[str, object]
