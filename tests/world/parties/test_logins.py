"""What a login endpoint remembers: logins by person, app and device, and their refresh tokens."""

from __future__ import annotations

from sandbox.world.parties.logins import Login, Logins
from sandbox.world.parties.people import people

USERS = people().users


def kept() -> Logins:
    logins = Logins()
    for sid, user, app, device in (("1", "alice", "app", "laptop"), ("2", "alice", "mobile", "phone"), ("3", "mallory", "app", "laptop")):
        logins.begin(Login(sid, USERS[user], app, device, 100))
    return logins


def found(logins: Logins, *named: str) -> list[str]:
    return [login.sid for login in logins.of(USERS["alice"], *named)]


def test_a_login_is_found_by_person_app_and_device() -> None:
    logins = kept()
    assert [found(logins), found(logins, "app"), found(logins, "", "phone"), found(logins, "app", "phone")] == [
        ["1", "2"],
        ["1"],
        ["2"],
        [],
    ]
    logins.logins["1"].alive = False
    assert found(logins) == ["2"]


def test_a_login_forgets_tokens_that_have_expired() -> None:
    login = Login("1", USERS["alice"], "", "", 100)
    login.add("first", 10, 0)
    login.add("second", 20, 9)
    assert list(login.yielded) == [("first", 10), ("second", 20)]
    login.add("third", 30, 10)
    assert list(login.yielded) == [("second", 20), ("third", 30)]


def test_what_is_shown_says_what_still_works() -> None:
    logins = kept()
    for value, sid in (("old-value", "1"), ("new-value", "1"), ("lost-value", "2")):
        logins.keep(value, logins.logins[sid])
    logins.refresh_tokens["old-value"].rotated = True
    logins.logins["2"].alive = False
    shown = logins.shown()
    assert (shown["login 1"], shown["login 2"]) == ("alice in app on laptop", "alice in mobile on phone (ended)")
    assert [v for k, v in shown.items() if k.startswith("refresh")] == ["exchanged", "current", "dead"]


def test_another_world_takes_over_the_latest() -> None:
    before, after = kept(), Logins()
    before.keep("value", before.logins["3"])
    after.take_over(before, 2)
    assert list(after.logins) == ["2", "3"]
    assert after.refresh_tokens["value"].login is after.logins["3"]
