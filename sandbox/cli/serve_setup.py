"""What `oauth-sandbox serve` is to serve, from its options and its setup file.

Options win over a file with one issuer, and add to its clients; a file with several says all of it itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from click.core import ParameterSource

from sandbox.core.clock import moment
from sandbox.core.duration import seconds_of
from sandbox.views.terminal import Unusable, UnusableFile, pairs

if TYPE_CHECKING:
    from sandbox.core.entropy import KeyType
    from sandbox.protocol.settings import Settings
    from sandbox.serve.setup_reading import Plan

EXAMPLE = Path(__file__).parents[1] / "serve" / "example_setup.yaml"
LONGEST_SEED = 200  # characters
LIVES = {  # option -> the name in `Lifetimes`, and its help
    "--access-life": ("access", "How long access tokens live, such as 300 or 5m; else as.short_ttl decides."),
    "--refresh-life": ("refresh", "How long refresh tokens live, however often they are exchanged."),
    "--code-life": ("code", "How long authorization codes live."),
    "--id-token-life": ("id_token", "How long ID tokens live."),
}
OF_OAUTH = ("--code-life", "--id-token-life")  # what has no meaning in a design without an authorization server
OF_SETUP = ("--config", "--seed", "--now", *LIVES)  # about a server of our own
ONE_ISSUER = ("--profile", "--set", "--alg", "--client", "--post-logout", "--backchannel", "--registration", *LIVES)
GUESSABLE = (
    "Warning: everything random here follows from --seed. Whoever knows it, or tries likely ones, knows every key, code and token before it"
    " is issued. Use it for tests on this machine, and for nothing else."
)


def read_with(read: Callable[[str], Any]) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    """The callback of an option whose text `read` understands; its ValueError says what to write."""

    def callback(_: click.Context, parameter: click.Parameter, text: str | None) -> Any:
        try:
            return None if text is None else read(text)
        except ValueError as error:
            raise click.UsageError(f"{parameter.opts[0]} {text}: {error}") from None

    return callback


def _seed(text: str) -> str:
    if not text or len(text) > LONGEST_SEED:
        raise ValueError(f"write 1 to {LONGEST_SEED} characters")
    return text


def _print_example(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(EXAMPLE.read_text(encoding="utf-8"), nl=False)
        context.exit()


def options(command: Callable[..., None]) -> Callable[..., None]:
    """The options about a setup: a file, a seed, a clock, lifetimes."""
    of_setup = (
        click.option("--config", "file", metavar="FILE", help="Users, clients, keys, issuers ...: a setup file; - for standard input."),
        click.option(
            "--example", is_flag=True, is_eager=True, expose_value=False, callback=_print_example, help="Print a setup file to start from."
        ),
        *(
            click.option(option, f"{name}_life", metavar="TIME", callback=read_with(seconds_of), help=told)
            for option, (name, told) in LIVES.items()
        ),
        click.option("--seed", metavar="TEXT", callback=read_with(_seed), help="Derive keys, codes and tokens from it; for tests alone."),
        click.option("--now", metavar="TIME", callback=read_with(moment), help="Let the clock stand at this time until it is moved."),
    )
    for option in reversed(of_setup):
        command = option(command)
    return command


def given_options() -> list[str]:
    """The options that stand on the command line."""
    context = click.get_current_context()
    return [p.opts[0] for p in context.command.params if context.get_parameter_source(p.name or "") is ParameterSource.COMMANDLINE]


def plans(
    file: str | None, *, profile: str, changes: tuple[str, ...], alg: str, registration: bool, lives: dict[str, int | None]
) -> tuple[Plan, ...]:
    """The worlds that the file says, as the options change them; without a file the one that the options say."""
    from sandbox.serve.setup import OPEN
    from sandbox.serve.setup_reading import Plan
    from sandbox.serve.wishes import NOTHING

    given, wanted = given_options(), {name.removesuffix("_life"): seconds for name, seconds in lives.items() if seconds}
    found = _read(file) if file is not None else None
    if found is not None and found[0].name:
        if idle := next((option for option in ONE_ISSUER if option in given), None):
            raise click.UsageError(
                f"{idle} has no effect where {file} lists its issuers: write it there, for each one that it is meant for."
            )
        return found
    plan = found[0] if found else Plan(settings=_settings(profile, OPEN), wishes=NOTHING)
    old = plan.settings
    usual = {"client.bff": old.value("client.bff")} | dict(old.changes)
    settings = _settings(profile if "--profile" in given else old.profile, usual | pairs(changes))
    if settings.architecture != "oauth" and (idle := next((option for option in OF_OAUTH if option in given), None)):
        raise click.UsageError(f"{idle} has no effect in this profile: its design has no authorization server.")
    wishes = replace(plan.wishes, lifetimes=replace(plan.wishes.lifetimes, **wanted))
    if "--alg" in given and wishes.algs:
        wishes = replace(wishes, algs=(cast("KeyType", alg), *wishes.algs))
    return (replace(plan, settings=settings, wishes=wishes, registration=registration if "--registration" in given else plan.registration),)


def fixed(plan: Plan, seed: str | None, now: int | None) -> Plan:
    """The same with a seed, of its own for each of several, and a clock that stands."""
    own = None if seed is None else f"{seed} {plan.name}".strip()
    return replace(plan, wishes=replace(plan.wishes, seed=own, now=now))


def guessable(host: str, url: str) -> None:
    """Warn of a seed, and refuse one where others can ask."""
    from sandbox.core.wire import split
    from sandbox.serve.listen import is_loopback

    for option, place in (("--host", host), ("--url", split(url).hostname if url else "localhost")):
        if not is_loopback(place or ""):
            raise click.UsageError(
                f"--seed makes keys and tokens that can be guessed, and {place} can be reached by others: leave {option} out."
            )
    click.secho(GUESSABLE, fg="yellow", err=True)


def _settings(profile: str, changes: dict[str, str]) -> Settings:
    """The profile with its changes; Unusable names what does not exist."""
    from sandbox.protocol.settings import Settings
    from sandbox.protocol.switches import UnknownSetting

    try:
        return Settings.of(profile, changes)
    except UnknownSetting as error:
        raise Unusable(str(error)) from None


def _read(file: str) -> tuple[Plan, ...]:
    from sandbox.language.source import MAX_BYTES
    from sandbox.serve.setup_reading import SetupError, loads

    path = Path(file)
    try:
        if file == "-":
            return loads(sys.stdin.buffer.read(MAX_BYTES + 1), "stdin")
        if not path.is_file():
            raise Unusable(f"--config: there is no file {file}; --example prints one to start from")
        with path.open("rb") as opened:
            return loads(opened.read(MAX_BYTES + 1), file, path.parent)
    except SetupError as error:
        raise UnusableFile(str(error)) from None
    except (OSError, ValueError) as error:
        raise Unusable(f"--config: {file} cannot be read: {getattr(error, 'strerror', None) or 'it is no name of a file'}") from None
