"""The world: the whole cast on one network, with one past."""

from __future__ import annotations

from sandbox.core.fork import fork
from sandbox.protocol.cast import CAST
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.protocol.trace import Answered
from sandbox.world.world import build
from tests.support.worlds import call, sign_in, world


def test_a_fork_shares_the_past_and_not_the_future():
    w = world()
    sign_in(w)
    other = fork(w)
    assert call(other).status == 200
    assert len(other.net.trace.events) > len(w.net.trace.events)
    assert other.apis["accounts"].net is other.net
    assert other.issuer.core.net is other.net
    assert call(w).status == 200
    answers = [[e.response for e in x.net.trace.events if isinstance(e, Answered)] for x in (w, other)]
    assert answers[0] == answers[1]


def test_everybody_of_the_cast_who_has_an_address_answers_at_it() -> None:
    for profile in PROFILES:
        w = world(profile)
        missing = "backend" if w.settings.architecture == "oauth" else "auth"
        assert {m.name for m in CAST.values() if m.host and w.net.owner(m.host) != m.name} == {missing}


def test_the_same_settings_and_seed_build_the_same_world() -> None:
    records = []
    for seed in (0, 0, 1):
        w = build(Settings.of("oauth-bcp"), seed)
        sign_in(w)
        records.append([repr(e) for e in w.net.trace.events])
    assert records[0] == records[1]
    assert records[0] != records[2]


def test_replicas_share_their_data() -> None:
    w = world()
    assert w.apis["accounts_2"].records is w.apis["accounts"].records
    assert w.apis["transactions"].records is not w.apis["accounts"].records
