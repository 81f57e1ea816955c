"""Every attack in every profile, in its own setting, and with each of its defences, limits and myths: one cell for each run.

The runs are spread over the cores; the cells come in the same order however many there are.  How they are shown is the business
of `matrix.py` and `matrix.py`.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any, Literal

from sandbox import FORMAT
from sandbox.engine import judge, player, simulation
from sandbox.engine.case import Case
from sandbox.engine.result import Counters, Run, Stop, Verdict, Word
from sandbox.language import library
from sandbox.language.document import Defence, Limit, Scenario
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import basis, ways
from sandbox.studies.adaptive import Looked, known, looked_for

Kind = Literal["profile", "own", "defence", "limit", "myth"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One attack in one setting.  `expected` is what its file says (None: nothing about profiles); `exposure` is in seconds.

    `switches` are what was added to the file's own setting.  `fault` says how file and run differ; '' if they agree.  Over all known
    ways the worst counts: `way` is the id of the one that gave the word, '' if it is the attack's own script; `closed` are those
    whose script cannot go on here; `scripts` is how many were run.
    """

    attack: str
    kind: Kind
    profile: str
    switches: tuple[tuple[str, str], ...]
    expected: Word | None
    found: Word
    blocked_by: Stop | None = None
    exposure: int | None = None
    counters: Counters = field(default=Counters())
    sentence: str = ""
    fault: str = ""
    way: str = ""
    closed: tuple[str, ...] = ()
    scripts: int = 1

    @property
    def script(self) -> str:
        """The id of the scenario that gave the word: the attack, or another way to its goal."""
        return self.way or self.attack

    @property
    def named(self) -> str:
        """The setting in words: a profile, or `PKCE + rs.check_iss=bound`."""
        added = " + ".join(name if name.isupper() else f"{name}={value}" for name, value in self.switches)
        return self.profile if self.kind == "profile" else added or "own setting"


def cells(
    attacks: Sequence[Scenario] | None = None, jobs: int | None = None, seed: int = 0, progress: Progress | None = None
) -> Iterator[Cell]:
    """All cells of these attacks (None: of all that are shipped), in order.  `progress` is told how many of how many are done.

    `jobs`: how many processes (None: one for each core that may be used).
    """
    attacks = library.attacks() if attacks is None else attacks
    done, total = 0, sum(map(size, attacks))
    for row in _rows(attacks, min(jobs or cores(), len(attacks)), seed):
        done += len(row)
        if progress is not None:
            progress(done, total)
        yield from row


def size(scenario: Scenario) -> int:
    """How many cells an attack has."""
    return len(PROFILES) + 1 + len(scenario.blocked_by) + len(scenario.limited_by) + sum(bool(m.switches) for m in scenario.myths)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def all_as_json(cells: Iterable[Cell], looked: Mapping[tuple[str, str], Looked] | None = None) -> dict[str, Any]:
    """All cells as plain data; those of profiles with what was `looked` for there."""
    far = {} if looked is None else looked
    return {"format": FORMAT, "cells": [as_json(cell, far.get((cell.attack, cell.profile))) for cell in cells]}


def _far(looked: Looked) -> dict[str, Any]:
    ways = [{"id": way.id, "scenario": way.source} for way in looked.ways]
    return {"changes": looked.changes, "states": looked.states, "exhausted": looked.exhausted, "ways": ways}


def as_json(cell: Cell, looked: Looked | None = None) -> dict[str, Any]:
    """A cell as plain data; one of a profile with what was `looked` for in it."""
    looked = looked if cell.kind == "profile" else None
    where: dict[str, Any] = {"profile": cell.profile} if cell.kind == "profile" else {"switches": dict(cell.switches)}
    stop = asdict(cell.blocked_by) if cell.blocked_by else None
    return {
        "attack": cell.attack,
        **where,
        "expected": cell.expected,
        "found": cell.found,
        "blocked_by": {k: stop[k] for k in ("party", "check", "step", "status", "error")} if stop else None,
        "exposure_seconds": cell.exposure,
        "way": cell.way or None,
        "closed": list(cell.closed),
        "rests_on": basis.said(cell.found, cell.sentence, cell.scripts, looked) if cell.found == "blocked" else None,
    } | ({"search": _far(looked)} if looked else {})


def searched(cells: Iterable[Cell], attacks: Iterable[Scenario]) -> Iterator[tuple[tuple[str, str], Looked]]:
    """What an attacker who adapts finds wherever one of these attacks is blocked in a profile by all known ways, or cannot go on."""
    files = {attack.id: attack for attack in attacks}
    for cell in cells:
        if cell.kind == "profile" and cell.found in basis.OPEN:
            yield (cell.attack, cell.profile), looked_for(cell.attack, known(files[cell.attack]), Settings.of(cell.profile))


# ---------------------------------------------------------------- the runs


