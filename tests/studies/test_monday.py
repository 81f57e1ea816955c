"""The Monday checklist is proved by runs."""

from __future__ import annotations

import pytest

from sandbox.studies import trials
from tests.support.studied import answered

pytestmark = pytest.mark.slow


def test_monday_is_proved_by_runs():
    ticks = {t.item: t for t in answered().monday}
    assert (ticks["aud"].state, ticks["pkce"].state, ticks["state"].state) == ("done", "done", "open")
    for t in answered().monday:
        for attack in t.attacks:
            word = trials.measured(attack, answered().system.under(t.settings)).word
            assert word == ("succeeded" if t.state == "done" else "blocked"), (t.item, attack)
