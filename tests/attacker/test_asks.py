"""The requests that show whether a goal is reached follow from the APIs' own table of operations."""

from __future__ import annotations

from sandbox.attacker.asks import asks, resources
from tests.support.questions import LATE, READ, asked, target


def said(*targets) -> list[str]:
    return [ask.said for ask in asks(asked("oauth-bcp", {}, (), *targets))]


def test_an_account_is_read_at_both_replicas() -> None:
    assert said(READ) == ["GET /accounts at Accounts", "GET /accounts at Accounts, replica 2"]


def test_a_transaction_is_read_in_the_list_and_alone_and_deleted_in_two_ways() -> None:
    assert said(target(read="alice:transaction-7")) == ["GET /transactions at Transactions", "GET /transactions/7 at Transactions"]
    wanted = asks(asked("oauth-bcp", {}, (), target(write="alice:transaction-7")))
    assert [(a.path, a.changes) for a in wanted] == [("/transactions/7", True), ("/users/alice/transactions/7", True)]


def test_what_somebody_puts_into_her_account_is_read_there() -> None:
    assert said(target(read="alice:statement-9")) == ["GET /accounts/imports at Accounts", "GET /accounts/imports at Accounts, replica 2"]


def test_access_that_was_ended_is_tried_everywhere() -> None:
    assert [a.api for a in asks(asked("oauth-bcp", {}, (), LATE))] == ["accounts", "accounts_2", "transactions"]


def test_the_gateway_leads_to_some_of_them() -> None:
    assert [a.behind_gateway for a in asks(asked("oauth-bcp", {}, (), READ))] == [True, False]


def test_she_may_want_a_token_for_another_api() -> None:
    assert resources(asked("oauth-bcp", {}, (), READ)) == ()
    assert resources(asked("oauth-bcp", {}, (), READ, target(read="alice:transaction-7"))) == ("transactions",)
