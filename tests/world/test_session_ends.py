"""Ending sessions: one device, one user, and who hears of it when."""

from __future__ import annotations

from tests.support.short_stories import answered, failed, status, told

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
