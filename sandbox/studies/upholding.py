"""What the changes of a plan hold up: the attacks that succeed again where one of them fails, and those that need two to fail.

Found by running the recommended setting without them.  A setting in which honest flows fail is no finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sandbox.studies.audit import Audit, Change
from sandbox.studies.trials import fails, verdict_of


@dataclass(frozen=True, slots=True)
class Upheld:
    """One change, or two, and the attacks that succeed where they are not made: with two, either of them alone still stops those."""

    changes: tuple[Change, ...]
    attacks: tuple[str, ...]

    @property
    def settings(self) -> dict[str, str]:
        """What the switches are where the changes fail."""
        return {c.switch: c.before for c in self.changes}


def upheld(result: Audit) -> Iterator[Upheld]:
    """What each change holds up alone, in the order of the plan; then the pairs, for the attacks that none of the changes stops alone."""
    changes, blocked = result.plan.changes, [a for a, word in result.plan.after if word == "blocked"]
    alone: set[str] = set()
    for change in changes:
        found = _open(result, (change,), blocked)
        alone |= set(found)
        if found:
            yield Upheld((change,), found)
    rest = [a for a in blocked if a not in alone and verdict_of(a, result.system).word == "succeeded"]
    for pair in combinations(changes, 2):
        if found := _open(result, pair, rest):
            yield Upheld(pair, found)


def _open(result: Audit, changes: tuple[Change, ...], attacks: Sequence[str]) -> tuple[str, ...]:
    """The attacks that succeed in the recommended setting without these changes; none if honest flows fail there."""
    if not attacks:
        return ()
    plan = result.plan.settings
    without = plan.but({c.switch: c.before for c in changes})
    found = tuple(a for a in attacks if verdict_of(a, result.system.under(without)).word == "succeeded")
    return () if found and fails(plan, without) else found


def as_json(result: Audit) -> list[dict[str, Any]]:
    """The same as plain data: `without` is what the switches are where the changes fail."""
    return [{"without": u.settings, "succeed": list(u.attacks)} for u in upheld(result)]
