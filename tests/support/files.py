"""Scenario files for tests: one with a bit of everything, and short ones made of steps."""

from __future__ import annotations

from sandbox.language.document import Scenario
from sandbox.language.loader import loads

ATTACK = """\
title: A story
story: Something happens.
lesson: >
  Something is learned.
refs: [RFC 6749 §4.1, OIDC Core §3.1.3.7, draft-ietf-oauth-browser-based-apps §5.1.3, RFC 7519]
difficulty: beginner
attacker: {is: someone, operates: [accounts], knows: {mine: mallory.key}}
setting: {profile: oauth-basic, switches: {AUD: on, transactions.check_aud: off}}
steps:
  - id: login
    do: app.sign_in
    with: {browser: laptop}
    say: Alice signs in.
  - id: hers
    do: budget.sign_in
    with: {browser: mallory_browser, user: mallory}
    say: Mallory signs in.
  - id: forge
    do: mallory.forge
    with: {from: $hers.access_token, header: {jwk: $mine.jwk}, claims: {cost: $$5}, key: $mine}
    say: Mallory forges.
  - id: use
    do: mallory.send
    with: {like: $login.received, change: {headers: {authorization: null}}}
    say: Mallory sends.
    control: false
goal:
  - {read: "alice:account-1", at: use}
blocked_by:
  - switches: {rs.alg_policy: allowlist}
    at: use
    by: accounts.audience
    answer: 401
    because: It does.
"""

SIMPLE = """
title: A test
story: Something happens.
lesson: Look.
refs: [RFC 6749 §1]
"""  # the head of a file, without setting and steps
LOGIN = "  - {id: login, do: app.sign_in, with: {browser: laptop, scope: read}, say: Alice signs in.}\n"


def flow(steps: str, setting: str = "{profile: oauth-bcp, switches: {client.bff: off}}", head: str = SIMPLE) -> Scenario:
    """A scenario of these steps, which are YAML."""
    return loads(f"{head}setting: {setting}\nsteps:\n{steps}", "test.yaml")
