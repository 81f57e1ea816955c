"""The command `oauth-sandbox search`: whether an attacker with these powers finds a way to a goal, within a bound.

Apart from `main.py` so that each file stays readable; `main.py` registers the command.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sandbox import FORMAT
from sandbox.cli.exits import FOUND, OPEN
from sandbox.cli.given import find
from sandbox.cli.writable import Writable
from sandbox.core.text import plural
from sandbox.views.terminal import Unusable, console, pairs, plain, print_all, say, store

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sandbox.attacker.question import Question, Target
    from sandbox.attacker.search import Progress
    from sandbox.attacker.way import Defect, Way
    from sandbox.language.document import Scenario
    from sandbox.protocol.settings import Settings

USUAL = ("account", "lures")  # the powers of anybody on the web
PROFILE = "oauth-bcp"
POWERS = (
    f"What she can do; repeatable.  {' and '.join(USUAL)} if left out.  There are account, lures, client, server, log.accounts, "
    "history.laptop, storage.app, device.phone, script.app, rides.app, operates.accounts, claims.mobile, reaches.internal, and the like."
)


def _finite(context: click.Context, option: click.Parameter, value: float) -> float:
    """A range lets `nan` pass, which is neither below nor above its ends."""
    if not isfinite(value):
        raise click.BadParameter("write a number of seconds", context, option)
    return value


@click.command()
@click.option("--profile", help=f"The design; that of --like if there is one, else {PROFILE}.")
@click.option("--set", "changes", multiple=True, metavar="SWITCH=VALUE", help="Change a switch; repeatable.")
@click.option("--power", "powers", multiple=True, metavar="POWER", help=POWERS)
@click.option("--like", metavar="SCENARIO", help="Take setting, honest steps, powers and goals from this attack, and none of her steps.")
@click.option(
    "--goal", "goals", multiple=True, metavar="GOAL", help="Look for read, write, session, ... or read=alice:account-1 only; repeatable."
)
@click.option(
    "--changes", "depth", type=click.IntRange(0, 6), default=2, show_default=True, help="How many moves of hers change something."
)
@click.option("--seconds", type=click.FloatRange(min=0.1), callback=_finite, default=10, show_default=True, help="How long to look.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--out", type=Writable(folder=True), metavar="FOLDER", help="Write each way as a scenario file.")
@click.option("--seed", type=int, default=0, show_default=True, help="Other keys and random values.")
def search(
    profile: str | None,
    changes: tuple[str, ...],
    powers: tuple[str, ...],
    like: str | None,
    goals: tuple[str, ...],
    depth: int,
    seconds: float,
    as_json: bool,
    out: Path | None,
    seed: int,
) -> None:
    """Look for a way to a goal, over the real parties, with moves that no file tells."""
    question = asked(profile, changes, powers, find(like) if like else None, goals, seed)
    result = looked_for(question, depth, seconds, as_json, out)
    if as_json:
        click.echo(json.dumps(data(question, result), indent=2, ensure_ascii=False))
    else:
        print_all([plain(ending(question, result))])
    for defect in result.defects:
        say(f"oauth-sandbox: a defect of the search, please report it: {defect.target}: {defect.why}")
    if result.found:
        sys.exit(FOUND)
    if not result.exhausted:
        sys.exit(OPEN)


# ---------------------------------------------------------------- the question


def asked(
    profile: str | None,
    changes: Sequence[str],
    powers: Sequence[str],
    like: Scenario | None,
    goals: Sequence[str],
    seed: int,
) -> Question:
    """The question that the options ask."""
    from sandbox.attacker import question

    settings = _settings(profile, changes, like)
    for power in powers:
        _known(power)
    if like is not None:
        if not like.goal:
            raise Unusable(f"{like.id}: nobody is after anything in it; name an attack")
        if (lacking := settings.lacks(like.needs)) is not None:
            raise Unusable(f"{like.id}: {lacking.without}")
        base = question.of_scenario(like, settings, seed)
        found = replace(base, powers=tuple(dict.fromkeys((*base.powers, *powers))))
    else:
        found = question.of_settings(settings, powers or USUAL, seed)
    try:
        found.attacker  # noqa: B018  # it is made when it is asked for, and a file could not state these powers if it cannot be made
    except ValueError as error:
        raise Unusable(f"--power: {_first(error)}") from None
    return replace(found, targets=tuple(_wanted(found.targets, goals))) if goals else found


def _settings(profile: str | None, changes: Sequence[str], like: Scenario | None) -> Settings:
    from sandbox.protocol.settings import Settings
    from sandbox.protocol.switches import UnknownSetting

    wanted = pairs(changes)
    try:
        if like is None or profile is not None:
            return Settings.of(profile or PROFILE, wanted)
        return like.settings.but(wanted)
    except UnknownSetting as error:
        raise Unusable(str(error)) from None


def _known(power: str) -> None:
    from sandbox.core.text import nearest
    from sandbox.language.powers import POWERS

    if power not in POWERS:
        raise Unusable(f"--power: there is no power {power!r}{nearest(power, POWERS) or '; `oauth-sandbox search --help` names them'}")


def _wanted(targets: Sequence[Target], goals: Sequence[str]) -> Iterator[Target]:
    """Those of the targets that are meant, and others that are named in full."""
    from sandbox.attacker.question import SOMEWHERE, Target
    from sandbox.language.goals import PREDICATES, Goal

    for text in goals:
        predicate, equals, what = text.partition("=")
        if equals and not what.strip():
            raise Unusable(f"--goal {text}: write what it is about after the =, or leave the = out to mean all of them")
        if predicate not in PREDICATES:
            raise Unusable(f"--goal {text}: write one of {', '.join(PREDICATES)}, and perhaps = and what it is about")
        of_kind = [t for t in targets if t.predicate == predicate and (not what or what in (t.what, str(t)))]
        if of_kind:
            yield from of_kind
            continue
        if not what:
            raise Unusable(f"--goal {text}: no shipped attack with these powers is after that; say what it is about, as in {text}=...")
        client, _, rest = what.partition(":")
        browser, _, user = rest.partition(":")
        value: Any = {"client": client, "browser": browser, "user": user} if predicate == "session" else what
        try:
            yield Target(Goal.model_validate({predicate: value, "at": SOMEWHERE}))
        except ValueError as error:
            raise Unusable(f"--goal {text}: {_first(error)}") from None


def _first(error: ValueError) -> str:
    from pydantic import ValidationError

    return str(error.errors()[0]["msg"]) if isinstance(error, ValidationError) else str(error)


# ---------------------------------------------------------------- the answer


@dataclass
class Result:
    """What came of it: the ways with the seconds after which each was found."""

    found: list[tuple[Way, float]]
    defects: list[Defect]
    depth: int
    limit: float
    states: int = 0
    moves: int = 0
    seconds: float = 0.0
    exhausted: bool = False


def looked_for(question: Question, depth: int, limit: float, quiet: bool, out: Path | None) -> Result:
    """Search, and print and write each way as it is found."""
    from rich.progress import Progress as Bar
    from rich.progress import TextColumn, TimeElapsedColumn

    from sandbox.attacker.search import Bound
    from sandbox.attacker.search import search as progress
    from sandbox.core.clock import Stopwatch
    from sandbox.core.garbage import keep_what_is_there

    watch, result = Stopwatch(), Result([], [], depth, limit)
    keep_what_is_there()
    stderr = console(err=True)
    with Bar(TimeElapsedColumn(), TextColumn("{task.description}"), console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        task = bar.add_task("", total=None)
        for p in progress(question, Bound(depth), lambda: watch.seconds > limit):
            bar.update(task, description=f"{far(p.states, p.moves)}, {p.waiting:,} waiting")
            _noted(question, result, p, watch.seconds, quiet, out)
    return result


def _noted(question: Question, result: Result, p: Progress, seconds: float, quiet: bool, out: Path | None) -> None:
    from sandbox.attacker.cure import completed

    for way in p.found:
        result.found.append((way, seconds))
        if not quiet:
            print_all(_words(way, seconds))
        if out is not None:
            path = out / f"{file_name(way)}.yaml"
            store(path, completed(question, way), folders=True)
            click.echo(f"wrote {path}", err=True)
    result.defects += p.defects
    result.states, result.moves, result.seconds, result.exhausted = p.states, p.moves, seconds, p.exhausted


def file_name(way: Way) -> str:
    """The id of a way as a file: what it reaches."""
    return "found-" + re.sub(r"[^a-z0-9]+", "-", str(way.target).lower()).strip("-")[:50].strip("-")


def _words(way: Way, seconds: float) -> Iterator[RenderableType]:
    from sandbox.protocol.cast import title

    yield plain(f"A way: {way.target} ({way.verdict.word}, found after {seconds:.1f} s)", "bold")
    for number, step in enumerate(way.scenario.steps, 1):
        yield plain(f"  {number:>2}. {step.do:<24} {step.say}")
    for stop in way.scenario.goal:
        yield plain(f"      {way.verdict.sentence} At “{stop.at.replace('_', ' ')}”, by {title(way.scenario.step(stop.at).actor)}.\n")


def far(states: int, moves: int) -> str:
    """How far a search has come: `561 states, 1 move`"""
    return f"{plural(states, 'state')}, {plural(moves, 'move')}"


def ending(question: Question, result: Result) -> str:
    """What the search came to, and within what."""
    from sandbox.studies import basis

    other = "other " if result.found else ""
    within = f"{basis.moves(result.depth)}, one flow of hers for each client, beside {plural(len(question.schedule), 'honest step')}"
    powers = ", ".join(question.powers) or "nothing but messages"
    rest = [str(t) for t in question.targets if t not in {w.target for w, _ in result.found}]
    if not rest:
        head = "A way to each goal."
    elif result.exhausted:
        head = f"No {other}way within: {within}; powers: {powers}; goals: {'; '.join(rest)}."
    else:
        head = f"No {other}way found so far within: {within}; powers: {powers}; goals: {'; '.join(rest)}; not exhausted."
    tail = f"{far(result.states, result.moves)}, {result.seconds:.1f} s" + (", exhausted." if result.exhausted and rest else ".")
    return f"{head} {tail}"


def data(question: Question, result: Result) -> dict[str, Any]:
    """The same for programs."""
    ways = [
        {
            "goal": str(way.target),
            "verdict": way.verdict.word,
            "steps": [{"id": s.id, "do": s.do, "say": s.say} for s in way.scenario.steps],
            "seconds": round(seconds, 3),
            "scenario": way.scenario.source,
        }
        for way, seconds in result.found
    ]
    return {
        "format": FORMAT,
        "found": ways,
        "exhausted": result.exhausted,
        "bound": question.bound | {"changes": result.depth, "seconds": result.limit},
        "states": result.states,
        "moves": result.moves,
        "seconds": round(result.seconds, 3),
        "defects": [{"goal": str(d.target), "why": d.why} for d in result.defects],
    }
