"""A workshop -> a folder to give away: an offline stepper for each entry, an index, the handout, and the files it was made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sandbox.engine.result import Run
from sandbox.language.scalars import in_quotes
from sandbox.views.html import offline
from sandbox.views.html.frame import Document
from sandbox.views.labels import setting_name
from sandbox.views.stepper import document
from sandbox.workshop.handout import Answers, handout
from sandbox.workshop.program import Entry, Workshop

INDEX = Document("index.html.j2", ("handout.css",))


def folder(workshop: Workshop, played: Iterable[tuple[Entry, Run]], answers: Answers | None = None) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file of the exported workshop, one after the other.  Raises NoRenderer."""
    names, kept = file_names(workshop), []
    for name, (entry, run) in zip(names, played, strict=True):
        kept.append((entry, run))
        yield name, offline.page(document((run,)) | {"asks": True}, entry.title).encode()
    yield "handout.html", handout(workshop, kept, answers).encode()
    yield "index.html", index(workshop, names, "handout.html").encode()
    for entry in {e.scenario.id: e for e in workshop.entries}.values():
        yield f"scenarios/{entry.scenario.id}.yaml", entry.scenario.source.encode("utf-8", "replace")
    yield "scenarios/playlist.yaml", playlist_of(workshop).encode()


def index(workshop: Workshop, names: Iterable[str], handout_name: str) -> str:
    """The page that leads to every stepper of the folder."""
    entries = [(entry, name, setting_name(entry.settings)) for entry, name in zip(workshop.entries, names, strict=True)]
    return INDEX.render(workshop.title, workshop=workshop, entries=entries, handout=handout_name)


def file_names(workshop: Workshop) -> list[str]:
    """`01-missing-aud-replay.html`: ids are letters, digits and dashes only."""
    return [f"{number:02}-{entry.scenario.id}.html" for number, entry in enumerate(workshop.entries, 1)]


def playlist_of(workshop: Workshop) -> str:
    """The workshop as a playlist file, with which it can be loaded again."""
    lines = [f"title: {in_quotes(workshop.title)}", *([f"about: {in_quotes(workshop.about)}"] if workshop.about else []), "items:"]
    for entry in workshop.entries:
        lines += [f"  - scenario: {entry.scenario.id}"] + ([f"    stage: {in_quotes(entry.stage)}"] if entry.stage else [])
        lines += [f"    title: {in_quotes(entry.title)}"]
        lines += [f"    minutes: {entry.minutes}"] if entry.minutes else []
        lines += [f"    note: {in_quotes(entry.note)}"] if entry.note else []
        if entry.settings != entry.scenario.settings:
            switches = ", ".join(f"{in_quotes(n)}: {in_quotes(v)}" for n, v in entry.settings.changes)
            lines.append(f"    setting: {{profile: {entry.settings.profile}, switches: {{{switches}}}}}")
    return "\n".join(lines) + "\n"
