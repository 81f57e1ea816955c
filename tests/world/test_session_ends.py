"""Ending sessions: one device, one user, and who hears of it when."""

from __future__ import annotations

import pytest

from tests.support.short_stories import answered, failed, sent, status, told

TWO = "laptop_in app.sign_in {browser: laptop}\nphone_in mobile.sign_in {browser: phone}\n"
END = "end laptop.disconnect {client: mobile, device: phone}\n"
AFTER = "phone mobile.call_api {browser: phone, api: accounts, path: /accounts}\nlaptop app.call_api {browser: laptop, api: accounts, path: /accounts}\n"
RENEW = "renew mobile.refresh {browser: phone}\n"


def test_per_device_ends_one_device():
    record = told(TWO + END + AFTER + RENEW, rs_introspect="live")
    assert [status(record, s)[0] for s in ("end", "phone", "laptop", "renew")] == [204, 401, 200, 400]


def test_per_user_ends_all_devices():
    record = told(TWO + END + AFTER, rs_introspect="live", as_session_index="per-user")
    assert [status(record, s)[0] for s in ("phone", "laptop")] == [401, 401]


def test_without_an_index_the_button_does_nothing_to_tokens():
    record = told(TWO + END + AFTER + RENEW, rs_introspect="live", as_session_index="off")
    assert [status(record, s)[0] for s in ("end", "phone", "laptop", "renew")] == [204, 200, 200, 200]


def test_the_device_is_signed_out_at_the_server_too():
    record = told(TWO + END + "again mobile.sign_in {browser: phone, hold: mobile}")
    assert answered(record, "again", "auth")[0].page == "login"


def test_a_disabled_user_gets_nothing_with_an_old_cookie():
    steps = "login app.sign_in {browser: laptop}\nkill admin.set_user {user: alice, disabled: true}\nagain app.sign_in {browser: laptop}\n"
    record = told(steps)
    assert failed(record, "again") == ["auth.account_active"]
    assert not any(r.json and "access_token" in r.json for r in answered(record, "again", "auth"))


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
