"""Questions for the search, as tests ask them: a setting, powers, what she is after, and how much of the ordinary day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sandbox.attacker import question
from sandbox.attacker.question import Question, Target
from sandbox.attacker.search import Bound, How, Node, Outcome, Search, finished, search
from sandbox.attacker.values import Value
from sandbox.language.goals import Goal
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES
from tests.support.dice import Dice

WEB = ("account", "lures")
LEAKS = (*WEB, "log.accounts", "log.laptop", "history.laptop")


def target(**goal: Any) -> Target:
    return Target.of(Goal.model_validate(goal | {"at": question.SOMEWHERE}))


READ = target(read="alice:account-1")
SESSION = target(session={"client": "budget", "browser": "mallory_browser", "user": "alice"})
FIXED = target(session={"client": "budget", "browser": "laptop", "user": "mallory"})
LATE = target(late="alice_out")
BFF_OFF = {"client.bff": "off"}
TOKEN = Value("$a.access_token", "token", "t", "the access token of alice for app", "alice", "app", bound=True)


def asked(profile: str, switches: Mapping[str, str], powers: Sequence[str], *targets: Target, day: int = 6) -> Question:
    """A question about the first so many steps of the ordinary day."""
    whole = question.of_settings(Settings.of(profile, dict(switches)), powers)
    return replace(whole, schedule=whole.schedule[:day], targets=targets or whole.targets)


def answer(asked: Question, changes: int = 2, how: How | None = None) -> Outcome:
    """The outcome within this bound, without a limit of time."""
    return finished(search(asked, Bound(changes), how=how))


def rolled(dice: Dice, changes: int) -> Question:
    """A random setting, a random kind of attacker, and the beginning of the day."""
    profile = dice.choice(["oauth-basic", "oauth-bcp"])
    names = dice.sample([s for s in SWITCHES.values() if "oauth" in s.applies], 8)
    powers = dice.choice([WEB, LEAKS, (*WEB, "storage.app"), (*WEB, "script.app"), ("device.laptop", "claims.mobile")])
    switches = {s.name: dice.choice(s.values) for s in names}
    day = 1 if changes > 1 else dice.choice([1, 2, 3])
    targets = (READ, SESSION, FIXED)
    return asked(profile, switches, powers, *targets, day=day)


def first_moment(question: Question) -> Node:
    """The first moment of a search."""
    return Search(question, Bound(), lambda: False, How())._rooted()
