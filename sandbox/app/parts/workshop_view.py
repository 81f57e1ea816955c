"""What a visitor of the workshop looks at: which entry, in which setting, with which answers; and what a link says of it.

Small workshops travel in the link, files and all, so that it opens the same in a fresh browser; the files of larger ones stay in
the session.  Nothing is drawn here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from sandbox.app import state
from sandbox.app.state import View
from sandbox.core.text import quoted
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.views.quiz import SEVERAL
from sandbox.workshop import archive

SHORT = {"a": "accepted", "r": "refused"}
MAX_ANSWERS = 200
KEY = re.compile(r"[^.]{1,40}(\.[1-9])?")  # of a question: a step, and which of its further ones


@dataclass(frozen=True)
class WorkshopView(View):
    """`own` is the setting of the entry; `files` is the link's word for the files, `record` that for a recording; `fresh`: just read from a
    link."""

    item: int = 1
    answers: tuple[tuple[int, str, str], ...] = ()
    predict: bool = False
    present: bool = False
    files: str = ""
    record: str = ""
    own: Settings | None = None
    fresh: bool = False

    def base(self, scenario: Scenario) -> Settings:
        return Settings.of(self.profile) if self.profile else self.own or scenario.settings

    def params(self) -> dict[str, str]:
        said = {
            "item": str(self.item) if self.item > 1 else "",
            "answers": ",".join(f"{n}.{key}.{_brief(key, answer)}" for n, key, answer in self.answers),
            "predict": "1" if self.predict else "",
            "present": "1" if self.present else "",
            "files": self.files,
            "record": self.record,
        }
        return super().params() | {name: value for name, value in said.items() if value}

    def at(self, item: int) -> WorkshopView:
        """Another entry, in its own setting."""
        return replace(self, item=item, profile="", changes=(), claim="", own=None)

    def answered(self, item: int, key: str, answer: str) -> WorkshopView:
        kept = tuple(a for a in self.answers if a[:2] != (item, key))
        return replace(self, answers=(*kept, (item, key, answer))[:MAX_ANSWERS])

    def answers_of(self, item: int) -> dict[str, str]:
        """Key of a question -> what the learner answered."""
        return {key: answer for n, key, answer in self.answers if n == item}


def parse(params: Mapping[str, str]) -> tuple[WorkshopView, list[str]]:
    """The view that an address means, and a sentence for each part of it that means nothing."""
    base, problems = state.parse({k: v for k, v in params.items() if k != "scenario"})
    said = params.get("item", "")
    if said and not (said.isascii() and said.isdigit() and 1 <= int(said[:6]) <= archive.MAX_FILES):
        problems.append(f"There is no entry {quoted(said)}; this is the first.")
        said = ""
    inherited = {f.name: getattr(base, f.name) for f in fields(View)}
    view = WorkshopView(**inherited, item=int(said or 1), files=params.get("files", ""), record=params.get("record", ""), fresh=True)
    answers = tuple(_answers(params.get("answers", ""), problems))
    return replace(view, answers=answers, predict=params.get("predict") == "1", present=params.get("present") == "1"), problems


def _answers(text: str, problems: list[str]) -> list[tuple[int, str, str]]:
    out: list[tuple[int, str, str]] = []
    for part in [p for p in text.split(",")[:MAX_ANSWERS] if p]:
        number, _, rest = part.partition(".")
        key, _, answer = rest.rpartition(".")
        said = answer if "." in key else SHORT.get(answer, "")
        if number.isascii() and number.isdigit() and len(number) < 4 and sayable(key, said):
            out.append((int(number), key, said))
        else:
            problems.append(f"An answer in the link was left out: {quoted(part)}.")
    return out


def sayable(key: str, answer: str) -> bool:
    """Whether this can be what somebody said at a question with this key."""
    return bool(KEY.fullmatch(key)) and (bool(SEVERAL.fullmatch(answer)) if "." in key else answer in SHORT.values())


def _brief(key: str, answer: str) -> str:
    return answer if "." in key else answer[0]
