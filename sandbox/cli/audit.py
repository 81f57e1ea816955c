"""The command `oauth-sandbox audit`: which attacks succeed in a setting, and the smallest set of changes that stops them.

Apart from `main.py` so that each file stays readable; `main.py` registers the command.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandbox.cli import failing
from sandbox.cli.exits import FOUND
from sandbox.cli.given import there
from sandbox.cli.writable import Writable
from sandbox.views.terminal import Unusable, UnusableFile, console, pairs, plain, print_all, say, write

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sandbox.reality.inspection import Inspection
    from sandbox.studies.audit import Audit
    from sandbox.studies.questions import System


@click.command()
@click.option("--profile", help="The design to start from; naive-jwt if left out.")
@click.option("--set", "changes", multiple=True, metavar="SWITCH=VALUE", help="What your system does otherwise; repeatable.")
@click.option("--answers", metavar="FILE", help="The answers of “Your system”: a JSON file, - for standard input, or the word of its link.")
@click.option(
    "--seen",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A file of your system, as inspect reads it: what follows from it is answered, with its evidence in the report; repeatable.",
)
@click.option(
    "--fail-on", "reasons", multiple=True, metavar="WORD", help="Fail only on this attack or goal (read, ...), or any; repeatable."
)
@click.option(
    "--baseline", type=click.Path(dir_okay=False, path_type=Path), metavar="OLD.json", help="Fail only on what is new since then."
)
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--markdown", "form", flag_value="markdown", help="Print the report as Markdown.")
@click.option("--html", type=Writable(), metavar="FILE", help="Write the report as one self-contained page.")
def audit(
    profile: str | None,
    changes: tuple[str, ...],
    answers: str | None,
    files: tuple[Path, ...],
    reasons: tuple[str, ...],
    baseline: Path | None,
    form: str | None,
    html: Path | None,
) -> None:
    """Which attacks succeed in YOUR setting, and the smallest set of changes that stops them.

    Goals are read, write, session, late, credential, pii, denied, ssrf: what an attacker is after. An attack that succeeds only if
    what you do not know is at its worst does not fail the command.
    """
    from sandbox.views.audit import record
    from sandbox.views.audit.markdown import markdown

    wanted, known = failing.reasons(reasons), failing.known(baseline)
    given, system = _answered(answers, profile, changes) if answers is not None else ({}, None)
    seen = _seen(files, profile, changes) if files else None
    if seen is not None:
        from sandbox.studies import questions

        given = questions.sensible(seen.answers | given)  # what a person says counts; what the files show against it is in the report
        system = questions.system(given)
    result = _run(system or _set(profile, changes))
    if html is not None:
        from sandbox.views.html import audit_page

        write(html, audit_page.html(result, given, seen=seen))
    if form == "json":
        click.echo(record.text(result, given, seen), nl=False)
    elif form == "markdown":
        click.echo(markdown(result, given, seen=seen), nl=False)
    elif html is None:
        print_all(_words(result, seen))
    if found := failing.found(result, wanted, known):
        say("oauth-sandbox: " + failing.words(found, bool(reasons), baseline is not None))
        sys.exit(FOUND)


def _set(profile: str | None, changes: Sequence[str]) -> System:
    """The system that profile and switches describe."""
    from sandbox.protocol.settings import Settings
    from sandbox.protocol.switches import PROFILES, UnknownSetting
    from sandbox.studies.questions import System

    try:
        return System(Settings.of(profile or next(iter(PROFILES)), pairs(changes)))
    except UnknownSetting as error:
        raise Unusable(str(error)) from None


def _seen(files: Sequence[Path], profile: str | None, changes: Sequence[str]) -> Inspection:
    """What files of the system show."""
    from sandbox.cli.inspect import inspected

    if profile or changes:
        raise Unusable("--seen stands for a whole setting; leave --profile and --set out")
    return inspected(files)[0]


def _answered(text: str, profile: str | None, changes: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], System]:
    """What was answered, and the system that this means."""
    from sandbox.language.source import MAX_BYTES, ScenarioError, contents
    from sandbox.studies import answers, questions

    if profile or changes:
        raise Unusable("--answers stands for a whole setting; leave --profile and --set out")
    word = text
    if text == "-" or (text and there(Path(text))):
        try:
            raw = sys.stdin.buffer.read(MAX_BYTES + 1) if text == "-" else contents(Path(text))
            word = answers.link(raw, "stdin" if text == "-" else text)
        except OSError as error:
            raise Unusable(f"{text}: cannot be read: {error.strerror}") from None
        except ScenarioError as error:
            raise UnusableFile(str(error)) from None
    given, problems = questions.parse(word)
    if problems:
        raise Unusable(f"there is no file {text}" if "/" in text or text.endswith(".json") else " ".join(problems))
    if unasked := questions.unasked(word):
        say(f"oauth-sandbox: a system like this is not asked for {', '.join(unasked)}; left out")
    return given, questions.system(given)


def _run(system: System) -> Audit:
    """The audit, with a bar on standard error if that is a terminal."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from sandbox.core.garbage import keep_what_is_there
    from sandbox.studies import audit as audits
    from sandbox.studies import upholding

    keep_what_is_there()
    stderr = console(err=True)
    if not stderr.is_terminal:
        return audits.audit(system)
    with Progress(BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"), console=stderr, transient=True) as bar:
        task = bar.add_task("", total=None)
        result = audits.audit(system, lambda done, total, what: bar.update(task, completed=done, total=total, description=what))
        bar.update(task, completed=0, total=len(result.plan.changes))
        for number, seen in enumerate(upholding.upheld(result), 1):
            bar.update(task, completed=number, description=f"Leaving out: {' and '.join(seen.settings)}")
        return result


def _words(result: Audit, seen: Inspection | None = None) -> Iterator[RenderableType]:
    """The report for a terminal."""
    from rich.table import Table
    from rich.text import Text

    from sandbox.views.audit import checklist, words
    from sandbox.views.outcomes import SIGNS
    from sandbox.views.report import style

    yield plain(words.headline(result), "bold")
    if said := words.assumed(result):
        yield plain(said, "yellow")
    if result.broken:
        yield plain(words.unfit(result.broken, result.repair), "yellow")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("attack", "found", "why, and what stops it"):
        table.add_column(head, overflow="fold")
    for f in result.findings:
        cure = words.with_way(words.stoppers(f, result), f) if f.word == "succeeded" else words.why(f)
        table.add_row(f.attack, Text(f"{SIGNS[f.word].mark} {SIGNS[f.word].word}", style(f.word)), plain(cure))
    yield table
    yield plain(f"\n{words.summary(result)}")
    for change in result.plan.changes:
        yield plain(f"  {change.meaning} ({change.switch}: {change.before} -> {change.after})")
    if upheld := words.upheld(result):
        yield plain(f"\n{words.UPHELD}", "bold")
        yield from (plain(f"  {said}") for said in upheld)
    if ends := words.open_ends(result):
        yield plain("\nWhat stays open", "bold")
        yield from (plain(f"  {end}") for end in ends)
    if ways := words.unwritten(result):
        yield plain(f"\n{words.UNWRITTEN}", "bold")
        yield from (plain(f"  {attack}: {said}") for attack, said, _ in ways)
    if seen is not None:
        from sandbox.cli.inspect import findings

        yield plain("\nWhat was seen in your files", "bold")
        yield from findings(seen)
    yield plain("\nOn Monday", "bold")
    for tick in result.monday:
        yield plain(f"  {checklist.STATES[tick.state][0]} {tick.do}")
        if lacks := checklist.lacks(tick):
            yield plain(f"      {lacks}", "dim")
