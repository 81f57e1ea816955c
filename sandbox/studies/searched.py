"""Cells of the matrix around which an attacker who adapts has looked before: in the profiles, whatever the machine, the answer is the same.

It stands in `searched.json`, because it takes minutes; the file is written by `python -m tests.tools.regenerate_searched`, and searched
for again by `make long`.  Each entry names what it was found with: where attacks, the honest day or switches have changed since, it
counts for nothing, and the page looks for itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.attacker import question
from sandbox.core.memo import memo
from sandbox.engine.case import Case
from sandbox.engine.result import digest
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.studies import adaptive, basis, ways
from sandbox.studies.adaptive import BOUND, Looked

FILE = Path(__file__).with_suffix(".json")
MADE_BY = "python -m tests.tools.regenerate_searched"

Place = tuple[str, str]  # the ids of an attack and of a profile


@dataclass(frozen=True, slots=True)
class Entry:
    """What was found at one place; `of`: with what (`source`)."""

    of: str
    looked: Looked


def blocked(attacks: Iterable[Scenario]) -> list[Place]:
    """The cells of profiles around which it makes sense to look, in the order of the table."""
    every = [(attack, profile) for attack in attacks for profile in PROFILES]
    return [(a.id, profile) for a, profile in every if ways.tried(Case(a, Settings.of(profile))).word in basis.OPEN]


def look(place: Place) -> Entry:
    """Search around one cell."""
    attack, profile = place
    return Entry(source(place), adaptive.looked_for(attack, adaptive.known(library.get(attack)), Settings.of(profile)))


def source(place: Place) -> str:
    """Eight hex digits that stand for what the search around a cell depends on, but the code: scripts, day, setting and bound."""
    attack, profile = place
    stories = (*adaptive.known(library.get(attack)), question.day())
    done = ((s.id, s.setting, s.needs, s.goal, s.attacker, [(p.id, p.do, p.args, p.optional) for p in s.steps]) for s in stories)
    values = [(name, Settings.of(profile).value(name)) for name in SWITCHES]
    return digest("\n".join(map(repr, (*done, values, BOUND))))


def known(attack: str, settings: Settings) -> Looked | None:
    """What the file says of this cell; None if it says nothing, or what it says is no longer about what is here."""
    place = (attack, settings.profile)
    entry = shipped().get(place) if not settings.changes else None
    return entry.looked if entry is not None and entry.of == _source(place) else None


@memo("table", 1)
def shipped() -> dict[Place, Entry]:
    """What was found before.  To be read only."""
    return read(FILE.read_text(encoding="utf-8"))


@memo("table", 1_000)
def _source(place: Place) -> str:
    return source(place)


# ---------------------------------------------------------------- the file


def written(entries: Iterable[tuple[Place, Entry]]) -> str:
    """The file: one cell a line, the same bytes for the same answers."""
    lines = ",\n".join(json.dumps(_plain(place, entry)) for place, entry in entries)
    return f'{{"made_by": {json.dumps(MADE_BY)}, "cells": [\n{lines}\n]}}\n'


def _plain(place: Place, entry: Entry) -> dict[str, object]:
    looked = entry.looked
    found = [{"id": way.id, "scenario": way.source} for way in looked.ways]
    far = {"changes": looked.changes, "states": looked.states, "moves": looked.moves, "exhausted": looked.exhausted}
    return {"attack": place[0], "profile": place[1], "of": entry.of, **far} | ({"ways": found} if found else {})


def read(text: str) -> dict[Place, Entry]:
    """What such a file says; of attacks and profiles that are gone, nothing."""
    cells = json.loads(text)["cells"]
    return {
        (cell["attack"], cell["profile"]): _entry(cell) for cell in cells if cell["attack"] in library.ids() and cell["profile"] in PROFILES
    }


def _entry(cell: dict[str, object]) -> Entry:
    found: tuple[Scenario, ...] = tuple(loads(way["scenario"], f"{way['id']}.yaml") for way in cell.get("ways", ()))  # type: ignore[attr-defined]
    return Entry(str(cell["of"]), Looked(**{name: cell[name] for name in ("states", "moves", "exhausted", "changes")}, ways=found))  # type: ignore[arg-type]
