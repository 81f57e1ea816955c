"""Denylists: read at each request, or pushed to replicas that are late."""

from __future__ import annotations

import pytest

from sandbox.world.parties.denylist import Revoked
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


# ---- what an entry is about

NOW = 1000
ENTRIES = [{"jti": "t", "exp": 1100}, {"sid": "s", "exp": 1100}, {"sub": "alice", "before": 990, "exp": 1100}]


def revoked() -> Revoked:
    out = Revoked()
    assert all(out.take(entry, NOW) for entry in ENTRIES)
    return out


@pytest.mark.parametrize(
    ("claims", "covered"),
    [
        ({"jti": "t"}, True),
        ({"jti": "other", "sid": "s"}, True),
        ({"jti": "other", "sid": "other"}, False),
        ({"sub": "alice", "iat": 990}, True),
        ({"sub": "alice", "iat": 991}, False),
        ({"sub": "alice"}, True),
        ({"sub": "alice", "iat": "never"}, True),
        ({"sub": "mallory", "iat": 1}, False),
        ({}, False),
    ],
)
def test_a_token_is_revoked_by_its_id_its_login_or_its_age(claims, covered):
    assert revoked().covers(claims, NOW) == covered
    assert not revoked().covers(claims, 1100), "by then it has expired by itself"


@pytest.mark.parametrize(
    "entry",
    [
        {}, {"jti": "t"}, {"exp": 1}, {"jti": "t", "exp": "soon"}, {"jti": "t", "sid": "s", "exp": 1}, {"sub": "alice", "exp": 1},
        {"jti": "t", "before": 1, "exp": 1}, {"jti": "t", "sub": "alice", "before": 1, "exp": 1},
    ],
)  # fmt: skip
def test_what_is_no_entry_is_not_taken(entry):
    out = Revoked()
    assert not out.take(entry, NOW)
    assert out == Revoked()


def test_a_list_is_shown_with_what_it_is_about():
    assert revoked().shown() == {
        "denylist t": "until it expires",
        "denylist s": "until it expires",
        "denylist alice": "whatever was issued until 1970-01-01 00:16:30",
    }


def test_a_copy_takes_over_what_another_has():
    out = Revoked()
    out.take_over(revoked())
    assert out == revoked()


JWT = {"rs_denylist": "eventual", "as_session_index": "per-user"}


@pytest.mark.parametrize(("seconds", "second"), [(1, 200), (120, 401)])
def test_replicas_hear_of_a_user_as_they_hear_of_a_token(seconds, second):
    record = told(RACE % seconds, "jwt-done-properly", **JWT)
    assert (status(record, "one")[0], status(record, "two")[0]) == (401, second)
