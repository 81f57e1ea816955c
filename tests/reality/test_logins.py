"""Logins followed from request to token."""

from sandbox.reality.logins import logins
from sandbox.reality.recognition import story
from tests.reality.test_exchanges import read
from tests.support.reality import authorize, callback, entry, redeem


def followed(*entries):
    return [
        (x.authorize and x.authorize.entry, x.answered and x.answered.entry, x.callback and x.callback.entry, [t.entry for t in x.tokens])
        for x in logins(story(read(*entries), None))
    ]


def test_one_login():
    (login,) = logins(story(read(authorize(), callback(), redeem()), None))
    assert login.completed
    assert login.response["code"] == "code#1"
    assert login.answer_place[0] is login.callback
    assert followed(authorize(), callback(), redeem()) == [(0, 0, 1, [2])]


def test_two_tabs_are_told_apart_by_state_and_code():
    two = {"state": "another-State-0f-2nd-Tab"}
    entries = (
        authorize(),
        authorize(1, **two),
        callback(2, code="Another-Code-0f-Tab-2", **two),
        callback(3),
        redeem(4, code="Another-Code-0f-Tab-2"),
        redeem(5),
    )
    found = [(a, c, t) for a, _, c, t in followed(*entries)]
    assert found == [(0, 3, [5]), (1, 2, [4])]


def test_a_recording_that_begins_in_the_middle():
    assert followed(callback(), redeem()) == [(None, None, 0, [1])]


def test_an_answer_in_a_fragment():
    start = authorize(response_type="id_token token", code_challenge="")
    start["response"]["headers"] = [
        {
            "name": "location",
            "value": "https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&state=a-State-of-19-Chars1&expires_in=300",
        }
    ]
    (login,) = logins(story(read(start, entry("GET", "https://app.example/cb", at=1, mime="text/html", body="<p>")), None))
    assert login.in_fragment == {"access_token": "access_token#1"}
    assert login.callback.entry == 1
    assert login.completed


def test_a_form_that_brings_the_answer():
    posted = entry(
        "POST", "https://app.example/cb", at=1, form={"code": "SplxlOBeZQQYbYS6WxSbIA", "state": "a-State-of-19-Chars1"}, mime="text/html"
    )
    (login,) = logins(story(read(authorize(), posted), None))
    assert login.answer_place[1] == "request.postData"
