"""The files of a workshop -> its entries, in order, and all errors in the files.

A file is a scenario or a playlist.  Without a playlist the scenarios are shown in the order in which they were given.  A scenario
whose steps do not hold together (the attacker uses what she has not learned) is a problem of the file like any other: it has a
place.  What is made of a workshop is in `handout.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sandbox.core.forms import suggestion
from sandbox.core.memo import memo
from sandbox.engine import player, simulation
from sandbox.engine.result import Run
from sandbox.language import library, playlist, slips
from sandbox.language.document import Scenario
from sandbox.language.loader import loads
from sandbox.language.playlist import Item, Playlist
from sandbox.language.reading import read
from sandbox.language.source import Problem, ScenarioError, decode
from sandbox.protocol.edits import BadEdit
from sandbox.protocol.settings import Settings
from sandbox.verbs.values import references

UNTITLED = "Workshop"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to show: a scenario in a setting.  `minutes`, `note` and `stage` (the heading above it) are the playlist's, if it has any;
    else the minutes are the scenario's."""

    scenario: Scenario
    settings: Settings
    title: str
    minutes: int | None = None
    note: str = ""
    stage: str = ""
    file: str = ""  # the visitor's own file that it is from; '' for a shipped scenario


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: its kind, its title, and its errors."""

    name: str
    kind: str
    title: str
    error: ScenarioError | None = None
    scenario: Scenario | None = None

    @property
    def problems(self) -> int:
        return len(self.error.problems) + self.error.more if self.error else 0


@dataclass(frozen=True, slots=True)
class Workshop:
    """All entries of a workshop.  `sheets` are the files, also the broken ones; shipped scenarios have none.  `stale` are those among the
    broken ones whose entries are shown as they were when the file last had no problem."""

    title: str
    about: str
    entries: tuple[Entry, ...]
    sheets: tuple[Sheet, ...]
    stale: tuple[Sheet, ...] = ()

    @property
    def minutes(self) -> int:
        return sum(e.minutes or 0 for e in self.entries)

    @property
    def broken(self) -> tuple[Sheet, ...]:
        return tuple(s for s in self.sheets if s.error)


def opened(files: Mapping[str, str | bytes]) -> Workshop:
    """Read all files, and put in order what can be shown.  Never raises."""
    names = idents(n for n, text in files.items() if not _is_playlist(text))
    stories = {n: _scenario(n, files[n], ident) for n, ident in names.items()}
    sheets = dict(stories)
    entries: tuple[Entry, ...] = tuple(_entry(s.scenario, s.name) for s in stories.values() if s.scenario)
    title, about = UNTITLED, ""
    for name in (n for n in files if n not in stories):
        found = _playlist(name, files[name], stories)
        if isinstance(found, Sheet):
            sheets[name] = found
            continue
        told, entries = found
        title, about = told.title, told.about or ""
        sheets[name] = Sheet(name, "playlist", told.title)
    return Workshop(title, about, entries, tuple(sheets[n] for n in files))


def kept(files: Mapping[str, str | bytes], good: Mapping[str, str | bytes]) -> Workshop:
    """The same while somebody types: a file that is broken just now is shown by its last `good` text, if it has one."""
    shown = opened(files)
    stale = tuple(sheet for sheet in shown.broken if sheet.name in good)
    if not stale:
        return shown
    before = opened({name: good[name] if name in {s.name for s in stale} else text for name, text in files.items()})
    return replace(shown, title=before.title, about=before.about, entries=before.entries, stale=stale)


def _is_playlist(text: str | bytes) -> bool:
    return playlist.looks_like(text.decode("utf-8", "replace") if isinstance(text, bytes) else text)


def idents(names: Iterable[str]) -> dict[str, str]:
    """File name -> id of the scenario in it: small letters, digits and -, no two the same."""
    out: dict[str, str] = {}
    for name in names:
        stem = re.sub(r"[^a-z0-9]+", "-", name.rpartition(".")[0].lower() or name.lower()).strip("-")[:50].strip("-") or "scenario"
        taken = set(out.values())
        out[name] = stem if stem not in taken else next(s for i in range(2, len(taken) + 3) if (s := f"{stem}-{i}") not in taken)
    return out


# ---------------------------------------------------------------- scenarios


@memo("run", 256)
def _scenario(name: str, text: str | bytes, ident: str) -> Sheet:
    """A scenario file: read, and tried once in its own setting."""
    try:
        scenario = loads(text, name, ident)
    except ScenarioError as error:
        return Sheet(name, "scenario", "", error)
    try:
        simulation.run(scenario)
    except (player.NotLearned, BadEdit) as error:
        return Sheet(name, scenario.kind, scenario.title, ScenarioError([fault(scenario, name, error)]))
    return Sheet(name, scenario.kind, scenario.title, None, scenario)


def fault(scenario: Scenario, name: str, error: Exception) -> Problem:
    """A file that loads and cannot be run: which step, which value, and what to do."""
    source = decode(scenario.source, name)
    if not isinstance(error, player.NotLearned):
        return source.problem(1, 1, f"this scenario cannot be run: {error}", "change the step that edits this message")
    node, _ = read(source)
    place = node.find(_place(node.value, error.step, error.value))
    return source.problem(
        *place,
        f"in step `{error.step}` the attacker uses `{error.value}`, and she has not learned it",
        "let her learn it in an earlier step (read, a `received`, a step of her own), or name it under attacker.knows",
    )


def _place(data: object, step: str, value: str) -> tuple[str | int, ...]:
    for i, each in enumerate(data["steps"] if isinstance(data, dict) else ()):
        if each["id"] == step:
            return ("steps", i, "with", *next((path for _, path, text in references(each.get("with")) if text == value), ()))
    return ()


def _entry(scenario: Scenario, file: str) -> Entry:
    return Entry(scenario, scenario.settings, scenario.title, scenario.minutes, file=file)


# ---------------------------------------------------------------- the playlist


def _playlist(name: str, text: str | bytes, stories: Mapping[str, Sheet]) -> Sheet | tuple[Playlist, tuple[Entry, ...]]:
    """The playlist with its entries, or what is wrong with it."""
    try:
        told, source, places = playlist.loads(text, name)
    except ScenarioError as error:
        return Sheet(name, "playlist", "", error)
    entries: list[Entry] = []
    problems: list[Problem] = []
    for item, place in zip(told.items, places, strict=True):
        found = _named(item.scenario, stories)
        if isinstance(found, Scenario):
            own = next((s.name for s in stories.values() if s.scenario is found), "")
            entries.append(replace(_placed(item, found), file=own))
        else:
            problems.append(slips.instead(source, source.problem(*place, *found)))
    return Sheet(name, "playlist", told.title, ScenarioError(problems)) if problems else (told, tuple(entries))


def _named(wanted: str, stories: Mapping[str, Sheet]) -> Scenario | tuple[str, str]:
    """The scenario of that file name or id, of the files first; or what is wrong and the cure."""
    by_id = {ident: stories[n] for n, ident in idents(stories).items()}
    sheet = stories.get(wanted) or by_id.get(wanted)
    if sheet is not None and sheet.scenario is None:
        return f"the file `{sheet.name}` has problems of its own", "mend it first"
    if sheet is not None and sheet.scenario is not None:
        return sheet.scenario
    if wanted in library.ids():
        return library.get(wanted)
    known = (*stories, *library.ids())
    cure = suggestion(wanted, known) or "load that file, too, or write an id from `oauth-sandbox list`"
    return f"there is no scenario `{wanted}`", cure


def _placed(item: Item, scenario: Scenario) -> Entry:
    settings = Settings.of(item.setting.profile, item.setting.switches) if item.setting else scenario.settings
    return Entry(scenario, settings, item.title or scenario.title, item.minutes or scenario.minutes, item.note or "", item.stage or "")


# ---------------------------------------------------------------- runs


def runs(workshop: Workshop) -> Iterator[tuple[Entry, Run]]:
    """Each entry with its run, one after the other, so that the caller can show progress, and stop."""
    for entry in workshop.entries:
        yield entry, simulation.run(entry.scenario, entry.settings)


__all__ = ["BadEdit", "Entry", "Sheet", "Workshop", "fault", "idents", "kept", "opened", "runs"]