def row(scenario: Scenario, seed: int = 0) -> list[Cell]:
    """All cells of one attack."""
    try:
        return list(_row(scenario, seed))
    except player.NotLearned as error:
        return [
            Cell(
                attack=scenario.id,
                kind="own",
                profile=scenario.settings.profile,
                switches=(),
                expected="succeeded",
                found="failed",
                sentence=str(error),
                fault=str(error),
            )
        ]


def _row(scenario: Scenario, seed: int) -> Iterator[Cell]:
    own = Case.of(scenario, seed=seed)
    for profile in PROFILES:
        yield _over_ways(_cell(run := simulation.run_case(own.under(Settings.of(profile))), "profile", {}, None), run)
    yield _cell(simulation.run_case(own), "own", {}, "succeeded")
    for defence in scenario.blocked_by:
        run = simulation.run_case(own.at_least(defence.switches))
        cell = _cell(run, "defence", defence.switches, "blocked", partial(_blocks, defence))
        yield _over_ways(cell, run) if defence.kind == "principal" else cell
    for limit in scenario.limited_by:
        yield _limited(own, limit)
    for myth in scenario.myths:
        if myth.switches:
            yield _cell(simulation.run_case(own.at_least(myth.switches)), "myth", myth.switches, myth.outcome or "succeeded")


def _cell(run: Run, kind: Kind, switches: Mapping[str, str], expected: Word | None, fault: Callable[[Run], str] | None = None) -> Cell:
    """What the attack's own script comes to with these switches."""
    v = run.verdict
    agrees = expected is None or v.word == expected or (expected == "succeeded" and v.word == "limited")
    differs = f"{expected} is claimed, {v.word} is found: {v.sentence}" if not agrees else fault(run) if fault else ""
    return _found(run, v, kind, switches, expected, differs)


def _found(run: Run, verdict: Verdict, kind: Kind, switches: Mapping[str, str], expected: Word | None, fault: str) -> Cell:
    return Cell(
        attack=run.scenario.id,
        kind=kind,
        profile=run.settings.profile,
        switches=tuple(switches.items()),
        expected=expected,
        found=verdict.word,
        blocked_by=verdict.blocked_by,
        exposure=verdict.exposure,
        counters=run.counters,
        sentence=verdict.sentence,
        fault=fault,
    )


def _over_ways(cell: Cell, run: Run) -> Cell:
    """The cell with what the other known ways come to, where that is worse for the system."""
    all_ways = ways.tried(run.case, run.verdict)
    worst, verdict = all_ways.worst.way, all_ways.worst.verdict
    if worst == cell.attack:
        return replace(cell, closed=all_ways.closed, scripts=all_ways.applied)
    fault = f"{cell.expected} is claimed, and another way is {verdict.word}: {worst}" if cell.expected else ""
    return replace(
        cell, found=verdict.word, blocked_by=verdict.blocked_by, exposure=verdict.exposure, sentence=verdict.sentence,
        fault=cell.fault or fault, way=worst, closed=all_ways.closed, scripts=all_ways.applied,
    )  # fmt: skip


def _blocks(defence: Defence, run: Run) -> str:
    """How the place where she was stopped differs from the one that the file names."""
    stop = run.verdict.blocked_by
    found = (stop.step, stop.by, stop.answer) if stop else ("", "", "")
    wanted = (defence.at, defence.by or "", defence.answer)
    return "" if found == wanted else f"a stop at {' '.join(wanted)} is claimed, {' '.join(found)} is found"


def _limited(own: Case, limit: Limit) -> Cell:
    """A limit is measured, whatever the goal: what is stolen must stop working by itself, within the exposure that the file names."""
    run = simulation.run_case(own.at_least(limit.switches))
    timed = judge.timed(run.verdict, run.case)
    seconds = timed.exposure
    ok = timed.word == "limited" and seconds is not None and seconds <= limit.exposure
    said = f"it works for {seconds} s" if seconds is not None else timed.sentence
    differs = "" if ok else f"an exposure of {limit.exposure} s is claimed, {timed.word} is found: {said}"
    if timed.word == "limited":
        timed = replace(timed, sentence=f"Limited: the stolen {timed.credential} worked {judge.span(seconds)}.")
    return _found(run, timed, "limit", limit.switches, "limited", differs)


# ---------------------------------------------------------------- the processes


def _rows(attacks: Sequence[Scenario], jobs: int, seed: int) -> Iterator[list[Cell]]:
    """One row for each attack, in order; by this process where others cannot be had, or fail."""
    done = 0
    if jobs > 1:
        try:
            with ProcessPoolExecutor(jobs, multiprocessing.get_context(_start_method())) as pool:
                try:
                    for each in pool.map(partial(row, seed=seed), attacks):
                        done += 1
                        yield each
                finally:
                    pool.shutdown(wait=False, cancel_futures=True)
        except (OSError, BrokenProcessPool):
            pass  # no processes here: what is left is done below
    for scenario in attacks[done:]:
        yield row(scenario, seed)


def _start_method() -> str:
    """Forking is fast, and safe only for a process without other threads."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return "fork"
    return "forkserver" if sys.platform != "win32" else "spawn"
