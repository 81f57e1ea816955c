"""The scenarios that a command is given: ids of shipped ones, files, folders, playlists, and `-` for standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.views.terminal import Unusable, UnusableFile

if TYPE_CHECKING:
    from sandbox.language.document import Scenario
    from sandbox.studies.claims import Claim
    from sandbox.workshop.program import Sheet, Workshop

STDIN = "-"
Claims = Callable[[], "list[Claim]"]  # ScenarioError where a file does not load


def there(path: Path) -> bool:
    """Whether something is at this path.  What is too long for a name, or has a NUL in it, is no path."""
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


def find(name: str) -> Scenario:
    """The scenario of that id, in that file, or on standard input."""
    from sandbox.language import library
    from sandbox.language.source import ScenarioError

    path = Path(name)
    try:
        if name == STDIN:
            return _read_stdin()
        if there(path) and not path.is_dir():
            return _load(path)
    except ScenarioError as error:
        raise UnusableFile(str(error)) from None
    if there(path) and path.is_dir() and name not in library.ids():
        raise Unusable(f"{name} is a folder; name one file in it")
    return _shipped(name)


def sources(names: tuple[str, ...]) -> Iterator[tuple[str, Claims]]:
    """What `check` looks at, each once: the name, and what finds out its claims.  Without names all that is shipped."""
    from sandbox.language import library

    seen: set[str] = set()
    for name in names or library.ids():
        for found, claims in _of(name, shipped=not names):
            if found not in seen:
                seen.add(found)
                yield found, claims


def _of(name: str, shipped: bool) -> Iterator[tuple[str, Claims]]:
    path = Path(name)
    if shipped:
        yield name, partial(_claims, partial(_shipped, name))
    elif name == STDIN:
        yield from _text("stdin", _stdin(), Path())
    elif there(path) and path.is_dir():
        files = sorted(f for f in path.rglob("*") if f.suffix in (".yaml", ".yml") and f.is_file())
        if not files:
            raise Unusable(f"there are no scenario files in {path}")
        for file in files:
            yield from _file(file)
    elif there(path):
        yield from _file(path)
    else:
        scenario = _shipped(name)
        yield name, partial(_claims, lambda: scenario)


def _file(path: Path) -> Iterator[tuple[str, Claims]]:
    from sandbox.language.loader import loads
    from sandbox.language.playlist import looks_like
    from sandbox.language.source import contents

    try:
        raw = contents(path)  # once: what comes through a pipe comes once
    except OSError:
        yield str(path), partial(_claims, partial(_load, path))  # it says why
        return
    if looks_like(raw.decode("utf-8", "replace")):
        yield from _text(str(path), raw, path.parent)
    else:
        yield str(path), partial(_claims, partial(loads, raw, str(path), path.stem))


def _text(name: str, raw: bytes, folder: Path) -> Iterator[tuple[str, Claims]]:
    """A scenario; or a playlist, with each scenario that it names."""
    from sandbox.cli.workshop import beside
    from sandbox.language.loader import loads
    from sandbox.language.playlist import looks_like
    from sandbox.workshop.program import opened

    if not looks_like(raw.decode("utf-8", "replace")):
        yield name, partial(_claims, partial(loads, raw, name, Path(name).stem))
        return
    found = opened(beside(name, raw, folder))
    for sheet in found.sheets:
        if sheet.kind == "playlist":
            yield name, partial(_shown, sheet, found)
        else:
            yield str(folder / sheet.name), partial(_sheet, sheet)
    files = {sheet.scenario.id for sheet in found.sheets if sheet.scenario}
    for entry in found.entries:
        if entry.scenario.id not in files:
            yield entry.scenario.id, partial(_claims, partial(_shipped, entry.scenario.id))


def _shown(sheet: Sheet, workshop: Workshop) -> list[Claim]:
    """What a playlist claims: that each of its items can be shown."""
    from sandbox.studies.claims import Claim

    if sheet.error:
        raise sheet.error
    return [Claim(sheet.name, f"item {n} is {entry.scenario.id}", True) for n, entry in enumerate(workshop.entries, 1)]


def _sheet(sheet: Sheet) -> list[Claim]:
    from sandbox.studies.claims import check

    if sheet.error or sheet.scenario is None:
        raise sheet.error or ValueError(sheet.name)
    return check(sheet.scenario)


def _claims(load: Callable[[], Scenario]) -> list[Claim]:
    from sandbox.studies.claims import check

    return check(load())


def _load(path: Path) -> Scenario:
    from sandbox.language.loader import load

    return load(path)


def _read_stdin() -> Scenario:
    from sandbox.language.loader import loads

    return loads(_stdin(), "stdin")


def _stdin() -> bytes:
    from sandbox.language.source import MAX_BYTES

    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _shipped(name: str) -> Scenario:
    from sandbox.core.text import nearest, quoted
    from sandbox.language import library

    if name in library.ids():
        return library.get(name)
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        stem = Path(name).stem
        raise Unusable(f"there is no file {name}" + (f"; did you mean {stem!r}, which is shipped?" if stem in library.ids() else ""))
    raise Unusable(f"there is no scenario {quoted(name)}{nearest(name, library.ids())}")
