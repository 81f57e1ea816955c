"""Denylists: read at each request, or pushed to replicas that are late."""

from __future__ import annotations

import pytest

from tests.support.short_stories import failed, sent, status, told


@pytest.mark.parametrize(("denylist", "asked"), [("off", 0), ("eventual", 0), ("strict", 1)])
def test_only_a_strict_list_is_a_lookup_per_request(denylist, asked):
    record = told(
        "in app.sign_in {browser: laptop}\nuse app.call_api {browser: laptop, api: accounts, path: /accounts}", rs_denylist=denylist
    )
    assert len([r for r in sent(record, "use", "auth") if r.path == "/denylist"]) == asked


RACE = "in app.sign_in {browser: laptop}\nend laptop.disconnect {client: app}\nwait clock.wait {seconds: %d}\n"
RACE += "one app.call_api {browser: laptop, api: accounts, path: /accounts}\ntwo app.call_api {browser: laptop, api: accounts_2, path: /accounts}\n"
LONG = {"as_short_ttl": "off", "rs_denylist": "eventual"}


@pytest.mark.parametrize(("seconds", "second"), [(1, 200), (119, 200), (120, 401)])
def test_the_second_replica_is_two_minutes_behind(seconds, second):
    record = told(RACE % seconds, **LONG)
    assert (status(record, "one")[0], status(record, "two")[0]) == (401, second)


def test_a_strict_list_has_no_second_copy():
    record = told(RACE % 1, as_short_ttl="off", rs_denylist="strict")
    assert failed(record, "two") == ["accounts_2.denylist"]


def test_a_replica_shares_data_and_audience():
    record = told(
        "in app.sign_in {browser: laptop}\ntwo app.call_api {browser: laptop, api: accounts_2, path: /accounts}\n", rs_introspect="live"
    )
    assert status(record, "two") == (200, None)
    assert "alice:account-1" in record.outputs["two"]["response"].body
    assert not sent(record, "two", "accounts")
