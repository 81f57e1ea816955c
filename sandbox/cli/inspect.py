"""The command `oauth-sandbox inspect`: a team's own login, from its files to findings, answers and a drawing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandbox.cli.exits import FOUND
from sandbox.cli.mask import Bar
from sandbox.cli.writable import Writable
from sandbox.views.terminal import Unusable, UnusableFile, plain, print_all, say, write

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sandbox.reality.finding import Finding
    from sandbox.reality.inspection import Inspection
    from sandbox.reality.resemblance import Beside

COLOURS = {"bad": "bold red", "note": "bold", "good": "bold green"}
BAD = "bad"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--before",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="OLD",
    help="Say what differs from this recording or document of the same system.",
)
@click.option(
    "--fail-on",
    "reasons",
    multiple=True,
    metavar="WORD",
    help="Fail on this finding or on findings that open this attack, or on bad; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, which audit --answers takes.")
@click.option("--html", type=Writable(), metavar="FILE", help="Write it as one page that works offline.")
def inspect(files: tuple[Path, ...], before: Path | None, reasons: tuple[str, ...], as_json: bool, html: Path | None) -> None:
    """Draw and question YOUR login: what FILEs show, what they show to be absent, and what nobody can see from them.

    A recording (HAR), metadata, a key set, a Keycloak realm, OpenAPI, a token, a client's configuration. Secrets are masked first.
    """
    wanted = _reasons(reasons)
    found, beside = inspected(files)
    old = inspected([before])[0] if before is not None else None
    if html is not None:
        from sandbox.views.html import inspect_page

        write(html, inspect_page.html(found, beside, old))
    if as_json:
        from sandbox.views.reality import record

        click.echo(record.text(found, beside, old), nl=False)
    elif html is None or old is not None:
        print_all(_words(found, beside, old))
        click.echo(_onward(found))
    hits = [f for f in found.findings if wanted & {f.id, f.tone, *(f.row.attacks if f.tone != "good" else ())}]
    if hits:
        say(f"oauth-sandbox: found {', '.join(dict.fromkeys(f.id for f in hits))}")
        sys.exit(FOUND)


def _reasons(given: Sequence[str]) -> frozenset[str]:
    """The findings, attacks or `bad` on which to fail."""
    from sandbox.core.text import nearest, quoted
    from sandbox.language import library
    from sandbox.reality.finding import shipped

    known = (BAD, *shipped().findings, *library.ids()) if given else ()
    for word in given:
        if word not in known:
            raise Unusable(f"--fail-on: there is no finding or attack {quoted(word)}: write {BAD} or an id of --json{nearest(word, known)}")
    return frozenset(given)


def inspected(files: Sequence[Path]) -> tuple[Inspection, Beside | None]:
    """What is in the files, and the lesson beside it, with a bar on standard error if that is a terminal."""
    from sandbox.core.text import spelled
    from sandbox.reality import inspection, resemblance
    from sandbox.reality.unreadable import Unreadable

    with ExitStack() as stack:
        bar = stack.enter_context(Bar("Reading"))
        try:
            given = [(path.name, stack.enter_context(path.open("rb"))) for path in files]
            found = inspection.inspect(given, lambda name, done, total: bar.tell(done, total))
        except OSError as error:
            raise UnusableFile(f"{spelled(error.filename)}: {error.strerror or 'cannot be read'}") from None
        except Unreadable as error:
            raise UnusableFile(str(error)) from None
        return found, resemblance.beside(found.recorded, found.story) if found.recorded and found.story else None


def _words(found: Inspection, beside: Beside | None, old: Inspection | None) -> Iterator[RenderableType]:
    """The report for a terminal."""
    from sandbox.views.reality import words

    yield plain(words.headline(found), "bold")
    yield from (plain(line, "dim") for line in words.files(found))
    yield plain(words.NOTHING_KEPT, "dim")
    if old is not None:
        yield from _differences(old, found)
    if found.recorded is not None:
        yield plain(f"\n{words.drawn(found)} {words.likeness(beside)}")
    yield from findings(found)
    yield plain(f"\n{words.UNSEEN}", "bold")
    for u in found.unseen:
        yield plain(f"  ? {u.asks} {u.look}")
        if u.curl:
            yield plain(f"      {u.curl}", "dim")
    yield plain(
        f"\nMasked: {', '.join(s.label for s in found.masked[:20])}{' …' if len(found.masked) > 20 else ''}"
        if found.masked
        else "\nNothing to mask was found.",
        "dim",
    )


def findings(found: Inspection) -> Iterator[RenderableType]:
    """All findings, the worst first."""
    from sandbox.views.reality import words

    for tone, title in words.GROUPS:
        these = words.of_tone(found.findings, tone)
        if these:
            yield plain(f"\n{title}", "bold")
        for f in these:
            yield from _finding(f)


def _finding(f: Finding) -> Iterator[RenderableType]:
    from rich.text import Text

    from sandbox.views.reality import words

    yield Text.assemble("  ", plain(f"{words.MARKS[f.tone]} ", COLOURS[f.tone]), plain(f.says), plain(f" [{f.id}]", "dim"))
    yield plain(f"      {words.should(f)}" + (f" · {words.where(f)}" if f.evidence else ""), "dim")


def _differences(old: Inspection, new: Inspection) -> Iterator[RenderableType]:
    from sandbox.reality.differing import differences
    from sandbox.views.reality import words

    yield plain("\nWhat differs", "bold")
    every = differences(old.findings, new.findings)
    for d in every:
        yield plain(f"  {d.sign} {words.changed(d)[1]}: {d.says}")
    if not every:
        yield plain(f"  {words.SAME}")


def _onward(found: Inspection) -> str:
    from sandbox.studies import questions

    return f"\nThe audit with these answers: oauth-sandbox audit --answers {questions.written(found.answers)}"
