"""What counts as reached: consent that the trace shows, personal data by what it stands for, and an honest request that is answered."""

from __future__ import annotations

import pytest

from sandbox.engine import goals, player, simulation
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
from sandbox.views.stepper.view import weights
from sandbox.views.timeline import refused_in

HEAD = """
title: A test
story: Something happens.
lesson: Something is learned.
refs: [RFC 6749 §1]
difficulty: beginner
attacker: {is: a client}
setting: {profile: oauth-basic, switches: {rs.check_scope: off, client.code_flow: on}}
steps:
"""


def step(name, do, args):
    return f"  - {{id: {name}, do: {do}, with: {args}, say: It happens.}}\n"


def reached(steps, *wanted):
    scenario = loads(HEAD + steps + "goal:\n" + "".join(f"  - {{{goal}}}\n" for goal in wanted), "test.yaml")
    record = player.play(Case.of(scenario))
    return [goals.reached(record, goal).reached for goal in scenario.goal]


def connected(scope):
    return step("login", "evil_app.sign_in", f"{{browser: laptop, scope: {scope}}}")


USE = step("use", "evil_app.call_api", "{browser: laptop, api: accounts, path: /accounts}")
DELETE = step("delete", "evil_app.call_api", "{browser: laptop, api: transactions, path: /transactions/7, method: DELETE}")


@pytest.mark.parametrize(("scope", "won"), [("read", False), ("read write", False), ("openid", True), ("write", True)])
def test_what_its_owner_has_allowed_is_not_stolen(scope, won):
    assert reached(connected(scope) + USE, 'read: "alice:account-1", at: use') == [won]


@pytest.mark.parametrize(("scope", "won"), [("read", True), ("write", False)])
def test_a_change_that_was_allowed_is_no_attack(scope, won):
    assert reached(connected(scope) + DELETE, 'write: "alice:transaction-7", at: delete') == [won]


def test_consent_is_for_one_client_and_one_owner():
    theirs = connected("read") + step("use", "mallory.call_api", "{api: accounts, path: /accounts, token: $login.access_token}")
    assert reached(theirs, 'read: "alice:account-1", at: use') == [True]
    own = step("login", "evil_app.sign_in", "{browser: mallory_browser, user: mallory, scope: read}")
    admin = step("hire", "admin.set_user", "{user: mallory, roles: [admin]}") + own
    export = step("use", "evil_app.call_api", "{browser: mallory_browser, api: accounts, path: /admin/export}")
    assert reached(admin + export, 'read: "alice:account-1", at: use', 'read: "mallory:account-2", at: use') == [True, False]


def test_consent_that_comes_later_allows_nothing_before():
    early = connected("openid") + USE + step("more", "evil_app.sign_in", "{browser: laptop, scope: read}")
    assert reached(early, 'read: "alice:account-1", at: use') == [True]


def test_a_password_given_away_is_no_consent():
    login = step("login", "evil_app.sign_in", "{browser: laptop, how: password, scope: read}")
    assert reached(login + USE, 'read: "alice:account-1", at: use', 'credential: "alice:password", at: login') == [True, True]


def test_personal_data_is_known_by_its_value_unless_its_owner_allowed_it():
    email = 'pii: "alice:email", at: about'
    about = step("about", "evil_app.call_api", "{browser: laptop, api: auth, path: /userinfo}")
    assert reached(connected("openid profile") + about, email, 'pii: "alice:name", at: about') == [True, False]  # the token carries it
    assert reached(connected("openid email") + about, email, 'pii: "alice:name", at: about') == [False, True]


def test_an_honest_request_that_is_answered_stops_a_denial():
    text = HEAD + (
        step("grow", "admin.set_user", "{user: alice, groups: 250, permissions: 400}")
        + step("login", "app.sign_in", "{browser: laptop, scope: read}")
        + step("use", "app.call_api", "{browser: laptop, via: gateway, api: accounts, path: /accounts}")
        + "goal:\n  - {denied: use, at: use}\n"
    )
    scenario = loads(text, "test.yaml")
    assert simulation.run(scenario).verdict.word == "succeeded"
    assert simulation.run(scenario).counters.token_bytes > 8192
    lean = simulation.run(scenario, scenario.settings.at_least({"as.min_claims": "on"}))
    assert (lean.verdict.word, lean.verdict.blocked_by.answer, lean.verdict.blocked_by.by) == ("stalled", "not denied", "")
    claimed = text + "blocked_by:\n  - {switches: {as.min_claims: on}, at: use, answer: not denied, because: It is small.}\n"
    said = loads(claimed, "test.yaml")
    assert simulation.run(said, said.settings.at_least({"as.min_claims": "on"})).verdict.word == "blocked"
    assert lean.counters.token_bytes < 1024


@pytest.mark.slow
def test_a_broken_service_is_not_the_attackers_doing():
    scenario = library.get("token-bloat")
    bloated, refused = {"as.min_claims": "off"}, {"as.dpop_bind": "off"}
    assert simulation.run(scenario, Settings.of("oauth-bcp", bloated)).verdict.word == "succeeded"
    assert simulation.run(scenario, Settings.of("oauth-bcp", refused)).verdict.word == "breaks-service"
    assert simulation.run(scenario, Settings.of("oauth-bcp", {"rs.dpop": "off"})).verdict.word == "blocked"


def test_reach_into_the_internal_network_is_a_power_that_a_file_must_name():
    send = step("use", "mallory.send", '{method: GET, url: "http://accounts.internal/accounts", headers: {X-User-Id: alice}}')
    text = HEAD.replace("client.code_flow: on", "rs.verify_behind_gw: off") + send + 'goal: [{read: "alice:account-1", at: use}]\n'
    inside = text.replace("{is: a client}", "{is: a client, reaches: [internal]}")
    assert simulation.run(loads(text, "test.yaml")).verdict.word == "blocked"
    assert simulation.run(loads(inside, "test.yaml")).verdict.word == "succeeded"
    assert simulation.run(loads(inside, "test.yaml"), Settings.of("naive-jwt")).verdict.word == "blocked"


@pytest.mark.parametrize(("name", "step"), [("gateway-header-spoof", "use"), ("pii-in-access-token", "leak")])
def test_the_answer_to_a_question_is_no_where_nothing_was_refused_and_nothing_learned(name, step):
    scenario = library.get(name)
    assert not refused_in(simulation.run(scenario), step)
    for defence in scenario.blocked_by:
        assert refused_in(simulation.run(scenario, scenario.settings.at_least(defence.switches)), step)


def test_the_answer_to_a_question_about_a_denial_is_what_the_honest_request_was_told():
    scenario = library.get("token-bloat")
    assert refused_in(simulation.run(scenario), "use")
    assert not refused_in(simulation.run(scenario, Settings.of("oauth-bcp")), "use")


def test_the_weight_of_a_claim_is_what_it_adds_to_the_token():
    assert weights({"sub": "alice"}) == {"sub": 20}
