"""All known ways to the goal of an attack, run in one setting: the worst of them is what counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.engine import judge, player
from sandbox.engine.case import Case
from sandbox.engine.result import SEVERITY, Verdict, Word
from sandbox.language import library


@dataclass(frozen=True, slots=True)
class WayFound:
    """What came of one way: `way` is the id of its scenario."""

    way: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Ways:
    """What came of an attack by all known ways.  `worst` is the one that counts; `closed` those whose script cannot go on here."""

    worst: WayFound
    found: tuple[WayFound, ...]

    @property
    def word(self) -> Word:
        return self.worst.verdict.word

    @property
    def closed(self) -> tuple[str, ...]:
        return tuple(f.way for f in self.found if f.verdict.word == "stalled")

    @property
    def applied(self) -> int:
        """How many scripts could be tried in this setting."""
        return max(1, sum(f.verdict.word != "not-applicable" for f in self.found))


def known(case: Case) -> Iterator[Case]:
    """The case itself, and each other known way to its goal in the same settings."""
    yield case
    for way in library.ways(case.scenario.id):
        yield Case(way, case.settings, case.seed)


def tried(case: Case, own: Verdict | None = None) -> Ways:
    """Run an attack by all known ways; `own` is what its own script comes to, where that is known already."""
    first, *others = known(case)
    found = (WayFound(first.scenario.id, own or verdict_of(first)), *(WayFound(c.scenario.id, verdict_of(c)) for c in others))
    return Ways(min(found, key=lambda f: SEVERITY.index(f.verdict.word)), found)


def verdict_of(case: Case) -> Verdict:
    """What one script comes to; the states of the parties are not recorded."""
    if case.lacking is not None:
        return Verdict("not-applicable", case.lacking.without)
    return judge.judge(player.play(case))
