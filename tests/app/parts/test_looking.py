"""An attacker who adapts at work on a page: a few states at a time, stopped and gone on with."""

from __future__ import annotations

import pytest

from sandbox.app.parts import looking
from sandbox.app.parts.looking import Search
from sandbox.core import memo
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.studies import adaptive

pytestmark = pytest.mark.slow

LEAK, BCP = library.get("token-in-url-log"), Settings.of("oauth-bcp")


def test_she_looks_a_few_states_at_a_time_and_what_she_finds_is_kept() -> None:
    search = Search(((LEAK, BCP), (LEAK, Settings.of("naive-jwt"))))
    for _ in range(100):
        before = search.states
        search.go_on()
        assert search.states - before <= looking.BATCH
        if search.done:
            break
    assert search.done
    kept = adaptive.already(LEAK.id, adaptive.known(LEAK), BCP)
    assert kept == adaptive.looked_for(LEAK.id, adaptive.known(LEAK), BCP)


def test_a_search_that_many_share_goes_on_for_one_of_them_at_a_time() -> None:
    places = ((LEAK, BCP), (LEAK, Settings.of("jwt-done-properly")))
    memo.of(adaptive._looked).forget()
    memo.of(looking.shared).forget()
    search = looking.shared(places)
    assert looking.shared(places) is search
    with search.lock:
        search.lend()
    assert search.states == 0, "another visitor is at it"
    search.lend()
    assert 0 < search.states <= looking.LENT
    while not search.done:
        search.lend()
    for attack, settings in places:
        assert adaptive.already(attack.id, adaptive.known(attack), settings) is not None
