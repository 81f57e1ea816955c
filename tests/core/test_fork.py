"""A fork is a second world with the same past; what never changes is in both."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from types import MethodType

import pytest

from sandbox.core.fork import fork
from sandbox.engine.case import Case
from sandbox.engine.player import Stage
from sandbox.language import library
from tests.support.effort import some


@dataclass(frozen=True)
class Config:
    name: str


@dataclass
class Party:
    config: Config
    log: list[str] = field(default_factory=list)
    friends: list[Party] = field(default_factory=list)
    act: object = None

    def shout(self) -> str:
        return f"{self.config.name}: {len(self.log)}"


def test_a_fork_shares_the_frozen_part_and_nothing_else() -> None:
    party = Party(Config("a"))
    other = fork(party)
    other.log.append("x")
    assert (other.config is party.config, party.log) == (True, [])


def test_a_circle_stays_a_circle_and_a_method_follows_its_owner() -> None:
    party = Party(Config("a"))
    party.friends.append(party)
    party.act = party.shout
    other = fork(party)
    assert other.friends[0] is other
    assert isinstance(other.act, MethodType)
    assert other.act.__self__ is other


@pytest.mark.parametrize("kept", [{"a": [1]}, defaultdict(list, a=[1]), deque([[1]]), Counter("aab"), {1, 2}, [None, {"x": "y"}]])
def test_containers_keep_their_kind(kept: object) -> None:
    other = fork(kept)
    assert (other, type(other)) == (kept, type(kept))
    assert other is not kept


@pytest.mark.parametrize("id", some(library.ids(), 12))
def test_a_run_that_changes_worlds_at_each_step_is_the_same_run(id: str) -> None:
    """And the world that was left behind does not move."""
    case = Case.of(library.get(id))
    straight = Stage.opened(case).go_on()
    stage = Stage.opened(case)
    for step in case.scenario.steps:
        before, left = len(stage.record.events), stage
        stage = fork(stage)
        stage.world.net.trace.step = step.id
        stage.take(step)
        assert len(left.record.events) == before
        assert stage.record.events is stage.world.net.trace.events
    assert stage.record.events == straight.record.events
