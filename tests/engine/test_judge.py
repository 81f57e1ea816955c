"""Judging a record: who won, who stopped her, and whether honest people can still work."""

from __future__ import annotations

import pytest

from sandbox.engine import judge, player, simulation
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from tests.support.files import LOGIN, flow


def test_an_expectation_that_does_not_hold_fails_the_flow():
    steps = (
        LOGIN
        + "  - {id: use, do: app.call_api, with: {browser: laptop, api: accounts, path: /nothing}, say: Use., expect: {status: 200}}\n"
    )
    run = simulation.run(flow(steps))
    assert run.verdict.word == "failed"
    assert "“use”" in run.verdict.sentence


def test_the_sentence_of_a_block_is_the_sentence_of_the_check():
    attack = library.get("missing-aud-replay")
    run = simulation.run(attack, Settings.of("oauth-bcp"))
    assert (
        run.verdict.sentence
        == "Transactions refused at the step “replay”: The audience must name the party that is asked to accept the token."
    )


def test_a_defence_that_stops_everybody_breaks_the_service():
    attack = library.get("missing-aud-replay")
    run = simulation.run(attack, attack.settings.at_least({"rs.check_aud": "on"}))
    assert run.verdict.word == "breaks-service"
    assert [s.by for s in run.verdict.stops] == ["accounts.audience", "transactions.audience"]


@pytest.mark.slow
def test_limited_is_measured():
    attack = library.get("no-revocation-before-exp")
    assert simulation.run(attack, Settings.of("oauth-bcp", {"client.bff": "off"})).verdict.exposure == 299
    assert simulation.run(attack, Settings.of("naive-jwt")).verdict.exposure == 86399
    hour = simulation.run(attack, Settings.of("oauth-basic")).verdict
    assert (hour.word, hour.exposure) == ("succeeded", 3599)


def test_a_switch_off_at_one_instance_opens_the_attack_again():
    attack = library.get("missing-aud-replay")
    off = {"client.dpop": "off", "as.dpop_bind": "off", "rs.dpop": "off", "transactions.check_aud": "off"}
    assert simulation.run(attack, Settings.of("oauth-bcp", off)).verdict.word == "succeeded"


@pytest.mark.slow
def test_who_is_not_stopped_by_a_check_learns_nothing_or_is_answered():
    masked = library.get("stolen-token-replay")
    said = simulation.run(masked, masked.settings.at_least({"rs.log_redaction": "on"})).verdict
    assert (said.blocked_by.answer, said.sentence) == ("nothing learned", "At the step “leak” the attacker learns nothing.")
    bloat = library.get("token-bloat")
    said = simulation.run(bloat, bloat.settings.at_least({"as.min_claims": "on", "rs.live_roles": "on"})).verdict
    assert (said.blocked_by.answer, said.sentence.endswith("the honest request is answered.")) == ("not denied", True)


def test_a_success_says_what_she_has():
    assert simulation.run(library.get("missing-aud-replay")).verdict.sentence == "alice:transaction-7 reached the attacker."


def test_a_flow_says_which_step_was_refused_and_why():
    use = "  - {id: use, do: app.call_api, with: {browser: laptop, api: accounts, path: /admin/export}, say: Use., expect: {status: 200}}\n"
    said = simulation.run(flow(LOGIN + use)).verdict
    assert (said.word, said.blocked_by.by) == ("failed", "accounts.role")
    assert said.sentence == "The step “use” did not go as it should. Accounts refused: The user must have the role that this action needs."


def test_a_setting_is_compared_with_the_files_own_or_with_its_profile():
    attack = library.get("missing-aud-replay")
    record = player.play(Case.of(attack, attack.settings.at_least({"rs.check_aud": "on"})))
    assert judge.broken_controls(record)
    assert judge.broken_controls(player.play(Case.of(attack))) == []


def test_the_honest_flows_of_a_setting_are_those_that_it_can_have():
    assert set(judge.controls(Settings.of("oauth-bcp"))) == {c.id for c in library.controls()}
    assert set(judge.controls(Settings.of("naive-jwt"))) < {c.id for c in library.controls()}
    assert all(ok for steps in judge.controls(Settings.of("oauth-bcp")).values() for ok in steps.values())


# ---------------------------------------------------------------- honest controls


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "switches", [{}, {"client.bff": "on"}, {"client.bff": "off"}, {"AUD": "on"}, {"AUD": "on", "client.bff": "on"}], ids=str
)
def test_every_honest_control_holds_in_every_profile(profile, switches):
    works = judge.controls(Settings.of(profile, switches))
    assert [(flow, step) for flow, steps in works.items() for step, ok in steps.items() if not ok] == []


@pytest.mark.parametrize("profile", ["oauth-basic", "oauth-bcp"])
@pytest.mark.parametrize("behind", ["on", "off"])
def test_opaque_tokens_pass_the_gateway_where_the_apis_ask(profile, behind):
    opaque = {"as.token_format": "opaque", "INTRO": "on", "rs.verify_behind_gw": behind}
    assert judge.broken_flows(Settings.of(profile), Settings.of(profile, opaque)) == []


HALF_DEFENCES = [
    {"rs.check_aud": "on"},
    {"as.stamp_aud": "on", "rs.check_aud": "on"},
    {"as.stamp_aud": "on", "INTRO": "on"},
    {"rs.check_typ": "on"},
    {"rs.dpop": "require"},
    {"rs.mtls": "on"},
    {"as.pkce": "required"},
    {"as.token_format": "opaque"},
    {"client.iss_check": "iss-param"},
    {"rs.reject_query_token": "on", "client.token_in_header": "off"},
]


@pytest.mark.parametrize("switches", HALF_DEFENCES, ids=str)
def test_a_defence_that_refuses_honest_people_breaks_a_control(switches):
    before = Settings.of("oauth-basic", {"client.code_flow": "on"})
    assert judge.broken_flows(before, before.at_least(switches) if "off" not in switches.values() else Settings.of("oauth-basic", switches))


def test_a_session_is_told_with_the_names_that_people_read():
    said = simulation.run(library.get("code-injection")).verdict.sentence
    assert said.startswith("Budget takes whoever sits at "), said
    assert ":" not in said
