"""Every value of every switch does something: what the parties do differs between it and its neighbour in some shipped scenario.

A switch that no code reads, or a value that two branches treat alike, is a defence that a lesson sells and nobody gets.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from sandbox.engine import player
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.language.loader import load
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.protocol.trace import Answered, Checked, Sent, SignedIn
from tests.support.paths import DATA

pytestmark = pytest.mark.slow

Neighbours = tuple[str, str, str]  # switch, value, the next stronger value

SHIPPED = tuple(library.get(ident) for ident in library.ids())
PAIRS: tuple[Neighbours, ...] = tuple((s.name, *pair) for s in SWITCHES.values() for pair in itertools.pairwise(s.values))

# No shipped scenario tells these two apart, but a scenario of tests/data/neighbours does.
ELSEWHERE: dict[Neighbours, str] = {}
# Nothing can tell these two apart, for this reason.
ALIKE: dict[Neighbours, str] = {
    ("rs.calls", "off", "shared-key"): "with `off` services do not call each other, and a scenario in which they do is not played",
}

RULE = """{0}: `{1}` and `{2}` lead to the same messages and the same outcomes of checks in every shipped scenario, in its own setting and in
each profile.  If no code reads the switch, write the `if`.  If it does, add a scenario to scenarios/ that shows the difference, or one to
tests/data/neighbours/ and to ELSEWHERE in this file; if nothing can show it yet, add it to ALIKE with the reason."""
NEEDLESS = "{0}: `{1}` and `{2}` are told apart by `{3}` now; remove the entry from {4} in this file"


@cache
def done(scenario: Scenario, where: Settings) -> list[object]:
    """What the parties do: messages, outcomes of checks, sign-ins; not the words in which a check says what it expects, nor what a
    server says of itself, which it could say without doing it."""
    found: list[object] = []
    sayings = set[int]()
    for event in player.play(Case(scenario, where)).events:
        if isinstance(event, Answered) and event.exchange in sayings:
            continue
        if isinstance(event, Sent):
            sayings |= {event.exchange} if event.request.path.startswith("/.well-known/") else set()
            found.append((event.sender, event.receiver, event.request))
        elif isinstance(event, Answered):
            found.append(event.response)
        elif isinstance(event, Checked):
            found.append((event.party, event.check, event.outcome))
        elif isinstance(event, SignedIn):
            found.append((event.party, event.browser, event.user))
    return found


def settings(scenario: Scenario, pair: Neighbours) -> Iterator[tuple[Settings, Settings]]:
    """The file's own setting and the profiles, each with both values, as far as the scenario and the switch mean something there."""
    switch, *values = pair
    for where in (scenario.settings, *map(Settings.of, PROFILES)):
        weak, strong = (Settings.of(where.profile, dict(where.changes) | {switch: value}) for value in values)
        if where.architecture in SWITCHES[switch].applies and not weak.lacks(scenario.needs) and not strong.lacks(scenario.needs):
            yield weak, strong


def told_apart(pair: Neighbours, scenarios: Iterable[Scenario] = SHIPPED) -> str:
    """The id of a scenario that differs between the two values; '' if none does.  Those that are likely to come first."""
    likely = sorted(scenarios, key=lambda s: (pair[0] not in s.source, not s.control))
    return next((s.id for s in likely for weak, strong in settings(s, pair) if done(s, weak) != done(s, strong)), "")


def test_every_value_changes_what_a_shipped_scenario_does() -> None:
    wrong = [RULE.format(*pair) for pair in PAIRS if pair not in ELSEWHERE | ALIKE and not told_apart(pair)]
    assert not wrong, "\n".join(wrong)


def test_what_no_shipped_scenario_shows_is_shown_by_one_of_the_tests() -> None:
    for pair, name in ELSEWHERE.items():
        story = load(DATA / "neighbours" / f"{name}.yaml")
        assert told_apart(pair, [story]) == name, f"{name}.yaml does not differ between the values of {pair}: change it"
    assert {p.stem for p in DATA.glob("neighbours/*.yaml")} == {*ELSEWHERE.values()}, "a file that no entry of ELSEWHERE names"


def test_no_exception_outlives_its_reason() -> None:
    for table, pairs in {"ELSEWHERE": ELSEWHERE, "ALIKE": ALIKE}.items():
        for pair in pairs:
            assert pair in PAIRS, f"{pair} are not the neighbouring values of a switch; correct {table} in this file"
            found = told_apart(pair)
            assert not found, NEEDLESS.format(*pair, found, table)
