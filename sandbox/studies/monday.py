"""The Monday checklist, filled in for a system, with the attacks that prove each item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies import questions
from sandbox.studies.changes import Delta, best, delta, lowered
from sandbox.studies.findings import Finding
from sandbox.studies.questions import System
from sandbox.studies.trials import Tell, measured, stopped, verdict_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One item of the Monday checklist: done, open, or not possible in this design.

    `attacks` are the proof: those that it stops once it is done or, if it is, those that would succeed without it; `settings` is
    where that can be seen.  Of an open item `there` is what it asks for and this system has, and `lacking` what it does not have;
    `moves` if what is lacking is another design.
    """

    item: str
    do: str
    how: str
    state: str
    attacks: tuple[str, ...]
    settings: Settings
    refs: tuple[str, ...]
    there: Delta = frozenset()
    lacking: Delta = frozenset()
    moves: bool = False


def monday(system: System, found: Sequence[Finding], tell: Tell = lambda *_: None) -> tuple[Tick, ...]:
    """The checklist, filled in, with the attacks that prove each item."""
    items = questions.shipped().monday
    ticks = []
    for number, item in enumerate(items):
        tell(len(items) + number, 2 * len(items), f"Checklist: {item.do}")
        ticks.append(_tick(system, item, found))
    return tuple(ticks)


def _tick(system: System, item: questions.Item, found: Sequence[Finding]) -> Tick:
    base = system.settings
    if questions.done(item, base):
        without = _without(base, item)
        now = [f.attack for f in found if f.word in ("blocked", "limited")]
        held = tuple(a for a in now if measured(a, system.under(without)).word == "succeeded")
        return _ticked(item, "done", held, without)
    target = Settings.of(best(Settings.of(item.design))) if _moves(item, base) else base.at_least(questions.possible(item, base))
    succeeds = [f.attack for f in found if f.word == "succeeded"]
    if _moves(item, base):
        hit = tuple(a for a in succeeds if verdict_of(a, system.under(target)).word == "blocked")
    else:
        hit = tuple(a for a in succeeds if target != base and stopped(a, system, target))
    if target == base:
        return _ticked(item, "not-here", hit, target)
    lacking = delta(base, item.switches)
    there = frozenset(questions.possible(item, base).items()) - lacking
    return replace(_ticked(item, "open", hit, target), there=there, lacking=lacking, moves=_moves(item, base))


def _ticked(item: questions.Item, state: str, attacks: tuple[str, ...], settings: Settings) -> Tick:
    return Tick(item=item.id, do=item.do, how=item.how, state=state, attacks=attacks, settings=settings, refs=item.refs)


def _moves(item: questions.Item, base: Settings) -> bool:
    """Whether the item means another design than this one."""
    return bool(item.design) and PROFILES[item.design].architecture != base.architecture


def _without(base: Settings, item: questions.Item) -> Settings:
    """The settings with everything that the item asks for taken away."""
    return lowered(base, (*item.switches, *item.instead))
