"""The engine: references, what the attacker may use, verdicts and where they come from."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request, json_response
from sandbox.engine import goals, player, references, simulation, verdict
from sandbox.engine.case import Case
from sandbox.engine.exposure import HORIZON, last_second
from sandbox.language import document, library
from sandbox.language.goals import Goal
from sandbox.language.loader import loads
from sandbox.language.source import ScenarioError
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Checked, Sent, StepSkipped, StepStarted, TimePassed, of
from sandbox.studies.claims import check

HEAD = """
title: A test
story: Something happens.
lesson: Look.
refs: [RFC 6749 §1]
"""
ATTACK = HEAD + "tier: core\nattacker: {is: a test}\n"


def flow(steps: str, setting: str = "{profile: oauth-bcp}", head: str = HEAD) -> document.Scenario:
    return loads(f"{head}setting: {setting}\nsteps:\n{steps}", "test.yaml")


LOGIN = "  - {id: login, do: app.sign_in, with: {browser: laptop, scope: read}, say: Alice signs in.}\n"


def test_a_run_is_a_pure_function():
    attack = library.attacks()[0]
    assert simulation.run(attack) == simulation.run(attack)
    assert simulation.run(attack, seed=1).events != simulation.run(attack, seed=2).events


def test_another_seed_is_another_run_with_the_same_verdict():
    for attack in library.attacks():
        assert simulation.run(attack, seed=7).verdict.word == simulation.run(attack).verdict.word


def test_each_step_is_announced_and_stamped():
    run = simulation.run(flow(LOGIN + "  - {id: later, do: clock.wait, with: {seconds: 90}, say: Time passes.}\n"))
    assert [(e.step, e.do) for e in of(run.events, StepStarted)] == [("login", "app.sign_in"), ("later", "clock.wait")]
    assert next(of(run.events, TimePassed)).seconds == 90
    assert [e.index for e in run.events] == list(range(len(run.events)))


def test_parts_of_values():
    request = Request(
        "POST",
        "https://a.example/cb?code=1#t=2",
        (("Referer", "https://b.example/?x=3"), ("Content-Type", "application/x-www-form-urlencoded")),
        "a=b",
    )
    path = lambda value, text: [value := references.part_of(value, p) for p in text.split(".")][-1]  # noqa: E731
    assert path(request, "url.query.code") == "1"
    assert path(request, "url.fragment.t") == "2"
    assert path(request, "headers.referer.query.x") == "3"
    assert path(request, "form.a") == "b"
    assert path(request, "method") == "POST"
    answer = json_response(200, {"keys": [{"kid": "k"}]})
    assert path(answer, "json.keys.0.kid") == "k"
    assert path(answer, "status") == 200
    for wrong in ("json.keys.9", "nothing", "headers.nothing", "json.keys.x"):
        assert path(answer, wrong) is None
    assert references.part_of("no address", "query") is None
    assert references.part_of("a.b.c", "claims") is None


def test_a_value_that_nobody_has_is_a_step_that_is_not_taken():
    steps = LOGIN + "  - {id: renew, do: app.refresh, with: {browser: laptop}, say: Refresh.}\n"
    run = simulation.run(flow(steps, "{profile: naive-jwt}"))
    skipped = next(of(run.events, StepSkipped))
    assert (skipped.step, skipped.missing) == ("renew", "a refresh token")
    assert run.verdict.word == "failed"


def test_an_optional_step_may_be_left_out():
    steps = LOGIN + "  - {id: renew, do: app.refresh, with: {browser: laptop}, say: Refresh., optional: true}\n"
    assert simulation.run(flow(steps, "{profile: naive-jwt}")).verdict.word == "completed"


def test_a_profile_without_the_mechanism_is_not_applicable_and_says_why():
    run = simulation.run(flow(LOGIN, head=HEAD + "needs: [oauth]\n"), Settings.of("naive-jwt"))
    assert run.verdict.word == "not-applicable"
    assert "log in at the backend" in run.verdict.sentence
    assert run.events == ()


def test_an_expectation_that_does_not_hold_fails_the_flow():
    steps = (
        LOGIN
        + "  - {id: use, do: app.call_api, with: {browser: laptop, api: accounts, path: /nothing}, say: Use., expect: {status: 200}}\n"
    )
    run = simulation.run(flow(steps))
    assert run.verdict.word == "failed"
    assert "“use”" in run.verdict.sentence


THEFT = """
  - {id: login, do: budget.sign_in, with: {browser: laptop, scope: read}, say: Alice connects.}
  - {id: swap, do: mallory_browser.send, with: {method: GET, url: "https://accounts.connectsphere.example/accounts", headers: {Authorization: $login.access_token}}, say: Mallory uses it.}
goal: [{read: "alice:account-1", at: swap}]
"""


def test_the_attacker_cannot_use_what_she_has_not_learned():
    source = f"{ATTACK}setting: {{profile: oauth-basic}}\nsteps:{THEFT}"
    with pytest.raises(ScenarioError, match=r"\$login.access_token"):
        loads(source, "test.yaml")


HONEST_HANDS = """
  - {id: start, do: budget.sign_in, with: {browser: mallory_browser, user: mallory, scope: read}, say: Mallory connects.}
  - {id: use, do: mallory.call_api, with: {api: accounts, path: /accounts, token: $start.access_token}, say: She has never seen this token.}
