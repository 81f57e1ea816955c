"""A scenario file with a bit of everything, for tests of how files are read."""

from __future__ import annotations

ATTACK = """\
title: A story
story: Something happens.
lesson: >
  Something is learned.
refs: [RFC 6749 §4.1, OIDC Core §3.1.3.7, draft-ietf-oauth-browser-based-apps §5.1.3, RFC 7519]
tier: core
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
