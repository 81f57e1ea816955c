"""What a step expects, and what the attacker is after."""

from __future__ import annotations

from sandbox.language.goals import Expect, Goal
from tests.support.models import said


def test_expect_knows_success():
    assert Expect.model_validate({"status": 302}).success
    assert not Expect.model_validate({"status": 401}).success
    assert not Expect.model_validate({"page": "error"}).success
    assert "expects nothing" in said(Expect, {})


def test_a_goal_has_exactly_one_predicate():
    goal = Goal.model_validate({"session": {"client": "budget", "browser": "mallory_browser", "user": "alice"}, "at": "x"})
    assert (goal.predicate, goal.what) == ("session", "budget in mallory_browser as alice")
    assert "exactly one" in said(Goal, {"at": "x"})
    assert "exactly one" in said(Goal, {"at": "x", "read": "alice:email", "pii": "alice:email"})
    assert "owns" in said(Goal, {"at": "x", "read": "bob:email"})
