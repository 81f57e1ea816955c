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
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sandbox import FORMAT, __version__
from sandbox.cli.audit import audit
from sandbox.cli.exits import FOUND, WRONG, words
from sandbox.cli.given import Claims, find, sources
from sandbox.cli.inspect import inspect
from sandbox.cli.mask import mask
from sandbox.cli.matrix import matrix
from sandbox.cli.outgoing import OUTGOING, outgoing
from sandbox.cli.play import play
from sandbox.cli.proxies import BASE, REPLICA, TRUSTED, base, replica, trusted
from sandbox.cli.search import search
from sandbox.cli.serve import serve
from sandbox.cli.store import STORE, connected
from sandbox.cli.workshop import howto, workshop
from sandbox.cli.writable import Writable
from sandbox.views.terminal import Unusable, console, pairs, plain, print_all, say, store, write

if TYPE_CHECKING:
    from sandbox.engine.result import Run
    from sandbox.language.document import Scenario
    from sandbox.protocol.edits import Edit
    from sandbox.protocol.settings import Settings
    from sandbox.studies.claims import Claim
    from sandbox.world.outgoing import Host

T = TypeVar("T")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Port of the app.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that the app listens on.")
@click.option("--outgoing", "hosts", multiple=True, metavar="HOST[:PORT]", callback=outgoing, help=OUTGOING)
@click.option("--base-path", "base", envvar="STREAMLIT_SERVER_BASE_URL_PATH", default="", metavar="PATH", callback=base, help=BASE)
@click.option("--trusted-proxy", "trusted", envvar="FORWARDED_ALLOW_IPS", multiple=True, metavar="ADDRESS", callback=trusted, help=TRUSTED)
@click.option("--store", "address", envvar="OAUTH_SANDBOX_STORE", metavar="URL", help=STORE)
@click.option("--store-prefix", default="oauth-sandbox", show_default=True, help="What the names of its keys begin with.")
@click.option("--replica", default="", metavar="NAME", callback=replica, help=REPLICA)
@click.version_option(__version__, prog_name="oauth-sandbox")
@click.pass_context
def main(
    context: click.Context,
    port: int,
    host: str,
    hosts: tuple[Host, ...],
    base: str,
    trusted: tuple[str, ...],
    address: str | None,
    store_prefix: str,
    replica: str,
) -> None:
    """OAuth Sandbox, a flight simulator for OAuth 2.0 and JWTs.  Without a command it starts the app."""
    if context.invoked_subcommand is None:
        start({"host": host, "port": port, "base": base, "trusted": trusted}, hosts, address, store_prefix, replica)


for command in (audit, inspect, mask, matrix, play, search, serve, workshop, howto):
    main.add_command(command)


def start(place: dict[str, Any], outgoing: tuple[Host, ...], address: str | None, prefix: str, replica: str) -> None:
    """Start the app at this place, with the store at this address."""
    from sandbox.app import launcher

    try:
        launcher.serve(launcher.Place(**place), outgoing, connected(address, prefix) if address else None, replica)
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
        return _json(
            "scenarios",
            [
                {"id": s.id, "kind": s.kind, "title": s.title, "difficulty": s.difficulty, "minutes": s.minutes, "after": list(s.after)}
                for s in scenarios
            ],
        )
    table = Table(box=None, show_header=False, padding=(0, 3, 0, 0))
    for s in scenarios:
        table.add_row(plain(s.kind, "dim"), plain(s.id, "bold"), plain(s.title))
    return print_all([table])


def _json(key: str, rows: list[dict[str, Any]]) -> None:
    """A table as JSON."""
    click.echo(json.dumps({"format": FORMAT, key: rows}, indent=2))


@main.command()
@click.argument("scenario")
def show(scenario: str) -> None:
    """What SCENARIO (an id, a file, or - for standard input) is about."""
    from sandbox.views.report import scenario_words

    print_all(scenario_words(find(scenario)))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def switches(as_json: bool) -> None:
    """Every defence there is, and its value in each profile."""
    from sandbox.views.report import switch_data, switch_words

    if as_json:
        return _json("switches", switch_data())
    return print_all(switch_words())


