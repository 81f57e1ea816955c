"""What the trace shows: goals, refusals and where they come from."""

from __future__ import annotations

import pytest

from sandbox.engine import player, simulation, verdict
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Checked, of


def test_an_error_in_a_redirect_is_a_refusal():
    text = "\n".join((
        "title: T", "story: S.", "lesson: L.", "refs: [RFC 6749 §4.2.2.1]", "needs: [oauth]", "setting: {profile: oauth-basic}", "steps:",
        "  - {id: login, do: app.sign_in, with: {browser: laptop}, say: S., expect: {page: app}}",
        "  - {id: use, do: app.call_api, with: {browser: laptop, api: accounts, path: /accounts}, say: S., expect: {status: 200}}",
    ))  # fmt: skip
    run = simulation.run(loads(text, "t.yaml"), Settings.of("oauth-basic", {"as.no_implicit": "on"}))
    assert run.verdict.word == "failed"
    assert (run.verdict.blocked_by.by, run.verdict.blocked_by.answer) == ("auth.response_type", "302 unsupported_response_type")


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


@pytest.mark.slow
def test_skipped_checks_are_never_refusals():
    for attack in library.attacks():
        record = player.play(Case.of(attack))
        for step in attack.steps:
            stop = verdict.refusal(record, step.id)
            failed = {(c.party, c.check) for c in of(record.events, Checked, step.id) if c.outcome == "fail"}
            assert stop is None or (stop.party, stop.check) in failed
