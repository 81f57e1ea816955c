"""The command line: `oauth-sandbox` and its commands.

Words are made in `report.py`, files by other modules of `views/`.  The engine and Streamlit are imported by the commands that need them,
so that `--help` does not wait for them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from sandbox import __version__
from sandbox.cli.audit import audit
from sandbox.cli.given import find
from sandbox.cli.matrix import matrix
from sandbox.cli.play import play
from sandbox.cli.search import search
from sandbox.cli.serve import serve
from sandbox.cli.workshop import howto, workshop
from sandbox.views.terminal import Unusable, console, pairs, plain, print_all, say, store, write

if TYPE_CHECKING:
    from sandbox.engine.result import Run
    from sandbox.language.document import Scenario
    from sandbox.protocol.edits import Edit
    from sandbox.protocol.settings import Settings
    from sandbox.studies.claims import Claim

T = TypeVar("T")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Port of the app.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that the app listens on.")
@click.version_option(__version__, prog_name="oauth-sandbox")
@click.pass_context
def main(context: click.Context, port: int, host: str) -> None:
    """OAuth Sandbox, a flight simulator for OAuth 2.0 and JWTs.  Without a command it starts the app."""
    if context.invoked_subcommand is None:
        start(host, port)


for command in (audit, matrix, play, search, serve, workshop, howto):
    main.add_command(command)


def start(host: str, port: int) -> None:
    from sandbox.app import launcher

    try:
        launcher.serve(host, port)
    except KeyboardInterrupt:
        return  # that is how it is stopped
    except launcher.BusyPort as error:
        raise click.ClickException(f"cannot listen on {error}; choose another with --port") from None


# ---------------------------------------------------------------- what is there


@main.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """All scenarios that are shipped."""
    from rich.table import Table

    from sandbox.language import library

    scenarios = [library.get(id) for id in library.ids()]
    if as_json:
        return click.echo(json.dumps([{"id": s.id, "kind": s.kind, "title": s.title, "tier": s.tier} for s in scenarios], indent=2))
    table = Table(box=None, show_header=False, padding=(0, 3, 0, 0))
    for s in scenarios:
        table.add_row(plain(s.kind, "dim"), plain(s.id, "bold"), plain(s.title))
    return print_all([table])


@main.command()
@click.argument("scenario")
def show(scenario: str) -> None:
    """What SCENARIO (an id or a file) is about."""
    from sandbox.views.report import scenario_words

    print_all(scenario_words(find(scenario)))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def switches(as_json: bool) -> None:
    """Every defence there is, and its value in each profile."""
    from sandbox.views.report import switch_data, switch_words

    if as_json:
        return click.echo(json.dumps(switch_data(), indent=2))
    return print_all(switch_words())


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verbs(as_json: bool) -> None:
    """Everything that a step of a scenario can do."""
    from sandbox.views.report import verb_data, verb_words

    if as_json:
        return click.echo(json.dumps(verb_data(), indent=2))
    return print_all(verb_words())


@main.command()
def schema() -> None:
    """The JSON Schema of scenario files, for editors."""
    from sandbox.language.document import schema as scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2))


# ---------------------------------------------------------------- run


@main.command()
@click.argument("scenario")
@click.option("--profile", help="Run with this profile; the file's own setting does not apply then.")
@click.option("--set", "changes", multiple=True, metavar="SWITCH=VALUE", help="Change a switch of a role or of one instance; repeatable.")
@click.option("--edit", "changed", multiple=True, metavar="MESSAGE~FIELD~VALUE", help="Change a field of a message on its way; repeatable.")
@click.option("--seed", type=int, default=0, show_default=True, help="Other keys and random values.")
@click.option("--step", type=click.IntRange(min=1), help="Show one moment with its message and checks.")
@click.option("--json", "form", flag_value="json", help="Print the whole record as JSON.")
@click.option("--mermaid", "form", flag_value="mermaid", help="Print a Mermaid sequence diagram.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the diagram.")
@click.option("--png", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the diagram.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the stepper as one offline page.")
@click.option("--har", "log", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write all messages as HAR 1.2.")
def run(
    scenario: str,
    profile: str | None,
    changes: tuple[str, ...],
    changed: tuple[str, ...],
    seed: int,
    step: int | None,
    form: str | None,
    svg: Path | None,
    png: Path | None,
    html: Path | None,
    log: Path | None,
) -> None:
    """Run SCENARIO (an id or a file) and say what happened."""
    from sandbox.engine import player, simulation
    from sandbox.views import har, pictures
    from sandbox.views.mermaid import mermaid
    from sandbox.views.record import trace_json

    story = find(scenario)
    try:
        settings, edits = settings_of(story, profile, changes), edits_of(changed)
        result = simulation.run(story, settings, edits, seed)
        plain = simulation.run(story, settings, seed=seed) if edits else None
    except player.NotLearned as error:
        raise Unusable(str(error)) from None
    for edit, problem in result.unfit:
        say(f"not edited: {edit.field} of {edit.message}: {problem}")
    page = partial(_offline_page, story.title, plain)
    written = write_files(result, {svg: pictures.svg, png: pictures.png, html: page, log: lambda r: json.dumps(har.har(r), indent=1)})
    if form == "json":
        click.echo(json.dumps(trace_json(result), indent=2))
    elif form == "mermaid":
        click.echo(mermaid(result))
    elif step is not None:
        show_moment(result, step)
    elif not written:
        from sandbox.views.report import run_words

        print_all(run_words(result))


def edits_of(changed: tuple[str, ...]) -> tuple[Edit, ...]:
    """The edits of the command line."""
    from sandbox.protocol.edits import BadEdit, read_one, with_edit

    edits: tuple[Edit, ...] = ()
    try:
        for text in changed:
            edits = with_edit(edits, read_one(text))
    except BadEdit as error:
        raise Unusable(f"--edit: {error}") from None
    return edits


def _offline_page(title: str, plain: Run | None, result: Run) -> str:
    from sandbox.views.html import offline

    return offline.html((result,), title, plain)


def write_files(result: Run, wanted: dict[Path | None, Callable[[Run], str | bytes]]) -> bool:
    """Write the files that were asked for; whether there were any."""
    paths = [path for path in wanted if path is not None]
    for path in paths:
        write(path, wanted[path](result))
    return bool(paths)


def show_moment(result: Run, step: int) -> None:
    from sandbox.views.report import moment_words
    from sandbox.views.timeline import moments

    every = moments(result)
    if step > len(every):
        raise Unusable(f"there is no step {step}: this run has {len(every)}")
    print_all(moment_words(result, every[step - 1]))


def settings_of(scenario: Scenario, profile: str | None, changes: tuple[str, ...]) -> Settings:
    """The profile with the changes, or the file's own setting with the changes."""
    from sandbox.protocol.settings import Settings
    from sandbox.protocol.switches import UnknownSetting, expand

    wanted = pairs(changes)
    try:
        if profile is not None:
            return Settings.of(profile, wanted)
        own = scenario.settings
        return Settings.of(own.profile, {**dict(own.changes), **expand(wanted)})
    except UnknownSetting as error:
        raise Unusable(str(error)) from None


