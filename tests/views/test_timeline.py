"""Moments: numbers, names, what belongs together, and which one decided."""

from __future__ import annotations

import pytest

from sandbox.core.wire import json_response
from sandbox.engine.result import Run
from sandbox.views.timeline import decisive, moments, refused_in
from tests.support import sample_runs as samples

EVERY = {
    "blocked": samples.blocked,
    "succeeded": samples.succeeded,
    "completed": samples.completed,
    "nothing": samples.nothing,
    "crowded": samples.crowded,
}


def told(run: Run) -> list[tuple[str, str]]:
    return [(m.kind, m.title) for m in moments(run)]


def test_a_run_reads_as_the_conversation() -> None:
    assert told(samples.blocked()) == [
        ("request", "GET /login"),
        ("local", "makes state, code_verifier"),
        ("answer", "302 to auth.connectsphere.example/authorize"),
        ("request", "GET /authorize"),
        ("answer", "200 login page"),
        ("request", "POST /login"),
        ("checks", "3 checks pass"),
        ("answer", "302 to budget.example/cb"),
        ("request", "GET /cb"),
        ("checks", "1 check passes"),
        ("request", "POST /token"),
        ("checks", "3 checks pass, code unused not performed"),
        ("answer", "200 access_token, refresh_token"),
        ("answer", "200 app page"),
        ("request", "GET /accounts"),
        ("request", "GET /jwks"),
        ("answer", "200 keys"),
        ("checks", "5 checks pass, audience not performed"),
        ("answer", "200 accounts"),
        ("time", "1 minute passes"),
        ("taken", "takes access_token"),
        ("request", "GET /transactions"),
        ("checks", "Checks: audience fails"),
        ("answer", "401 invalid_token"),
        ("skipped", "Not possible without refresh_token"),
    ]


@pytest.mark.parametrize("name", EVERY)
def test_moments_share_out_the_whole_trace(name: str) -> None:
    run = EVERY[name]()
    every = moments(run)
    assert [m.n for m in every] == list(range(1, len(every) + 1))
    assert [i for m in every for i in range(m.first, m.last + 1)] == list(range(len(run.events)))


@pytest.mark.parametrize("name", EVERY)
def test_ids_are_unique(name: str) -> None:
    ids = [m.id for m in moments(EVERY[name]())]
    assert len(set(ids)) == len(ids)


def test_ids_do_not_change_when_a_setting_does() -> None:
    blocked, succeeded = ({m.id: m.n for m in moments(run)} for run in (samples.blocked(), samples.succeeded()))
    assert "replay/accounts>transactions:GET /transactions#1" in blocked.keys() & succeeded.keys()
    assert [i for i in blocked if i not in succeeded] == ["again/mallory:skipped#1"]


def test_only_what_she_drives_is_an_attack() -> None:
    attack = [m.title for m in moments(samples.blocked()) if m.attack]
    assert attack == ["takes access_token", "GET /transactions", "401 invalid_token"], (
        "the compromised API is honest in the steps of others"
    )


def test_the_refused_request_is_blocked() -> None:
    assert [m.title for m in moments(samples.blocked()) if m.blocked] == ["GET /transactions"]
    assert [m for m in moments(samples.succeeded()) if m.blocked] == []


def test_what_she_takes_comes_from_whom_she_took_it() -> None:
    taken = next(m for m in moments(samples.blocked()) if m.kind == "taken")
    assert (taken.sender, taken.receiver, taken.detail) == ("accounts", "mallory", "the log of accounts")


def test_a_failed_check_that_nobody_heeds_says_so() -> None:
    story = samples.Story()
    story.step("call", "budget.call_api", "A call.")
    get = story.send("budget", "accounts", samples.bearer(f"{samples.ACCOUNTS}/accounts"))
    story.check("accounts", ("audience", "fail", "accounts", "transactions"))
    story.answer(get, json_response(200, {"accounts": []}))
    run = samples.made(story, samples.completed().verdict)
    assert told(run)[1] == ("checks", "Checks: audience fails, and is ignored")


def test_a_step_that_leaves_only_a_state_is_told_too() -> None:
    story = samples.Story()
    story.step("disable", "admin.set_user", "Alice's account is disabled.")
    story.state("auth", alice="disabled")
    assert told(samples.made(story, samples.completed().verdict)) == [("local", "set user")]


def test_the_decisive_moment() -> None:
    assert decisive(samples.blocked()) == 23, "the check that failed"
    assert decisive(samples.succeeded()) == 24, "the answer that she wanted"
    assert decisive(samples.nothing()) is None


def test_the_right_answer_comes_from_the_run() -> None:
    assert refused_in(samples.blocked(), "replay")
    assert refused_in(samples.blocked(), "again"), "a step not taken"
    assert not refused_in(samples.succeeded(), "replay")
    assert not refused_in(samples.blocked(), "honest")
