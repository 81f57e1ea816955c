"""The command `oauth-sandbox matrix`: run everything, print a table, JSON or one HTML page.

Apart from `main.py` so that each file stays readable; `main.py` registers the command.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandbox.cli.writable import Writable
from sandbox.core.text import plural
from sandbox.views.terminal import Unusable, console, plain, print_all, say, write

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from sandbox.language.document import Scenario
    from sandbox.studies.adaptive import Looked
    from sandbox.studies.matrix import Cell


@click.command()
@click.argument("attacks", nargs=-1, metavar="[ATTACK]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--html", type=Writable(), metavar="FILE", help="Write one self-contained page.")
@click.option("--search", is_flag=True, help="Look for another way wherever an attack is blocked in a profile.")
@click.option("--jobs", type=click.IntRange(1, 64), help="How many processes; one for each core if left out.")
@click.option("--seed", type=int, default=0, show_default=True, help="Other keys and random values.")
def matrix(attacks: tuple[str, ...], as_json: bool, html: Path | None, search: bool, jobs: int | None, seed: int) -> None:
    """Run every attack in every profile, and with each of its defences, limits and myths.

    ATTACK is an id, a file, or - for standard input; without any, all attacks that are shipped.
    """
    from sandbox.studies.matrix import all_as_json, searched
    from sandbox.views.html.matrix_page import page

    chosen = _chosen(attacks)
    cells = _run(chosen, jobs, seed)
    looked = dict(searched(cells, chosen)) if search else {}
    if html is not None:
        write(html, page(cells, chosen, seed, looked))
    if as_json:
        click.echo(json.dumps(all_as_json(cells, looked), indent=2))
    elif html is None:
        print_all([*_words(cells, chosen, looked), *_searched(looked)])
    faults = [cell for cell in cells if cell.fault]
    for cell in faults:
        say(f"oauth-sandbox: {cell.attack}, {cell.named}: {cell.fault}")
    if faults:
        sys.exit(1)


def _chosen(names: Sequence[str]) -> list[Scenario]:
    """The attacks that are meant, each once."""
    from sandbox.language import library

    return list({s.id: s for s in (map(_attack, names) if names else library.attacks())}.values())


def _attack(name: str) -> Scenario:
    from sandbox.cli.given import find

    scenario = find(name)
    if scenario.kind != "attack":
        raise Unusable(f"{name} is a {scenario.kind}, not an attack: nobody in it is after anything")
    return scenario


def _run(attacks: Sequence[Scenario], jobs: int | None, seed: int) -> list[Cell]:
    """All cells, with a bar on standard error if that is a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from sandbox.studies.matrix import cells

    stderr = console(err=True)
    if not stderr.is_terminal:
        return list(cells(attacks, jobs, seed))
    # No thread that redraws: the processes are forked while the bar is shown, and only a process without threads can be.
    columns = (TextColumn("Running"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=None)
        return list(cells(attacks, jobs, seed, lambda done, total: bar.update(task, completed=done, total=total, refresh=True)))


def _words(cells: Sequence[Cell], attacks: Sequence[Scenario], looked: Mapping[tuple[str, str], Looked]) -> Iterator[RenderableType]:
    yield _table(cells, attacks, looked)
    claims = [cell for cell in cells if cell.expected is not None]
    yield f"\n{plural(len(cells), 'run')}; {sum(not c.fault for c in claims)} of {len(claims)} claims are what is found."


def _searched(looked: Mapping[tuple[str, str], Looked]) -> Iterator[RenderableType]:
    """What an attacker who adapts found where an attack is blocked, and how far she looked."""
    from sandbox.studies import basis

    if not looked:
        return
    for (attack, profile), far in looked.items():
        for way in far.ways:
            yield plain(f"✗ {attack}, {profile}: {basis.another(way)}", "bold red")
    yield basis.counted(looked.values())


def _table(cells: Sequence[Cell], attacks: Sequence[Scenario], looked: Mapping[tuple[str, str], Looked]) -> Table:
    """Attacks down, profiles across."""
    from rich.table import Table
    from rich.text import Text

    from sandbox.protocol.switches import PROFILES

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("attack", *PROFILES, "claims"):  # on a narrow terminal outcomes wrap, and names stay whole
        table.add_column(head, no_wrap=head in ("attack", "claims"), overflow="fold")
    for attack in attacks:
        mine = [cell for cell in cells if cell.attack == attack.id]
        words = [_shown(cell, looked.get((cell.attack, cell.profile))) for cell in mine if cell.kind == "profile"]
        claims = [cell for cell in mine if cell.expected is not None]
        wrong = sum(bool(cell.fault) for cell in claims)
        said = plain(f"✗ {wrong} of {len(claims)} differ", "bold red") if wrong else plain(f"✓ {len(claims)}", "green")
        table.add_row(plain(attack.id), *(words or [Text("?")] * len(PROFILES)), said)
    return table


def _shown(cell: Cell, looked: Looked | None) -> Text:
    """An outcome, with the mark of what was searched, and with what was found there."""
    from rich.text import Text

    from sandbox.studies import basis
    from sandbox.views.report import style

    if looked is None:
        return Text(_outcome(cell), style(cell.found))
    if looked.ways:
        return Text(f"✗ {basis.ANOTHER.lower()} {basis.MARK}", style("succeeded"))
    return Text(f"{_outcome(cell)} {basis.MARK}", style(cell.found))


def _outcome(cell: Cell) -> str:
    """`✓ blocked`, `✗ succeeded`, `◐ limited 299 s`."""
    from sandbox.views.outcomes import SIGNS

    words = f"{SIGNS[cell.found].mark} {cell.found.replace('-', ' ')}"
    return f"{words} {cell.exposure} s" if cell.found == "limited" else words
