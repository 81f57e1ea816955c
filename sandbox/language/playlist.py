"""A playlist file: which scenarios a workshop shows, in which order and setting, under which titles, for how many minutes.

It is read as scenario files are: errors have a position, a caret and a cure.  Which of the scenarios exist is not known here;
see `program.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from sandbox.core.forms import Form, refuse
from sandbox.core.text import short
from sandbox.language.document import Prose, Setting
from sandbox.language.errors import Finding, checked, errors
from sandbox.language.reading import read
from sandbox.language.rules import switch_findings
from sandbox.language.scalars import in_quotes
from sandbox.language.source import ScenarioError, Source, decode

NAME = re.compile(r"[^\x00-\x1f/\\]{1,80}")
ITEMS = re.compile(r"^items\s*:", re.MULTILINE)


def _file_or_id(text: str) -> str:
    text = re.sub(r"^(\./|\.\\)+", "", text)  # a file beside it, as some write
    if NAME.fullmatch(last := re.split(r"[/\\]", text)[-1]) and last != text:
        raise refuse(f"`{short(text)}` is in another folder", f"put the file beside the playlist, and write `{short(last)}`")
    if not NAME.fullmatch(text):
        raise refuse(f"`{short(text)}` is neither an id nor the name of a file", "write an id from `oauth-sandbox list`, or my-file.yaml")
    return text


class Item(Form):
    """One scenario of a workshop."""

    scenario: Annotated[str, AfterValidator(_file_or_id)] = Field(description="an id from `oauth-sandbox list`, or the name of a file")
    stage: Prose | None = Field(None, min_length=1, max_length=80, description="a heading above it, under which those after it stand, too")
    title: Prose | None = Field(None, min_length=1, max_length=120, description="instead of the scenario's own title")
    setting: Setting | None = Field(None, description="instead of the scenario's own setting")
    minutes: int | None = Field(None, ge=1, le=480, description="how long it takes in class; as long as the scenario says, by default")
    note: Prose | None = Field(
        None,
        min_length=1,
        max_length=600,
        description="a line for yourself, on the desk of a room and beside the run; in nothing that is handed out",
    )


class Playlist(Form):
    """A workshop: its title and its items, in order."""

    title: Prose = Field(min_length=1, max_length=120, description="the title of the workshop")
    about: Prose | None = Field(None, min_length=1, max_length=600, description="what it is about, in one or two sentences")
    items: tuple[Item, ...] = Field(strict=False, min_length=1, max_length=40, description="a list of scenarios, each with `scenario`")


class PlaylistError(ScenarioError):
    """A playlist that cannot be used."""


def loads(text: str | bytes, name: str = "playlist.yaml") -> tuple[Playlist, Source, list[tuple[int, int]]]:
    """The playlist, its text, and where each item names its scenario.  PlaylistError, with every problem."""
    try:
        source = decode(text, name)
        node = checked(source, lambda data: (*errors(Playlist, data), *_settings(data)))
    except ScenarioError as error:
        raise PlaylistError(list(error.problems)) from None
    playlist = Playlist.model_validate(node.value)
    return playlist, source, [node.find(("items", i, "scenario")) for i in range(len(playlist.items))]


def _settings(data: object) -> Iterator[Finding]:
    items = data.get("items") if isinstance(data, dict) else None
    for i, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and isinstance(item.get("setting"), dict):
            yield from switch_findings(("items", i, "setting"), item["setting"])


def without(text: str, scenarios: Collection[str]) -> str | None:
    """The playlist without the items that name one of these; '' if no other is left.  None where items do not begin lines of their own.
    PlaylistError."""
    told, source, _ = loads(text)
    node, _ = read(source)
    gone = [i for i, item in enumerate(told.items) if item.scenario in scenarios]
    if len(gone) == len(told.items):
        return ""
    starts = [node.find(("items", i))[0] for i in range(len(told.items))]
    if any(not source.lines[line - 1].lstrip().startswith("-") for line in starts) or len(set(starts)) < len(starts):
        return None
    after = [line for key, (line, _) in node.keys.items() if line > starts[-1]]
    ends = [*starts[1:], min(after, default=len(source.lines) + 1)]
    lost = {line for i in gone for line in range(starts[i], ends[i])}
    return "\n".join(
        line for number, line in enumerate(source.lines, 1) if number not in lost or (number == len(source.lines) and not line)
    )


def looks_like(text: str) -> bool:
    """Whether a file means to be a playlist, even a broken one: it lists items and has no steps."""
    return ITEMS.search(text) is not None and re.search(r"^steps\s*:", text, re.MULTILINE) is None


def written(title: str, scenarios: Iterable[tuple[str, str]]) -> str:
    """A playlist file to start from: (scenario, title) of each item."""
    lines = [f"title: {in_quotes(title)}", "items:"]
    for scenario, name in scenarios:
        lines += [f"  - scenario: {in_quotes(scenario)}", f"    title: {in_quotes(name)}", "    minutes: 10"]
    return "\n".join(lines) + "\n"
