"""What really served parties have in place of the simulation's clock, seed and endless trace."""

from __future__ import annotations

import time

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy, fresh_rsa, private_key
from sandbox.protocol.proofs import LEEWAY, WINDOW, SeenProofs
from sandbox.protocol.tokens import half_hash
from sandbox.protocol.trace import Noted, RecentTrace
from sandbox.world.parties.limits import forget_oldest


def test_the_wall_clock_is_real_time_and_can_be_put_ahead() -> None:
    clock = WallClock()
    assert abs(clock.now() - time.time()) < 2
    clock.advance(3600)
    assert abs(clock.now() - 3600 - time.time()) < 2


def test_real_randomness_does_not_repeat() -> None:
    one, two = SystemEntropy(), SystemEntropy()
    assert one.seed != two.seed
    assert one.token("code") != one.token("code")
    assert private_key(one.seed, "auth", "ES256") is not private_key(two.seed, "auth", "ES256")


def test_a_served_rsa_key_is_nobody_elses() -> None:
    assert fresh_rsa().public_key().public_numbers() != private_key("0", "auth", "RS256").public_key().public_numbers()  # type: ignore[union-attr]


def test_a_recent_trace_forgets_and_goes_on_counting() -> None:
    trace = RecentTrace(size=3)
    for i in range(10):
        trace.add(Noted, "auth", str(i))
    assert [(e.index, e.text) for e in trace.since(8)] == [(8, "8"), (9, "9")]  # type: ignore[attr-defined]
    assert (len(trace.since(0)), trace.events) == (3, [])


def test_forgetting_begins_with_the_oldest() -> None:
    kept = dict.fromkeys(range(125))
    forget_oldest(kept, 100)
    assert list(kept) == list(range(25, 125))


def test_old_proofs_are_forgotten_without_a_look_at_the_others() -> None:
    seen = SeenProofs()
    assert all(seen.first_use("key", str(i), now=i) for i in range(200))
    assert len(seen.until) == WINDOW + LEEWAY + 1
    assert not seen.first_use("key", "199", now=200)


def test_the_half_hash_belongs_to_the_algorithm() -> None:
    """OIDC Core §3.1.3.6, with the example of appendix A.3."""
    assert half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"
    assert len(half_hash("token", "EdDSA")) == 43  # half of SHA-512
