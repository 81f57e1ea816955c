"""Attacks played by the clients that a system has: only where the story still works."""

from __future__ import annotations

import pytest

from sandbox.language import library
from sandbox.language.recast import named
from sandbox.studies.casting import CLIENTS, cast


def test_nothing_is_recast_where_everybody_is_there():
    assert all(cast(id, CLIENTS) is library.get(id) for id in library.ids())


@pytest.mark.parametrize("attack", ["admin-kill-session", "logout-one-device", "csrf-redirect-uri", "missing-aud-replay"])
def test_the_app_plays_for_others(attack):
    played = cast(attack, ("app",))
    assert played is not None
    assert named(played) & set(CLIENTS) == {"app"}


@pytest.mark.slow
def test_the_first_client_with_whom_it_works_plays():
    played = cast("code-interception", ("app", "budget")), cast("alg-none", ("budget", "mobile"))
    assert played[0] is None
    assert played[1] is not None
    assert named(played[1]) == {"mobile"}
