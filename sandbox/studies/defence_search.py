"""What would block an attack: every defence tried alone, and the smallest set of switches that blocks it, found by running.

A defence counts only if the verdict is `blocked`: one that breaks honest use does not.  All searches are iterators of trials, one
run each, so that whoever shows them can say how far they are and stop them; nothing here is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.engine.result import Stop, Word
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES
from sandbox.studies import changes
from sandbox.studies.changes import Delta, delta
from sandbox.studies.smallest import Search

MOST = 1500  # runs that the proof of "there is no smaller set" may take


@dataclass(frozen=True, slots=True)
class Option:
    """Something to switch on: a bundle, or one switch at one stronger value.  `switches` are sorted."""

    name: str
    switches: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One run with switches added to the setting: its verdict, and what stopped the attack."""

    switches: tuple[tuple[str, str], ...]
    settings: Settings
    word: Word
    sentence: str
    stop: Stop | None = None
    name: str = ""

    @property
    def enough(self) -> bool:
        """Whether the attack is blocked, and honest use goes on."""
        return self.word == "blocked"

    @property
    def breaks(self) -> bool:
        """Whether honest use fails with it."""
        return self.word == "breaks-service"


def options(settings: Settings) -> list[Option]:
    """Everything stronger than these settings: bundles first, then each stronger value of each switch that applies."""
    bundles = [Option(name, tuple(sorted(BUNDLES[name].items()))) for name in changes.bundles(settings)]
    atoms = [(name, value) for change in changes.singles(settings) for name, value in change]
    return bundles + [Option(name if value == "on" else f"{name}={value}", ((name, value),)) for name, value in atoms]


def attempt(case: Case, switches: Mapping[str, str], name: str = "") -> Trial:
    """The attack with these switches raised to at least these values."""
    stronger = case.at_least(switches)
    verdict = simulation.run_case(stronger).verdict
    return Trial(tuple(sorted(switches.items())), stronger.settings, verdict.word, verdict.sentence, verdict.blocked_by, name)


def singles(case: Case) -> Iterator[Trial]:
    """Every option alone."""
    return (attempt(case, dict(o.switches), o.name) for o in options(case.settings))


def blocking(trials: Iterable[Trial]) -> list[Trial]:
    """Those that block; of a switch only the weakest value that does."""
    seen: set[str] = set()
    found = []
    for trial in trials:
        key = trial.switches[0][0] if len(trial.switches) == 1 else trial.name
        if trial.enough and key not in seen:
            seen.add(key)
            found.append(trial)
    return found


# ---------------------------------------------------------------- the smallest set


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is.  `best`: the smallest blocking set so far; `proved`: there is certainly no smaller one.

    `tried` of at most about `total` runs.  `already`: the attack does not succeed in the first place.
    """

    tried: int
    total: int
    best: Trial | None = None
    proved: bool = False
    already: bool = False


def smallest(case: Case, most: int = MOST) -> Iterator[Progress]:
    """The smallest set of switches that blocks: one progress for each run, the last one with the answer.

    First something that blocks is found and shrunk, which is quick; then all smaller sets are tried, most promising first.
    """
    base = case.settings
    search = Search[Trial](lambda change: attempt(case, dict(change)), lambda change: changes.cost(base, change))
    now = search.attempt(frozenset())
    if now.word not in ("succeeded", "limited"):
        yield Progress(1, 1, now if now.enough else None, already=True)
        return
    for _ in _found(search, case):
        yield progress(search, most)
    yield from proof(search, changes.singles(base), most)


def _found(search: Search[Trial], case: Case) -> Iterator[Trial]:
    """What the file explains, and singles, until one switch blocks; then bundles; if nothing blocks, as much at once as honest use
    can bear.  What is found is made smaller: what a file says is only a good guess, it may well be larger than needed."""
    base = case.settings
    for trial in search.each(delta(base, d.switches) for d in case.scenario.blocked_by):
        yield trial
    if search.best is not None and len(search.best) == 1:
        return
    for trial in search.each(changes.singles(base)):
        yield trial
        if trial.enough:
            return
    yield from search.each(changes.bundles(base).values())
    if search.best is None:
        yield from search.forced([changes.strongest(base), *changes.singles(base)])
    else:
        yield from search.shrunk()


def progress(search: Search[Trial], most: int, proved: bool = False) -> Progress:
    """How far this search is."""
    best = search.tried[search.best] if search.best is not None else None
    return Progress(len(search.tried), most, best, proved)


def proof(search: Search[Trial], singles: list[Delta], most: int) -> Iterator[Progress]:
    """All sets that are smaller than the best one.  All singles have been tried by now."""
    for _ in search.smaller(singles):
        yield progress(search, most)
        if len(search.tried) >= most:
            yield Progress(len(search.tried), len(search.tried), progress(search, most).best)
            return
    yield progress(search, len(search.tried), proved=True)
