"""The world: the whole cast on one network, with one past."""

from __future__ import annotations

import copy

from sandbox.protocol.trace import Answered
from tests.support.worlds import call, sign_in, world


def test_a_fork_shares_the_past_and_not_the_future():
    w = world()
    sign_in(w)
    fork = copy.deepcopy(w)
    assert call(fork).status == 200
    assert len(fork.net.trace.events) > len(w.net.trace.events)
    assert fork.apis["accounts"].net is fork.net
    assert fork.issuer.core.net is fork.net
    assert call(w).status == 200
    answers = [[e.response for e in x.net.trace.events if isinstance(e, Answered)] for x in (w, fork)]
    assert answers[0] == answers[1]
