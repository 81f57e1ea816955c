"""A service calls another one: the person is the one of the request that it was sent, or the one whom it names."""

from __future__ import annotations

import pytest

from sandbox.protocol.tokens import decode
from sandbox.verbs.calling import ActFor, act_for
from sandbox.verbs.verb import Missing
from tests.support.short_stories import sent, status, told
from tests.support.worlds import world

CHAIN = """in budget.sign_in {browser: laptop, scope: read, api: transactions}
ask budget.call_api {browser: laptop, api: transactions, path: /transactions}
it transactions.act_for {on: $ask.request, api: accounts, path: /accounts}
on accounts.act_for {on: $it.request, api: notifications, path: /notifications}"""


def test_a_service_that_has_no_way_leaves_the_step_out() -> None:
    with pytest.raises(Missing, match="a way to call"):
        act_for(world(), "transactions", ActFor(user="alice", api="accounts", path="/accounts"))


def test_without_an_authorization_server_there_is_nobody_to_ask_for_a_token() -> None:
    for calls in ("client-credentials", "token-exchange"):
        with pytest.raises(Missing, match="token endpoint"):
            act_for(world("naive-jwt", rs_calls=calls), "transactions", ActFor(user="alice", api="accounts", path="/accounts"))


@pytest.mark.parametrize("calls", ["shared-key", "own-jwt", "client-credentials", "token-exchange"])
def test_the_person_travels_along_the_chain(calls: str) -> None:
    record = told(CHAIN, "oauth-bcp", rs_calls=calls, as_token_exchange="on")
    assert [status(record, step)[0] for step in ("it", "on")] == [200, 200]
    assert record.outputs["on"]["json"]["owner"] == "alice"


def test_an_exchanged_token_names_all_who_act() -> None:
    record = told(CHAIN, "oauth-bcp", rs_calls="token-exchange", as_token_exchange="on")
    claims = decode(record.outputs["on"]["request"].credential()[1]).claims
    assert (claims["sub"], claims["act"]) == ("alice", {"sub": "accounts", "act": {"sub": "transactions"}})


def test_a_service_that_was_sent_nothing_has_nothing_to_exchange() -> None:
    record = told(
        "it transactions.act_for {user: alice, api: accounts, path: /accounts}", rs_calls="token-exchange", as_token_exchange="on"
    )
    assert status(record, "it")[0] == 400
    assert sent(record, "it", "accounts") == []
