"""Relations that must hold without knowing any right answer (catalogue, section 5).

Adding a defence never helps the attacker; names do not matter; where nobody attacks nothing is found; a stopped attacker gets
nothing later; and the same input gives the same record in every process.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.engine import goals, judge, player, simulation
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.language.goals import Goal
from sandbox.language.loader import loads
from sandbox.protocol.cast import CAST
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, SWITCHES, switch_of
from sandbox.protocol.trace import Answered, SignedIn, of
from sandbox.studies import ways
from tests.support.effort import effort, some
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

ATTACKS = library.attacks()
EVERYWHERE = [*map(Settings.of, PROFILES)]
HONEST = [s for s in (*library.flows(), *library.controls()) if s.attacker is None]
NAMES = {"ids": lambda s: s.id}


def reaches(scenario: Scenario, where: Settings) -> bool:
    """Whether the attacker reaches any of her goals."""
    record = player.play(Case(scenario, where))
    return any(goals.reached(record, goal).reached for goal in scenario.goal)


def breaks(before: Settings, after: Settings) -> bool:
    """Whether an honest flow works before and not after."""
    old, new = judge.controls(before), judge.controls(after)
    return any(ok and not new.get(flow, {}).get(step, True) for flow, steps in old.items() for step, ok in steps.items())


def defended(scenario: Scenario) -> list[Settings]:
    """Settings in which the attack is said to be blocked: each defence, and the profiles that stop it."""
    profiles = [Settings.of(p) for p in PROFILES if Settings.of(p).lacks(scenario.needs) is None]
    return [scenario.settings.at_least(d.switches) for d in scenario.blocked_by] + [p for p in profiles if not reaches(scenario, p)]


# ---------------------------------------------------------------- more defence never hurts

VALUES = [(switch.name, value) for switch in SWITCHES.values() if not switch.kinds for value in switch.values[1:]]


@pytest.mark.parametrize("attack", ATTACKS, **NAMES)
def test_adding_a_defence_never_turns_blocked_into_succeeded(attack):
    blocked = defended(attack)

    @settings(max_examples=effort(8, long=600), suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(blocked), st.lists(st.sampled_from(VALUES), min_size=1, max_size=3, unique_by=lambda c: c[0]))
    def more(before, added):
        after = before.at_least(dict(added))
        if after.lacks(attack.needs) is None:
            # Half a defence that stops the honest flows is no defence: the code that the app then refuses is still fresh for her.
            assert not reaches(attack, after) or breaks(before, after), (
                f"{attack.id} is blocked by {before}, but not with {dict(added)} added"
            )

    more()


# ---------------------------------------------------------------- less defence never helps

FOR_EVER = 10**9  # seconds


def honest(where: Settings) -> bool:
    """Whether every honest control holds here."""
    return all(ok for steps in judge.controls(where).values() for ok in steps.values())


def weaker(where: Settings) -> list[Settings]:
    """These settings with one switch weaker, by one step or by more."""
    names = dict.fromkeys([*SWITCHES, *(name for name, _ in where.changes)])
    known = [(n, switch_of(n)) for n in names if not switch_of(n).kinds and where.architecture in switch_of(n).applies]
    lower = [(n, value) for n, s in known for value in s.values[: s.values.index(where.value(n))]]
    return [Settings.of(where.profile, dict(where.changes) | {name: value}) for name, value in lower]


def lowered(scenario: Scenario) -> list[tuple[Settings, Settings]]:
    """Honest settings in which the attack succeeds by some known way, each with one of its weaker neighbours."""
    starts = dict.fromkeys([*EVERYWHERE, scenario.settings, *(scenario.settings.at_least(d.switches) for d in scenario.blocked_by)])
    usable = [s for s in starts if s.lacks(scenario.needs) is None and honest(s) and harm(scenario, s) in HARM]
    return [(s, w) for s in usable for w in weaker(s) if w.lacks(scenario.needs) is None]


HARM = ("succeeded", "limited")


def harm(scenario: Scenario, where: Settings) -> str:
    return ways.tried(Case(scenario, where)).word


def longest(scenario: Scenario, where: Settings) -> int:
    """For how many seconds she can go on, by the best of her ways."""
    tried = [(case, found.verdict) for case, found in zip(*_ways(scenario, where), strict=True) if found.verdict.word in HARM]
    spans = [judge.timed(verdict, case).exposure for case, verdict in tried]
    return max(FOR_EVER if span is None else span for span in spans)


def _ways(scenario: Scenario, where: Settings) -> tuple[list[Case], tuple[ways.WayFound, ...]]:
    return list(ways.known(Case(scenario, where))), ways.tried(Case(scenario, where)).found


@pytest.mark.parametrize("attack", ATTACKS, **NAMES)
def test_less_defence_never_stops_her_nor_shortens_what_she_has(attack):
    for before, after in some(lowered(attack), 1):
        if not honest(after):
            continue
        word = harm(attack, after)
        assert word in HARM, f"{attack.id} succeeds in {before}, and is {word} in the weaker {after}"
        assert longest(attack, after) >= longest(attack, before), f"{attack.id} lasts longer in {before} than in the weaker {after}"


# ---------------------------------------------------------------- names do not matter

APIS = {"accounts": "transactions", "account-1": "transaction-7", "account-2": "transaction-8"}
DEVICES = {"laptop": "phone"}
# What only one of the two has, and steps that ask for a token without naming an API: they get one for the default API.  Budget's own page
# shows accounts and nothing else.
ONE_SIDED = re.compile(
    r"accounts_2|accounts\.internal|budget\.example/me|gateway|bank|/(?:accounts|transactions)/|/users/|/admin/|role|"
    r"do: \w+\.(?:visit|lure|redeem|forge)"
)
SIGN_IN = re.compile(r"(\.sign_in\n *with: \{)(?![^}]*\bapi:)")


def swapped(text: str, names: dict[str, str]) -> str:
    """The text with each name replaced by its partner, both ways."""
    both = names | {v: k for k, v in names.items()}
    return re.sub(
        r"(?<![a-z])(" + "|".join(map(re.escape, sorted(both, key=len, reverse=True))) + r")(?![a-z0-9])", lambda m: both[m[0]], text
    )


def agree(one: Scenario, other: Scenario, names: dict[str, str], extra: dict[str, str]) -> None:
    """In each profile and with each claim both scenarios come to the same verdict, by the same party under its other name."""
    pairs = [(Settings.of(p), Settings.of(p)) for p in PROFILES] + [(one.settings, other.settings)]
    for a, b in zip((*one.blocked_by, *one.myths), (*other.blocked_by, *other.myths), strict=True):
        pairs += [(one.settings.at_least(a.switches), other.settings.at_least(b.switches))] if a.switches else []
    for mine, theirs in pairs:
        left, right = (simulation.run(s, where.at_least(extra)).verdict for s, where in ((one, mine), (other, theirs)))
        assert left.word == right.word, f"{one.id} in {mine}: {left.sentence} / {right.sentence}"
        assert left.exposure == right.exposure
        if left.blocked_by and right.blocked_by:
            assert swapped(left.blocked_by.by, names) == right.blocked_by.by
            assert left.blocked_by.answer == right.blocked_by.answer


def uses(scenario: Scenario, word: str) -> bool:
    return re.search(rf"(?:do|with|browser|device|history|log): .*\b{word}\b", scenario.source) is not None


@pytest.mark.parametrize("attack", [s for s in ATTACKS if not ONE_SIDED.search(s.source)], **NAMES)
def test_swapping_the_two_apis_changes_no_verdict(attack):
    """Each sign-in says for which API it wants a token, because one of them is the default of those who do not say."""
    text = SIGN_IN.sub(r"\1api: accounts, ", attack.source)
    one, other = (loads(t, f"{attack.id}.yaml") for t in (text, swapped(text, APIS)))
    agree(one, other, APIS, {"client.resource_param": "on"})


@pytest.mark.parametrize("attack", [s for s in ATTACKS if uses(s, "laptop") and not uses(s, "mobile")], **NAMES)
def test_swapping_the_two_devices_changes_no_verdict(attack):
    agree(attack, loads(swapped(attack.source, DEVICES), f"{attack.id}.yaml"), DEVICES, {})


def test_swapping_twice_is_not_swapping():
    for attack in ATTACKS:
        assert swapped(swapped(attack.source, APIS), APIS) == attack.source


# ---------------------------------------------------------------- nobody attacks, nothing is found

MARKERS = ("alice:account-1", "alice:transaction-7", "alice:email")


@pytest.mark.parametrize("story", HONEST, **NAMES)
def test_an_honest_run_raises_no_predicate(story):
    for where in [story.settings, *EVERYWHERE]:
        if where.lacks(story.needs) is not None:
            continue
        record = player.play(Case(story, where))
        for step in story.steps:
            unwanted = [Goal(**{name: marker, "at": step.id}) for name in ("read", "write", "pii") for marker in MARKERS]
            unwanted += [Goal(credential="alice:password", at=step.id)]
            assert not [g.predicate for g in unwanted if goals.reached(record, g).reached]
        for session in of(record.events, SignedIn):
            owner = CAST[session.browser].owner if session.browser in CAST else ""
            assert not owner or session.user == owner, f"{session.party} takes {owner} for {session.user}"


# ---------------------------------------------------------------- blocked means absent


@pytest.mark.parametrize("attack", ATTACKS, **NAMES)
def test_in_a_blocked_run_no_later_step_of_hers_gets_what_is_the_victims(attack):
    wanted = {goal.what for goal in attack.goal if goal.predicate in ("read", "write", "pii")} or set(MARKERS)
    ids = [step.id for step in attack.steps]
    for where in defended(attack):
        run = simulation.run(attack, where)
        assert run.verdict.word in ("blocked", "breaks-service", "limited", "stalled")
        if run.verdict.blocked_by is None or run.verdict.word == "limited":  # she was stopped after she had got something
            continue
        later = ids[ids.index(run.verdict.blocked_by.step) :]
        for answer in of(run.events, Answered):
            hers = answer.step in later and attack.is_hers(attack.step(answer.step).actor) and answer.receiver in run.hers
            if hers and answer.response.ok:
                assert not wanted & goals.values(answer.response), f"{attack.id} in {where}: at {answer.step}"


@pytest.mark.parametrize("attack", ATTACKS, **NAMES)
def test_a_blocked_verdict_names_who(attack):
    """A party with the check that failed, or a defence that the file claims and that leaves her with nothing."""
    for where in [*EVERYWHERE, *(attack.settings.at_least(d.switches) for d in attack.blocked_by)]:
        verdict = simulation.run(attack, where).verdict
        if verdict.word != "blocked":
            continue
        stop = verdict.blocked_by
        claimed = [d for d in attack.blocked_by for place in (d, *d.also) if (place.at, place.answer) == (stop.step, stop.answer)]
        assert (stop.party in CAST and stop.check in CHECKS) or any(where.at_least(d.switches) == where for d in claimed), f"{where}"


# ---------------------------------------------------------------- the same in every process

DIGESTS = """
import hashlib, json
from sandbox.engine import simulation, goals
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.views.record import trace_json
from tests.support.effort import some
for ident in some(library.ids(), 24):
    story = library.get(ident)
    for where in (story.settings, *map(Settings.of, PROFILES)):
        data = json.dumps(trace_json(simulation.run(story, where)))
        print(ident, where.profile, hashlib.sha256(data.encode()).hexdigest())
"""


def started(code: list[str], hash_seed: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, *code], env=env, cwd=ROOT, text=True, stdout=subprocess.PIPE)


def test_two_processes_with_other_hash_seeds_write_the_same_records():
    first, second = (started(["-c", DIGESTS], seed) for seed in ("0", "4242"))
    one, other = first.communicate(timeout=300)[0], second.communicate(timeout=300)[0]
    assert first.returncode == second.returncode == 0
    assert one.count("\n") == len(some(library.ids(), 24)) * (1 + len(PROFILES))
    assert one == other


def test_two_processes_with_other_hash_seeds_print_the_same_json():
    command = ["-c", "from sandbox.cli.main import main; main()", "run", ATTACKS[0].id, "--json"]
    first, second = (started(command, seed) for seed in ("1", "777"))
    one, other = first.communicate(timeout=60)[0], second.communicate(timeout=60)[0]
    assert one.startswith("{")
    assert one == other
