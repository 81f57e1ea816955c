"""The record as those see it who judge: whose answer a step's answer is."""

from __future__ import annotations

from sandbox.engine.record import answers, last_exchange
from tests.support.short_stories import told

USE = "login app.sign_in {browser: laptop, scope: read}\nuse app.call_api {browser: laptop, api: accounts, path: /accounts}\n"


def test_the_last_answer_of_a_step_is_that_of_its_actor_not_one_inside() -> None:
    record = told(USE, "oauth-basic", as_revocation="on", rs_introspect="live", client_token_in_header="on")
    last = last_exchange(record, "use")
    assert last is not None
    assert (last.sender, last.response.status) == ("accounts", 200)
    assert {a.sender for _, a in answers(record, "use")} >= {"accounts", "auth"}


def test_a_step_that_is_left_out_says_why() -> None:
    steps = "take mallory.read {storage: app, browser: laptop}\nuse mallory.call_api {api: accounts, path: /accounts, token: $take.access_token}"
    skipped = told(steps).skipped("use")
    assert skipped is not None
    assert skipped.missing == "`take.access_token`"
