"""What the changes of a plan hold up: found by taking them back one by one, and two by two."""

from __future__ import annotations

import pytest

from sandbox.protocol.settings import Settings
from sandbox.studies import upholding
from sandbox.studies.trials import fails, verdict_of
from tests.support.studied import naive

pytestmark = pytest.mark.slow


def test_without_it_the_attacks_succeed_and_honest_flows_work() -> None:
    result = naive()
    plan = result.plan.settings
    held = list(upholding.upheld(result))
    assert {len(u.changes) for u in held} == {1, 2}
    for each in held:
        without = Settings.of(plan.profile, dict(plan.changes) | each.settings)
        assert {verdict_of(a, result.system.under(without)).word for a in each.attacks} == {"succeeded"}
        assert not fails(plan, without)


def test_of_a_pair_either_alone_still_stops_the_attack() -> None:
    held = list(upholding.upheld(naive()))
    alone = {a for u in held if len(u.changes) == 1 for a in u.attacks}
    assert not [u for u in held if len(u.changes) == 2 and alone & set(u.attacks)]


def test_as_data_it_says_the_same() -> None:
    data = upholding.as_json(naive())
    assert [tuple(d["succeed"]) for d in data] == [u.attacks for u in upholding.upheld(naive())]
    assert all(set(d["without"]) <= {c.switch for c in naive().plan.changes} for d in data)
