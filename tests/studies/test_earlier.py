"""Files of 0.1.0 whose profile was weaker then are told what to write, and are true with it."""

from __future__ import annotations

import re

import pytest

from sandbox.language.loader import loads
from sandbox.protocol.switches import PROFILES as TODAY
from sandbox.protocol.switches import SWITCHES
from sandbox.studies.claims import check
from sandbox.studies.earlier import PROFILES

QUERY = """\
title: T
story: S
lesson: L
refs: [RFC 9700 §4.3.2]
tier: core
attacker: {is: someone who reads the log}
setting: {profile: PROFILE, switches: {client.code_flow: on}}
steps:
  - {id: login, do: app.sign_in, with: {browser: laptop, scope: read}, say: S}
  - {id: honest, do: app.call_api, with: {browser: laptop, api: accounts, path: /accounts}, say: S}
  - {id: leak, do: mallory.read, with: {history: laptop, match: access_token}, say: S}
  - {id: use, do: mallory.call_api, with: {api: accounts, path: /accounts, token: $leak.access_token}, say: S}
goal:
  - {read: "alice:account-1", at: use}
"""


def cures(source: str) -> set[str]:
    return {c.cure for c in check(loads(source, "old.yaml")) if c.text.startswith("in its own setting: READ") and not c.ok}


def test_a_profile_that_was_weaker_is_named_with_its_line_and_the_switch() -> None:
    source = QUERY.replace("history: laptop, match: access_token", "log: accounts").replace("PROFILE", "jwt-done-properly")
    source = source.replace(", switches: {client.code_flow: on}", "")
    [cure] = cures(source)
    assert cure == "line 7: add `rs.log_redaction: off` to the switches of the setting; the profile jwt-done-properly had that in 0.1.0"
    switch = re.findall(r"`(.*?)`", cure)[0]
    assert cures(source.replace("jwt-done-properly}", f"jwt-done-properly, switches: {{{switch}}}}}")) == set()


def test_what_no_profile_is_the_reason_of_gets_no_such_cure() -> None:
    assert cures(QUERY.replace("PROFILE", "oauth-bcp")) == {""}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_table_has_what_is_another_value_today(profile: str) -> None:
    assert profile in TODAY
    for name, value in PROFILES[profile].items():
        assert value in SWITCHES[name].values
        assert SWITCHES[name].default(profile) != value, "this is today's value: remove it"
