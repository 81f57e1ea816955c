"""A design that has nothing to show leads to a story that it can play."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies.twins import twin

NOTHING = [
    (scenario, profile)
    for scenario in (*library.flows(), *library.attacks())
    for profile in PROFILES
    if Settings.of(profile).lacks(scenario.needs) is not None
]


@pytest.mark.parametrize(("scenario", "profile"), NOTHING, ids=[f"{s.id} {p}" for s, p in NOTHING])
def test_the_twin_can_be_played_there_and_is_of_the_same_kind(scenario, profile):
    found = twin(scenario, Settings.of(profile))
    assert found is not None
    assert (found.kind, found.target) == (scenario.kind, scenario.target)
    assert found.id != scenario.id


def test_it_really_plays_there():
    where = Settings.of("naive-jwt")
    assert simulation.run(library.get("code-injection"), where).events == ()
    found = twin(library.get("code-injection"), where)
    assert found is not None
    assert simulation.run(found, where).events != ()