goal: [{read: "mallory:account-2", at: use}]
"""


def test_what_stays_on_an_honest_server_is_not_hers_even_if_it_is_about_her():
    attack = loads(f"{ATTACK}setting: {{profile: oauth-basic}}\nsteps:{HONEST_HANDS}", "test.yaml")
    with pytest.raises(player.NotLearned, match=r"\$start.access_token"):
        simulation.run(attack)
    assert [c.found for c in check(attack) if not c.ok][-1] == "test: the attacker has not learned `$start.access_token`"
    elsewhere = simulation.run
    with pytest.raises(player.NotLearned):
        elsewhere(attack, attack.settings)


def test_a_literal_dollar():
    steps = '  - {id: look, do: laptop.send, with: {url: "https://evil.example/", method: POST, json: {price: $$5}}, say: Look.}\n'
    run = simulation.run(flow(steps))
    assert next(of(run.events, Sent)).request.json == {"price": "$5"}


def test_where_an_attack_is_blocked_is_the_first_step_that_goes_worse():
    attack = library.get("stolen-token-replay")
    masked = simulation.run(attack, attack.settings.at_least({"rs.log_redaction": "on"}))
    assert (masked.verdict.blocked_by.step, masked.verdict.blocked_by.answer) == ("leak", "nothing learned")
    bound = simulation.run(attack, attack.settings.at_least({"DPOP": "on"}))
    assert (bound.verdict.blocked_by.step, bound.verdict.blocked_by.by, bound.verdict.blocked_by.answer) == (
        "use",
        "accounts.key_binding",
        "401 invalid_token",
    )


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


def test_limited_is_measured():
    attack = library.get("no-revocation-before-exp")
    assert simulation.run(attack, Settings.of("oauth-bcp")).verdict.exposure == 299
    assert simulation.run(attack, Settings.of("naive-jwt")).verdict.exposure == 86399
    hour = simulation.run(attack, Settings.of("oauth-basic")).verdict
    assert (hour.word, hour.exposure) == ("succeeded", 3599)


def test_a_switch_off_at_one_instance_opens_the_attack_again():
    attack = library.get("missing-aud-replay")
    off = {"client.dpop": "off", "as.dpop_bind": "off", "rs.dpop": "off", "transactions.check_aud": "off"}
    assert simulation.run(attack, Settings.of("oauth-bcp", off)).verdict.word == "succeeded"


def test_counters_count_what_travelled():
    flow_ = library.get("naive-jwt")
    assert simulation.run(flow_).counters.lookups == 0
    asked = simulation.run(flow_, Settings.of("jwt-done-properly")).counters
    assert asked.lookups == asked.api_requests == 2
    assert asked.token_bytes > 300


def test_a_bearer_token_is_read_by_the_predicates_not_by_the_scenario():
    """The same steps with an honest actor in place of the attacker raise nothing."""
    attack = library.get("stolen-token-replay")
    record = player.play(Case.of(attack))
    assert goals.reached(record, attack.goal[0]).reached
    record.hers = frozenset()
    assert not goals.reached(record, attack.goal[0]).reached
    other = Goal.model_validate({"read": "alice:transaction-7", "at": "use"})
    record.hers = record.case.hers
    assert not goals.reached(record, other).reached


# ---- claims


def test_every_shipped_claim_is_true():
    false = [f"{c.scenario}: {c.text} → {c.found}" for i in library.ids() for c in check(library.get(i)) if not c.ok]
    assert false == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("by: transactions.audience", "by: transactions.issuer", "at replay by transactions.audience with 401 invalid_token"),
        ("by: transactions.audience", "by: accounts.audience", "at replay by transactions.audience with 401 invalid_token"),
        ("by: transactions.audience", "by: transactions.nonsense", "there is no check nonsense"),
        (
            "    at: replay\n    by: transactions.audience",
            "    at: honest\n    by: transactions.audience",
            "at replay by transactions.audience",
        ),
        (
            "answer: 401 invalid_dpop_proof",
            "answer: 401 invalid_token",
            "at replay by transactions.proof_target with 401 invalid_dpop_proof",
        ),
        ("- switches: {AUD: on}", "- switches: {TYP: on}", "succeeded"),
        ("  - switches: {as.stamp_aud: on}\n    believed", "  - switches: {AUD: on}\n    believed", "blocked"),
        ("expect: {status: 200}", "expect: {status: 401}", "status 200"),
        ("alice:transaction-7", "alice:transaction-9", "stalled"),
        ("outcome: breaks-service", "", "breaks-service"),
    ],
)
def test_a_wrong_claim_is_found_and_told_what_is_true(old, new, message):
    source = library.get("missing-aud-replay").source
    assert old in source
    changed = loads(source.replace(old, new, 1), "missing-aud-replay.yaml")
    false = [c for c in check(changed) if not c.ok]
    assert false
    assert any(message in c.found for c in false), [c.found for c in false]


def test_a_wrong_window_is_found():
    source = library.get("no-revocation-before-exp").source.replace("window: 300", "window: 200")
    false = [c for c in check(loads(source, "no-revocation-before-exp.yaml")) if not c.ok]
    assert [c.found.partition(" (")[0] for c in false] == ["299 s"]


# ---- exposure


@pytest.mark.parametrize("end", [0, 1, 59, 60, 61, 239, 240, 3599, 86_399])
def test_the_longest_wait_is_found_to_the_second(end):
    tried = []

    def works(seconds: int) -> bool:
        tried.append(seconds)
        return seconds <= end

    assert last_second(works) == end
    assert len(tried) < 40


def test_what_never_ends_has_no_longest_wait():
    assert last_second(lambda _: True) is None
    assert last_second(lambda s: s < HORIZON * 2) is None


def test_skipped_checks_are_never_refusals():
    for attack in library.attacks():
        record = player.play(Case.of(attack))
        for step in attack.steps:
            stop = verdict.refusal(record, step.id)
            failed = {(c.party, c.check) for c in of(record.events, Checked, step.id) if c.outcome == "fail"}
            assert stop is None or (stop.party, stop.check) in failed
