"""Why the changes of a plan are needed: found by taking them back one by one, and two by two."""

from __future__ import annotations

import pytest

from sandbox.protocol.settings import Settings
from sandbox.studies import upholding
from sandbox.studies.audit import Audit, Change, Plan
from sandbox.studies.questions import System
from sandbox.studies.trials import fails, measured
from tests.support.studied import answered, naive

pytestmark = pytest.mark.slow


def test_every_change_is_spoken_for_and_what_is_said_of_it_is_what_a_run_shows() -> None:
    for result in (naive(), answered()):
        plan = result.plan.settings
        held = list(upholding.upheld(result))
        assert [u.changes[0] for u in held if len(u.changes) == 1] == list(result.plan.changes)
        assert {c for u in held if u.seen for c in u.changes} == set(result.plan.changes), "a change that no run shows to be needed"
        for each in held:
            without = result.system.under(Settings.of(plan.profile, dict(plan.changes) | each.settings))
            assert each.flows == fails(plan, without.settings) or len(each.changes) > 1
            for word, attacks in (("succeeded", each.attacks), ("limited", each.limited), ("stalled", each.closed)):
                assert {measured(a, without).word for a in attacks} <= {word}
                assert not [a for a in attacks if dict(result.plan.after)[a] == word]


def test_of_a_pair_either_alone_still_prevents_it() -> None:
    held = list(upholding.upheld(naive()))
    alone = {u.changes[0]: u.seen for u in held if len(u.changes) == 1}
    pairs = [u for u in held if len(u.changes) == 2]
    assert pairs
    assert not [u for u in pairs if u.seen & (alone[u.changes[0]] | alone[u.changes[1]])]
    assert all(u.seen for u in pairs)


def test_a_change_without_which_honest_people_cannot_work_says_who_fails() -> None:
    """Half of DPoP: what binds tokens to a key, and the client that has the key, are needed by each other."""
    base = System(Settings.of("oauth-basic"))
    halves = {"client.code_flow": "on", "as.dpop_bind": "on", "client.dpop": "on", "rs.dpop": "require"}
    changes = tuple(Change(n, "off", v) for n, v in halves.items())
    plan = Plan(settings=base.settings.but(halves), changes=changes, after=(("stolen-token-replay", "blocked"),))
    seen = {u.changes[0].switch: u for u in upholding.upheld(Audit(system=base, findings=(), plan=plan, monday=()))}
    assert {n for n, u in seen.items() if u.flows} >= {"as.dpop_bind", "client.dpop"}
    assert not [u for u in seen.values() if u.flows and u.attacks]


def test_as_data_it_says_the_same() -> None:
    data = upholding.as_json(naive())
    assert [tuple(d["succeed"]) for d in data] == [u.attacks for u in upholding.upheld(naive())]
    assert all(set(d["without"]) <= {c.switch for c in naive().plan.changes} for d in data)
