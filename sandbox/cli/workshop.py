"""The commands `oauth-sandbox workshop` and `oauth-sandbox howto`: a workshop as a folder of offline pages, and how to write its files.

Apart from `main.py` so that each file stays readable; `main.py` registers the commands.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandbox.cli.writable import Writable
from sandbox.core.text import plural
from sandbox.views.terminal import Unusable, UnusableFile, console, store

if TYPE_CHECKING:
    from sandbox.workshop.program import Workshop

WRITTEN = ".workshop.json"  # in the folder: what was written there
EXAMPLE = Path(__file__).parents[1] / "workshop" / "example_playlist.yaml"


@click.command()
@click.argument("playlist", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--out", type=Writable(folder=True), required=True, metavar="FOLDER", help="Where the pages go.")
def workshop(playlist: Path | None, out: Path) -> None:
    """Write the workshop of PLAYLIST as a folder of offline pages, with index.html and a handout; without PLAYLIST, an example.

    PLAYLIST is a playlist file, whose scenarios are shipped or lie beside it, or a folder or zip of scenario files.
    Pages that an earlier call has written into FOLDER and that are no part of this workshop are removed.
    """
    from sandbox.views.diagram.render import NoRenderer
    from sandbox.workshop.folder import file_names, folder
    from sandbox.workshop.program import runs

    shown = _opened(playlist or EXAMPLE)
    try:
        written = list(_progress(folder(shown, runs(shown)), len(file_names(shown))))
    except NoRenderer as error:
        raise Unusable(str(error)) from None
    removed = _cleared(out, {name for name, _ in written})
    for name, content in written:
        store(out / name, content, folders=True)
    store(out / WRITTEN, json.dumps({name: _digest(content) for name, content in written}, indent=1), folders=True)
    gone = f", removed {removed} of an earlier workshop" if removed else ""
    click.echo(f"wrote {plural(len(written), 'file')}{gone}; open {out / 'index.html'}", err=True)


def _cleared(out: Path, names: set[str]) -> int:
    """Remove what this command wrote here before and does not write now, unless somebody has changed it since; how many files that was."""
    count = 0
    for name, digest in _before(out / WRITTEN).items():
        file = out / name
        ours = name not in names and re.fullmatch(r"(scenarios/)?[\w-]+\.(html|yaml)", name) is not None
        if ours and file.is_file() and not file.is_symlink() and _digest(file.read_bytes()) == digest:
            file.unlink()
            count += 1
    return count


def _before(record: Path) -> dict[str, str]:
    """File name -> digest of what was written here before; nothing if the record is not there, or is not ours."""
    try:
        said = json.loads(_bytes(record)) if record.is_file() else {}
    except ValueError:
        return {}
    return {n: d for n, d in said.items() if isinstance(d, str)} if isinstance(said, dict) else {}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@click.command()
@click.option("--template", "only_template", is_flag=True, help="Print a scenario file to start from.")
def howto(only_template: bool) -> None:
    """How to write a scenario: every key, verb and name, generated from the tables."""
    from sandbox.views.howto import guide, template

    click.echo(template() if only_template else guide(), nl=False)


def _opened(path: Path) -> Workshop:
    from sandbox.workshop.program import opened

    files, refused = _read(path)
    found = opened(files)
    broken = [str(sheet.error) for sheet in found.sheets if sheet.error]
    if refused or broken:
        raise UnusableFile("\n\n".join([*refused, *broken]))
    if not found.entries:
        raise Unusable(f"there is nothing to show in {path}")
    return found


def _read(path: Path) -> tuple[dict[str, bytes], list[str]]:
    """The files that belong to the workshop, and what was refused."""
    from sandbox.workshop.archive import take

    alone = path.is_file() and path.suffix != ".zip"
    folder = sorted(f for f in (path.parent if alone else path).glob("*") if f.suffix in (".yaml", ".yml") and f.is_file())
    try:
        taken = take((f.name, _bytes(f)) for f in ([path, *(f for f in folder if f != path)] if alone else folder or [path]))
    except OSError as error:
        raise Unusable(f"{error.filename}: cannot be read: {error.strerror}") from None
    if alone:  # what lies beside it and is not named is not its business
        own = [str(r) for r in taken.refused if r.name == path.name]
        return (_needed(path.name, taken.files), []) if path.name in taken.files else ({}, own)
    return taken.files, [str(r) for r in taken.refused]


def beside(name: str, raw: bytes, folder: Path) -> dict[str, bytes]:
    """A playlist, and the files in this folder that it names."""
    files = {f.name: _bytes(f) for f in sorted(folder.glob("*")) if f.suffix in (".yaml", ".yml") and f.is_file() and str(f) != name}
    return _needed(name, {name: raw, **files})


def _needed(name: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """A playlist with the files that it names; a scenario alone."""
    from sandbox.language.playlist import loads
    from sandbox.language.source import ScenarioError
    from sandbox.workshop.program import idents

    try:
        named = {item.scenario for item in loads(files[name], name)[0].items}
    except ScenarioError:
        named = set()
    by_id = idents(n for n in files if n != name)
    return {n: raw for n, raw in files.items() if n == name or n in named or by_id.get(n) in named}


def _bytes(path: Path) -> bytes:
    from sandbox.language.source import contents
    from sandbox.views.terminal import Unusable
    from sandbox.workshop.archive import MAX_ZIP

    try:
        return contents(path, MAX_ZIP)
    except OSError as error:
        raise Unusable(f"{path}: cannot be read: {error.strerror}") from None


def _progress(files: Iterator[tuple[str, bytes]], count: int) -> Iterator[tuple[str, bytes]]:
    """The files, with a bar on standard error if that is a terminal."""
    from rich.progress import track

    stderr = console(err=True)
    return iter(track(files, "Drawing", total=count, console=stderr, transient=True, disable=not stderr.is_terminal))
