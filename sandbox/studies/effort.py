"""The changes of a plan in the order in which to make them: most harm stopped for the least effort first, and who has to make each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandbox.engine import judge
from sandbox.engine.case import Case
from sandbox.engine.exposure import Lasting
from sandbox.language import library
from sandbox.studies.audit import Audit, Change
from sandbox.studies.findings import LOSSES, Finding
from sandbox.studies.questions import System
from sandbox.studies.trials import found_of, scripts
from sandbox.studies.upholding import upheld

OWNERS = {  # who owns a switch, by its prefix, and in how many places at least it has to be changed
    "as": ("server team", 1),
    "gw": ("gateway team", 1),
    "client": ("client team", 2),
    "rs": ("API team", 3),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One change of the plan: who makes it, and the attacks of which it is part of what stops them."""

    change: Change
    team: str
    attacks: tuple[str, ...]
    order: float


def works(result: Audit) -> tuple[Work, ...]:
    """The changes of the plan, the most harm stopped per effort first."""
    found = result.of("succeeded")
    held = {u.changes[0].switch: u.attacks for u in upheld(result) if len(u.changes) == 1}
    listed = (_work(change, found, result.plan.changes, held.get(change.switch, ())) for change in result.plan.changes)
    return tuple(sorted(listed, key=lambda w: (-w.order, w.change.switch)))


def _work(change: Change, found: Sequence[Finding], changes: Sequence[Change], held: Sequence[str]) -> Work:
    """One change; `held` are the attacks that succeed again where it alone is not made."""
    team, places = OWNERS[change.switch.partition(".")[0]]
    made = {c.switch for c in changes}
    hit = [f for f in found if f.attack in held or any(change.switch in dict(fix) and set(dict(fix)) <= made for fix in f.fixes)]
    return Work(change=change, team=team, attacks=tuple(f.attack for f in hit), order=sum(map(_harm, hit)) / places)


def _harm(finding: Finding) -> int:
    """The worse what is lost, the more."""
    return len(LOSSES) - list(LOSSES).index(finding.loses)


def lasting(attacks: Iterable[str], system: System) -> Lasting:
    """For how many seconds a stolen or revoked credential works at most over these attacks, and which one; 0 is not at all.

    Measured are the attacks of which a file says that something can limit them in time.
    """
    longest = Lasting(0)
    for attack in attacks:
        found = found_of(attack, system)
        if not library.get(attack).limited_by or found.verdict.word not in ("succeeded", "limited"):
            continue
        script = next(s for s in scripts(attack, system) if s.id == found.way)
        timed = judge.timed(found.verdict, Case(script, system.settings))
        here = Lasting(timed.exposure, timed.credential)
        if here.seconds is None:
            return here
        longest = max(longest, here, key=lambda each: each.seconds or 0)
    return longest
