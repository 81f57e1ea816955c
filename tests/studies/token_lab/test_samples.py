"""Tokens of a run to begin with."""

from __future__ import annotations

import pytest

from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies.token_lab import opens_something, tokens_of, verify
from tests.support.token_lab import FLOW, loaded


@pytest.mark.parametrize("profile", PROFILES)
def test_a_token_from_a_run_is_accepted(profile):
    token, api, proof = loaded(Settings.of(profile))
    ruling = verify(token, api, Settings.of(profile), FLOW, proof)
    assert ruling.accepted, ruling
    assert {c.outcome for c in ruling.checks} <= {"pass", "skipped"}


def test_a_run_that_makes_no_sense_in_a_setting_has_no_tokens():
    scenario = next(s for s in library.attacks() if "oauth" in s.needs)
    assert tokens_of(scenario, Settings.of("naive-jwt")) == ()
    assert not opens_something(scenario, Settings.of("naive-jwt"))


def test_a_token_is_there_once_where_it_was_first_seen():
    found = tokens_of(library.get("code-pkce"), Settings.of("oauth-bcp"))
    assert len({f.token for f in found}) == len(found)
    first = {f.name: (f.sender, f.receiver) for f in reversed(found)}
    assert first["access_token"] == ("auth", "budget")
    assert first["dpop_proof"] == ("budget", "auth")