@main.command("words")
@click.argument("word", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def words_(word: str, as_json: bool) -> None:
    """What WORD means, why it is there, and what happens without it; without WORD, all words there are."""
    from sandbox.core.text import nearest, quoted
    from sandbox.views import words as glossary
    from sandbox.views.report import word_list, word_words

    found = list(glossary.cards(glossary.meanings(word)).values() if word else glossary.every())
    if not found:
        raise click.UsageError(f"there is no word {quoted(word)}{nearest(word, glossary.names())}")
    if as_json:
        return _json("words", found)
    return print_all(word_words(found) if word else word_list(found))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verbs(as_json: bool) -> None:
    """Everything that a step of a scenario can do."""
    from sandbox.views.report import verb_data, verb_words

    if as_json:
        return _json("verbs", verb_data())
    return print_all(verb_words())


@main.command()
@click.option("--serve", "of_setups", is_flag=True, help="Of the setup files of serve instead.")
@click.option("--inspect", "of_findings", is_flag=True, help="Of what inspect --json prints instead.")
def schema(of_setups: bool, of_findings: bool) -> None:
    """The JSON Schema of scenario files, for editors."""
    if of_setups and of_findings:
        raise Unusable("--serve and --inspect are two schemas; ask for one")
    if of_findings:
        from sandbox.views.reality.shape import schema as found
    elif of_setups:
        from sandbox.serve.setup_schema import schema as found
    else:
        from sandbox.language.schema import schema as found

    click.echo(json.dumps(found(), indent=2))


# ---------------------------------------------------------------- run


@main.command()
@click.argument("scenario")
@click.option("--profile", help="Run with this profile; the file's own setting does not apply then.")
@click.option("--set", "changes", multiple=True, metavar="SWITCH=VALUE", help="Change a switch of a role or of one instance; repeatable.")
@click.option("--edit", "changed", multiple=True, metavar="MESSAGE~FIELD~VALUE", help="Change a field of a message on its way; repeatable.")
@click.option("--seed", type=int, default=0, show_default=True, help="Other keys and random values.")
@click.option("--step", type=click.IntRange(min=1), help="Show one moment with its message and checks.")
@click.option("--expect", "expected", metavar="WORD", help="The verdict that is wished, such as blocked; see the exit codes.")
@click.option("--json", "form", flag_value="json", help="Print the whole record as JSON.")
@click.option("--mermaid", "form", flag_value="mermaid", help="Print a Mermaid sequence diagram.")
@click.option("--svg", type=Writable(), metavar="FILE", help="Write the diagram.")
@click.option("--png", type=Writable(), metavar="FILE", help="Write the diagram.")
@click.option("--html", type=Writable(), metavar="FILE", help="Write the stepper as one offline page.")
@click.option("--har", "log", type=Writable(), metavar="FILE", help="Write all messages as HAR 1.2.")
def run(
    scenario: str,
    profile: str | None,
    changes: tuple[str, ...],
    changed: tuple[str, ...],
    seed: int,
    step: int | None,
    expected: str | None,
    form: str | None,
    svg: Path | None,
    png: Path | None,
    html: Path | None,
    log: Path | None,
) -> None:
    """Run SCENARIO (an id, a file, or - for standard input) and say what happened."""
    from sandbox.engine import player, simulation
    from sandbox.views import har, pictures
    from sandbox.views.mermaid import mermaid
    from sandbox.views.record import trace_json

    wished, story = _verdict(expected), find(scenario)
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
    if wished and result.verdict.word != wished:
        say(f"oauth-sandbox: expected {wished}, found {result.verdict.word}")
        sys.exit(FOUND)
    if wished and result.unfit:
        say(f"oauth-sandbox: {wished} as expected, but not every edit was made")
        sys.exit(FOUND)


def _verdict(word: str | None) -> str | None:
    """The word of a verdict, as it may be expected."""
    from sandbox.core.text import nearest, quoted
    from sandbox.engine.result import SEVERITY

    if word is not None and word not in SEVERITY:
        raise Unusable(f"--expect: there is no verdict {quoted(word)}: it is one of {', '.join(SEVERITY)}{nearest(word, SEVERITY)}")
    return word


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
    from sandbox.protocol.switches import UnknownSetting

    wanted = pairs(changes)
    try:
        if profile is not None:
            return Settings.of(profile, wanted)
        own = scenario.settings
        return own.but(wanted)
    except UnknownSetting as error:
        raise Unusable(str(error)) from None


# ---------------------------------------------------------------- check


@main.command()
@click.argument("given", nargs=-1, metavar="[SCENARIO]...")
@click.option("-v", "--verbose", is_flag=True, help="Print the claims that are true, too.")
@click.option("--junit", type=Writable(), metavar="FILE", help="Write a JUnit report.")
def check(given: tuple[str, ...], verbose: bool, junit: Path | None) -> None:
    """Verify every claim of scenarios; without SCENARIO, of all that are shipped.

    SCENARIO is an id, a file, a folder of files, a playlist (all that it names is checked), or - for standard input.
    """
    from sandbox.views import report

    results = [(name, *checked(claims)) for name, claims in progress(list(sources(given)))]
    for name, claims, broken in results:
        if broken:
            say(broken)
        else:
            print_all(report.claim_words(name, claims, verbose))
    if junit is not None:
        store(junit, report.junit(results))
    if any(broken for _, _, broken in results):
        sys.exit(WRONG)
    if any(not claim.ok for _, claims, _ in results for claim in claims):
        sys.exit(FOUND)


def checked(claims: Claims) -> tuple[list[Claim], str]:
    """The claims of a file, or the error that keeps it from loading."""
    from sandbox.language.source import ScenarioError

    try:
        return claims(), ""
    except ScenarioError as error:
        return [], str(error)


def progress(items: list[T]) -> Iterator[T]:
    """The items, with a bar on standard error if that is a terminal."""
    from rich.progress import track

    stderr = console(err=True)
    return iter(track(items, "Checking", console=stderr, transient=True, disable=not stderr.is_terminal))


for named, command in main.commands.items():
    command.epilog = words(named)
