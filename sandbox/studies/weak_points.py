"""Weak points of a setting: the single switches, and the pairs, that let an attack through where they are weaker; found by running.

Tried are all attacks by all known ways, in every setting in which one switch, or two, have a weaker value.  A setting in which honest
flows fail is no finding.  What is found for the profiles stands in `weak_points.json`, because it takes minutes; it is written by
`python -m tests.tools.regenerate_weak_points` and found again by `make long`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import combinations, product
from pathlib import Path

from sandbox.core.memo import memo
from sandbox.engine import judge, player
from sandbox.engine.case import Case
from sandbox.engine.goals import elsewhere, reached
from sandbox.engine.result import SEVERITY, Word, digest
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES, Switch
from sandbox.studies import ways

FILE = Path(__file__).with_suffix(".json")
MADE_BY = "python -m tests.tools.regenerate_weak_points"
THROUGH: tuple[Word, ...] = ("succeeded", "limited")

Weaker = tuple[tuple[str, str], ...]  # switches, and the values that they have instead


@dataclass(frozen=True, slots=True)
class Hole:
    """An attack that gets through where these switches are weaker: its word there, and the id of the script that gave it."""

    switches: Weaker
    attack: str
    word: Word
    script: str

    def settings(self, base: Settings) -> Settings:
        """Where it can be seen."""
        return base.but(dict(self.switches))


def of_attack(attack: Scenario, base: Settings) -> Iterator[Hole]:
    """The holes through which one attack gets: single switches first, then pairs of those that are no hole alone.

    Of each switch, and of each pair, the mildest weakening counts; of a switch also a weaker one with which the attack gets further.
    """
    now = ways.tried(Case(attack, base)).word
    alone = [hole for switch in here(base) for hole in _single(attack, base, switch, now)]
    yield from alone
    if now not in THROUGH:
        known = {name for hole in alone for name, _ in hole.switches}
        for one, other in combinations([s for s in here(base) if s.name not in known], 2):
            yield from _pair(attack, base, one, other)


def here(base: Settings) -> list[Switch]:
    """The switches of this design that can be weaker."""
    return [s for s in SWITCHES.values() if base.architecture in s.applies and weaker(base, s)]


def weaker(base: Settings, switch: Switch) -> list[str]:
    """The values that stand before this setting's own in the table, the nearest first."""
    return list(reversed(switch.values[: switch.values.index(base.value(switch.name))]))


def _single(attack: Scenario, base: Settings, switch: Switch, now: Word) -> Iterator[Hole]:
    for value in weaker(base, switch):
        hole = tried(attack, base, ((switch.name, value),))
        if hole and SEVERITY.index(hole.word) < SEVERITY.index(now):
            now = hole.word
            yield hole


def _pair(attack: Scenario, base: Settings, one: Switch, other: Switch) -> Iterator[Hole]:
    """The mildest pair of values of two switches, if there is one."""
    values = sorted(product(enumerate(weaker(base, one)), enumerate(weaker(base, other))), key=lambda v: v[0][0] + v[1][0])
    found = (tried(attack, base, ((one.name, a), (other.name, b))) for (_, a), (_, b) in values)
    if hole := next(filter(None, found), None):
        yield hole


def tried(attack: Scenario, base: Settings, switches: Weaker) -> Hole | None:
    """What comes of an attack by all known ways with these switches weaker; None if it does not get through, or honest flows fail."""
    case = Case(attack, base.but(dict(switches)))
    if not any(_harms(c) for c in ways.known(case)) or judge.broken_flows(base, case.settings):
        return None
    worst = ways.tried(case).worst
    return Hole(switches, attack.id, worst.verdict.word, worst.way) if worst.verdict.word in THROUGH else None


def _harms(case: Case) -> bool:
    """Whether a goal is reached at all: what a run costs without a verdict on it."""
    if case.lacking is not None:
        return False
    record = player.play(case)
    return any(reached(record, goal).reached or elsewhere(record, goal) for goal in case.scenario.goal)


# ---------------------------------------------------------------- points


@dataclass(frozen=True, slots=True)
class Point:
    """One switch, or a pair, and every attack that gets through where they are weaker."""

    switches: Weaker
    holes: tuple[Hole, ...]


def points(holes: Iterable[Hole], size: int) -> list[Point]:
    """The holes of so many switches by what is weaker: what lets most attacks through comes first."""
    together: dict[Weaker, list[Hole]] = {}
    for hole in holes:
        if len(hole.switches) == size:
            together.setdefault(hole.switches, []).append(hole)
    every = [Point(switches, tuple(sorted(same, key=_rank))) for switches, same in together.items()]
    return sorted(every, key=lambda p: (-len(p.holes), p.switches))


def _rank(hole: Hole) -> tuple[int, str]:
    return SEVERITY.index(hole.word), hole.attack


# ---------------------------------------------------------------- the file


@dataclass(frozen=True, slots=True)
class Known:
    """What the file says: the holes of each profile; `fresh`: they were found with the scenarios and switches that are here."""

    profiles: dict[str, tuple[Hole, ...]]
    fresh: bool


def written(profiles: dict[str, tuple[Hole, ...]]) -> str:
    """The file: one hole a line, in a fixed order, the same bytes for the same holes."""
    ordered = [(name, hole) for name, holes in profiles.items() for size in (1, 2) for point in points(holes, size) for hole in point.holes]
    lines = ",\n".join(json.dumps({"profile": name, **asdict(hole), "switches": dict(hole.switches)}) for name, hole in ordered)
    return f'{{"made_by": {json.dumps(MADE_BY)}, "of": {json.dumps(source())}, "holes": [\n{lines}\n]}}\n'


def source() -> str:
    """Eight hex digits that stand for what attacks, their ways and controls do, and for the switches; not for the words about them."""
    stories = (*library.attacks(), *(way for a in library.attacks() for way in library.ways(a.id)), *library.controls())
    done = ((s.id, s.setting, s.needs, s.goal, s.attacker, [(p.id, p.do, p.args, p.optional) for p in s.steps]) for s in stories)
    return digest("\n".join(map(repr, (*done, *((s.name, s.values, s.profiles, s.applies) for s in SWITCHES.values())))))


def loads(text: str) -> Known:
    """What such a file says; what speaks of scenarios, switches or profiles that are gone is left out."""
    data = json.loads(text)
    profiles: dict[str, tuple[Hole, ...]] = dict.fromkeys(PROFILES, ())
    for entry in data["holes"]:
        hole = Hole(tuple(entry["switches"].items()), entry["attack"], entry["word"], entry["script"])
        if entry["profile"] in profiles and _is_there(hole):
            profiles[entry["profile"]] += (hole,)
    return Known(profiles, data["of"] == source())


def _is_there(hole: Hole) -> bool:
    return {hole.attack, hole.script} <= set(library.ids()) and all(n in SWITCHES and v in SWITCHES[n].values for n, v in hole.switches)


@memo("table", 1)
def shipped() -> Known:
    """What was found for the profiles.  To be read only."""
    return loads(FILE.read_text(encoding="utf-8"))
