"""Single runs in a system: the scripts that can be played there, and what is measured."""

from __future__ import annotations

import pytest

from sandbox.language import library
from sandbox.studies import trials
from tests.support.studied import system

pytestmark = pytest.mark.slow


def test_nobody_is_attacked_who_is_not_there():
    there = system("design-oauth.clients-spa")
    played = [s for a in library.attacks() for s in trials.scripts(a.id, there)]
    assert played
    assert not {p for s in played for p in trials.parties(s)} & {"budget", "evil_app", "mobile", "gateway"}
    assert {s.id for s in played} >= {"csrf-redirect-uri", "missing-aud-replay"}


@pytest.mark.parametrize(("link", "word"), [("revoke-none", "not-applicable"), ("revoke-pushed", "limited"), ("revoke-list", "blocked")])
def test_a_denylist_is_raced_only_where_there_is_one(link, word):
    there = system(f"design-oauth.clients-spa.browser-page.traces-header.{link}")
    assert trials.measured("denylist-race", there).word == word
