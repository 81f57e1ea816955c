"""What a room shows: the entries of its playlist, their runs, and how much of a run may be seen before a question is revealed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any

from sandbox.core.memo import memo
from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.engine.result import Run
from sandbox.protocol.defences import said
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import UnknownSetting
from sandbox.room.commands import Refused
from sandbox.room.model import Option, Position
from sandbox.views import quiz
from sandbox.views.stepper import closed as closing
from sandbox.views.stepper import document
from sandbox.views.stepper.closed import questions as asked_in
from sandbox.workshop.program import Entry, Workshop, opened

MOST_OPTIONS = 8

Doc = dict[str, Any]


@memo("run", 64)
def played(case: Case) -> Run:
    return simulation.run_case(case)


@memo("run", 64)
def _whole(case: Case) -> Doc:
    """The document of a run; the room's questions belong to the item's own setting, so that another one asks nothing."""
    return document((played(case),))


@memo("run", 128)
def _packed(case: Case, opened: tuple[str, ...], asks: bool) -> bytes:
    """The document until the first question that is not among these keys, as compressed JSON: the same for all who may see as much."""
    doc = _whole(case)
    if asks:
        doc = closing(doc, {key: q["right"] for key, q in asked_in(doc).items() if key in opened})
    else:
        steps = {name: told | {"questions": []} for name, told in doc["panes"][0]["steps"].items()}
        doc = doc | {"panes": [doc["panes"][0] | {"steps": steps}], "open": None}
    shown = doc | {"editable": False, "answers": {}}
    return gzip.compress(json.dumps(shown, separators=(",", ":")).encode(), 6, mtime=0)


class Stage:
    """The entries of these files, in order, from item 1 on."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.workshop: Workshop = opened(dict(files))
        self.entries: tuple[Entry, ...] = self.workshop.entries

    def entry(self, item: int) -> Entry:
        """Raises Refused."""
        if not 1 <= item <= len(self.entries):
            raise Refused("There is no such item.")
        return self.entries[item - 1]

    def settings(self, position: Position) -> Settings:
        """The setting of a position.  Raises Refused."""
        if not position.profile:
            return self.entry(position.item).settings
        try:
            return Settings.of(position.profile, dict(position.changes))
        except UnknownSetting as error:
            raise Refused(f"There is no such setting: {str(error)[:300]}.") from None

    def case(self, position: Position) -> Case:
        """Raises Refused."""
        return Case(self.entry(position.item).scenario, self.settings(position))

    def questions(self, item: int) -> dict[str, quiz.Doc]:
        """The questions of an item by their keys, in the order in which they are asked.  Raises Refused."""
        entry = self.entry(item)
        return asked_in(_whole(Case(entry.scenario, entry.settings)))

    def warm(self) -> None:
        """Make what will be shown, so that nobody waits for it when the room comes there."""
        for item in range(1, len(self.entries) + 1):
            self.questions(item)

    def fits(self, item: int, key: str, said: str) -> bool:
        """Whether this can be an answer to that question, right or wrong.  Raises Refused."""
        question = self.questions(item).get(key)
        return question is not None and quiz.fits(question, said)

    def shown(self, position: Position, opened: tuple[str, ...]) -> bytes:
        """The run at a position, up to the first question that is not opened; compressed.  Raises Refused."""
        case = self.case(position)
        return _packed(case, opened, case.settings == self.entry(position.item).settings)

    def run(self, item: int) -> Run:
        """The run of an item in its own setting.  Raises Refused."""
        entry = self.entry(item)
        return played(Case(entry.scenario, entry.settings))

    def outcome(self, position: Position) -> str:
        """The word for how the run at a position ends.  Raises Refused."""
        return str(played(self.case(position)).verdict.word)

    def options(self, item: int) -> tuple[Option, ...]:
        """What can be voted for at an attack that works in the item's setting: the defences that its file names.  Raises Refused."""
        entry = self.entry(item)
        if self.run(item).verdict.word not in ("succeeded", "limited"):
            return ()
        named = [each.switches for each in entry.scenario.blocked_by] + [each.switches for each in entry.scenario.limited_by]
        tried = [(said(switches), entry.settings.at_least(dict(switches))) for switches in named]
        found = [
            Option(says=says[:300], profile=settings.profile, changes=tuple(settings.changes))
            for says, settings in tried
            if settings != entry.settings
        ]
        return tuple({option.says: option for option in found}.values())[:MOST_OPTIONS]
