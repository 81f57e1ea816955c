"""What would block an attack: every defence tried alone, and the smallest set of switches that blocks it, found by running.

A defence counts only if the verdict is `blocked`: one that breaks honest use does not.  All searches are iterators of trials, one
run each, so that whoever shows them can say how far they are and stop them; nothing here is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.engine.result import Stop, Word
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, SWITCHES, expand, switch_of

MOST = 1500  # runs that the proof of "there is no smaller set" may take
LARGEST = 3  # switches; sets of more are found, but not proved to be the smallest


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
    def blocks(self) -> bool:
        return self.word == "blocked"


Try = Callable[[Mapping[str, str]], Trial]


def options(settings: Settings) -> list[Option]:
    """Everything stronger than these settings: bundles first, then each stronger value of each switch that applies."""
    bundles = [Option(name, _sorted(switches)) for name, switches in BUNDLES.items() if _raises(settings, switches)]
    return bundles + [Option(name if value == "on" else f"{name}={value}", ((name, value),)) for name, value in atoms(settings)]


def atoms(settings: Settings) -> list[tuple[str, str]]:
    """Each stronger value of each switch that means something in these settings, weak values before strong ones."""
    return [
        (switch.name, value)
        for switch in SWITCHES.values()
        if settings.architecture in switch.applies
        for value in switch.values[switch.values.index(settings.value(switch.name)) + 1 :]
    ]


def _raises(settings: Settings, switches: Mapping[str, str]) -> bool:
    """Whether all of them apply here, and at least one is weaker now."""
    applies = all(settings.architecture in switch_of(name).applies for name in switches)
    return applies and settings.at_least(switches) != settings


def _sorted(switches: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(switches.items()))


def attempt(case: Case, switches: Mapping[str, str], name: str = "") -> Trial:
    """The attack with these switches raised to at least these values."""
    stronger = case.at_least(switches)
    verdict = simulation.run_case(stronger).verdict
    return Trial(_sorted(switches), stronger.settings, verdict.word, verdict.sentence, verdict.blocked_by, name)


def singles(case: Case) -> Iterator[Trial]:
    """Every option alone."""
    return (attempt(case, dict(o.switches), o.name) for o in options(case.settings))


def blocking(trials: Iterable[Trial]) -> list[Trial]:
    """Those that block; of a switch only the weakest value that does."""
    seen: set[str] = set()
    found = []
    for trial in trials:
        key = trial.switches[0][0] if len(trial.switches) == 1 else trial.name
        if trial.blocks and key not in seen:
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

    def run(switches: Mapping[str, str]) -> Trial:
        return attempt(case, switches)

    now = run({})
    if now.word not in ("succeeded", "limited"):
        yield Progress(1, 1, now if now.blocks else None, already=True)
        return
    alone: dict[tuple[str, str], Trial] = {}
    best, tried, total = None, 1, most
    for trial in _first(run, case, alone):
        tried += 1
        best = _better(best, trial)
        yield Progress(tried, total, best)
        if best is not None and len(best.switches) == 1:
            break
    for trial in _shrunk(run, best):
        tried += 1
        best = _better(best, trial)
        yield Progress(tried, total, best)
    yield from proof(run, alone, Progress(tried, total, best))


def _better(best: Trial | None, trial: Trial) -> Trial | None:
    return trial if trial.blocks and (best is None or len(trial.switches) < len(best.switches)) else best


def _first(run: Try, case: Case, alone: dict[tuple[str, str], Trial]) -> Iterator[Trial]:
    """Singles, then bundles, then what the file thinks of, then, if nothing blocks, as much at once as honest use can bear.

    What a file says is only a good guess: it counts if the run agrees, and it may well be larger than needed.
    """
    for atom in atoms(case.settings):
        alone[atom] = run(dict([atom]))
        yield alone[atom]
    found = False
    bundles = [o for o in options(case.settings) if o.name in BUNDLES]
    guesses = [dict(o.switches) for o in bundles] + [expand(d.switches) for d in case.scenario.blocked_by]
    for guess in guesses:
        trial = run(guess)
        found = found or trial.blocks
        yield trial
    if not found:
        yield from _grown(run, [*(o.switches for o in bundles), *((atom,) for atom in alone)])


def _grown(run: Try, steps: Sequence[tuple[tuple[str, str], ...]]) -> Iterator[Trial]:
    """One more at a time, those left out with which honest use breaks, until something blocks."""
    held: dict[str, str] = {}
    for step in steps:
        trial = run(held | dict(step))
        yield trial
        if trial.blocks:
            return
        held = held if trial.word == "breaks-service" else held | dict(step)


def _shrunk(run: Try, best: Trial | None) -> Iterator[Trial]:
    """The set without one switch after the other, for as long as it blocks."""
    kept = dict(best.switches) if best else {}
    for name in list(kept):
        fewer = {n: v for n, v in kept.items() if n != name}
        if not fewer:
            return
        trial = run(fewer)
        kept = fewer if trial.blocks else kept
        yield trial


def proof(run: Try, alone: Mapping[tuple[str, str], Trial], so_far: Progress) -> Iterator[Progress]:
    """All sets that are smaller than the best one.  All singles have been tried by now."""
    tried, best = so_far.tried, so_far.best
    size = 2
    while size < (len(best.switches) if best else LARGEST + 1):
        for each in _promising(alone, size):
            if tried >= so_far.total:
                yield Progress(tried, tried, best)
                return
            trial = run(dict(each))
            tried += 1
            best = _better(best, trial)
            yield Progress(tried, so_far.total, best)
            if trial.blocks:
                break
        size += 1
    yield Progress(tried, tried, best, proved=True)


def _promising(alone: Mapping[tuple[str, str], Trial], size: int) -> list[tuple[tuple[str, str], ...]]:
    """All sets of so many different switches; first those with members that alone break the service: they do refuse the attack."""
    sets = (s for s in combinations(alone, size) if len({name for name, _ in s}) == size)
    return sorted(sets, key=lambda s: -sum(alone[a].word == "breaks-service" for a in s))
