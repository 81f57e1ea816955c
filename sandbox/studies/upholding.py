"""Why each change of a plan is needed: what was seen to go wrong in the recommended setting where one of them is left out, or two.

Found by running that setting without them.  Where honest flows fail, that is what is said: what attacks come to there is no finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sandbox.engine.result import SEVERITY, Word
from sandbox.studies.audit import Audit, Change
from sandbox.studies.trials import fails, measured


@dataclass(frozen=True, slots=True)
class Upheld:
    """One change, or two, and what is worse where they are not made; with two, what either of them alone still prevents.

    The attacks that succeed again, are `limited` again, or that nobody refuses any more, although the known scripts cannot go on
    (`closed`); and the honest `flows` that fail, by their titles.
    """

    changes: tuple[Change, ...]
    attacks: tuple[str, ...] = ()
    limited: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()

    @property
    def settings(self) -> dict[str, str]:
        """What the switches are where the changes are left out."""
        return {c.switch: c.before for c in self.changes}

    @property
    def seen(self) -> frozenset[str]:
        """Everything that is worse: attacks by their ids, flows by their titles."""
        return frozenset((*self.attacks, *self.limited, *self.closed, *self.flows))

    def beyond(self, known: frozenset[str]) -> Upheld:
        """The same without what is known already."""
        kept = (tuple(s for s in some if s not in known) for some in (self.attacks, self.limited, self.closed, self.flows))
        return Upheld(self.changes, *kept)


def upheld(result: Audit) -> Iterator[Upheld]:
    """Each change alone, in the order of the plan, whether or not anything is worse without it; then the pairs of which something is.
    Nothing where no attack was run with the plan.

    Pairs are tried for the attacks that the plan stops and no change alone does, and for changes that nothing has spoken for.
    """
    changes, after = result.plan.changes, dict(result.plan.after)
    if not after:
        return
    alone = {change: _without(result, (change,), list(after)) for change in changes}
    yield from alone.values()
    known = frozenset[str]().union(*(u.seen for u in alone.values()))
    rest = [a for a in result.plan.stops if a not in known]
    for one, other in combinations(changes, 2):
        unexplained = not alone[one].seen or not alone[other].seen
        attacks = list(after) if unexplained else rest
        if attacks and (pair := _without(result, (one, other), attacks).beyond(alone[one].seen | alone[other].seen)).seen:
            yield pair


def _without(result: Audit, changes: tuple[Change, ...], attacks: Sequence[str]) -> Upheld:
    """What is worse in the recommended setting without these changes."""
    plan, after = result.plan.settings, dict(result.plan.after)
    without = plan.but({c.switch: c.before for c in changes})
    if broken := fails(plan, without):
        return Upheld(changes, flows=broken)
    system = result.system.under(without)
    words = {a: measured(a, system).word for a in attacks}

    def worse(word: Word) -> tuple[str, ...]:
        return tuple(a for a, now in words.items() if now == word and SEVERITY.index(word) < SEVERITY.index(after[a]))

    closed = tuple(a for a, now in words.items() if now == "stalled" and after[a] == "blocked")
    return Upheld(changes, worse("succeeded"), worse("limited"), closed)


def as_json(result: Audit) -> list[dict[str, Any]]:
    """The same as plain data: `without` is what the switches are where the changes are left out."""
    return [
        {"without": u.settings, "succeed": list(u.attacks), "limited": list(u.limited), "closed": list(u.closed), "fail": list(u.flows)}
        for u in upheld(result)
    ]