# ---------------------------------------------------------------- check


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("-v", "--verbose", is_flag=True, help="Print the claims that are true, too.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a JUnit report.")
def check(paths: tuple[Path, ...], verbose: bool, junit: Path | None) -> None:
    """Verify every claim of scenario files; without PATHS, of all that are shipped.

    Exit code 0: all claims are true; 1: a claim is false; 2: a file is broken.
    """
    from sandbox.views import report

    results = [(name, *checked(load)) for name, load in progress(list(sources(paths)))]
    for name, claims, broken in results:
        if broken:
            say(broken)
        else:
            print_all(report.claim_words(name, claims, verbose))
    if junit is not None:
        store(junit, report.junit(results))
    if any(broken for _, _, broken in results):
        sys.exit(2)
    if any(not claim.ok for _, claims, _ in results for claim in claims):
        sys.exit(1)


def checked(load: Callable[[], Scenario]) -> tuple[list[Claim], str]:
    """The claims of a file, or the error that keeps it from loading."""
    from sandbox.language.source import ScenarioError
    from sandbox.studies.claims import check as claims_of

    try:
        return claims_of(load()), ""
    except ScenarioError as error:
        return [], str(error)


def sources(paths: tuple[Path, ...]) -> Iterator[tuple[str, Callable[[], Scenario]]]:
    """Name and loader of each scenario that is meant."""
    from sandbox.language import library
    from sandbox.language.loader import load

    if not paths:
        yield from ((id, partial(library.get, id)) for id in library.ids())
    for path in paths:
        files = sorted(f for f in path.rglob("*") if f.suffix in (".yaml", ".yml")) if path.is_dir() else [path]
        if not path.exists() or not files:
            raise Unusable(f"there is no file or folder {path}" if not path.exists() else f"there are no scenario files in {path}")
        yield from ((str(f), partial(load, f)) for f in files)


def progress(items: list[T]) -> Iterator[T]:
    """The items, with a bar on standard error if that is a terminal."""
    from rich.progress import track

    stderr = console(err=True)
    return iter(track(items, "Checking", console=stderr, transient=True, disable=not stderr.is_terminal))
