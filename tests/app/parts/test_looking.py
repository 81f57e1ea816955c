"""An attacker who adapts at work on a page: a few states at a time, stopped and gone on with."""

from __future__ import annotations

import pytest

from sandbox.app.parts import looking
from sandbox.app.parts.looking import Search
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
