"""The changes of a plan in the order in which to make them, and for how long a stolen token works."""

from __future__ import annotations

import pytest

from sandbox.studies import effort
from sandbox.studies.upholding import upheld
from tests.support.studied import answered, naive

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("study", [answered, naive], ids=["answers", "naive"])
def test_every_change_is_listed_once_with_its_team(study):
    result = study()
    listed = effort.works(result)
    assert {w.change for w in listed} == set(result.plan.changes)
    assert [w.order for w in listed] == sorted((w.order for w in listed), reverse=True)
    assert {w.team for w in listed} <= {team for team, _ in effort.OWNERS.values()}
    held = {u.changes[0].switch: set(u.attacks) for u in upheld(result) if len(u.changes) == 1}
    succeed = {f.attack: f.fixes for f in result.of("succeeded")}
    for work in listed:
        alone = held.get(work.change.switch, set())
        assert alone & set(succeed) <= set(work.attacks), "what succeeds again without it is what it helps to stop"
        assert all(attack in alone or any(work.change.switch in dict(fix) for fix in succeed[attack]) for attack in work.attacks)


def test_a_stolen_token_does_not_work_longer_with_the_changes():
    result = answered()
    attacks = [f.attack for f in result.findings]
    before = effort.lasting(attacks, result.system)
    after = effort.lasting(attacks, result.system.under(result.plan.settings))
    assert before.seconds is None or (after.seconds is not None and after.seconds <= before.seconds)
    assert effort.lasting([], result.system).seconds == 0
