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
difficulty: beginner
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


@pytest.mark.slow
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


STORED = """\
title: T
story: S
lesson: L
refs: [RFC 9700 §4.14.2]
difficulty: beginner
attacker: {is: someone who read the storage}
setting: {profile: oauth-basic, switches: {client.code_flow: on, client.bff: off}}
steps:
  - {id: login, do: app.sign_in, with: {browser: laptop, scope: read}, say: S, expect: {status: 201}}
  - {id: theft, do: mallory.read, with: {storage: app, browser: laptop}, say: S}
  - {id: use, do: mallory.call_api, with: {api: accounts, path: /accounts, token: $theft.access_token}, say: S}
goal:
  - {read: "alice:account-1", at: use}
blocked_by:
  - {switches: {MTLS: on}, at: use, by: accounts.certificate, answer: 401 invalid_token, because: B}
  - {switches: {AUD: on}, at: use, by: accounts.audience, answer: 401 invalid_token, because: B}
limited_by:
  - {switches: {as.short_ttl: on}, window: 300, because: B}
myths:
  - {switches: {client.bff: on}, believed: B, because: B}
"""


@pytest.mark.slow
def test_every_claim_that_is_false_says_which_line_and_what_to_write() -> None:
    """Each of these was true, or was believed to be, in 0.1.0."""
    said = {claim.text: claim.cure for claim in check(loads(STORED, "old.yaml")) if not claim.ok}
    assert said["in its own setting: login gives status 201"] == "line 9: write `expect: {status: 200}` if that is right"
    assert said["MTLS blocks"].startswith("line 15: add what the honest flows need with it")
    assert said["AUD blocks"] == "line 16: remove it, or write it under `myths`"
    assert said["as.short_ttl=on limits it to 300 s"].startswith("line 18: write it under `myths`; after 0.1.0 what can be renewed")
    assert said["client.bff=on does not help"] == "line 20: remove it"  # the script stalls: that says nothing
    assert all(cure.startswith("line ") for text, cure in said.items() if "predict" not in text and "asks" not in text)
