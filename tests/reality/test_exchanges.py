"""Masked entries as messages."""

from sandbox.reality import har
from sandbox.reality.exchanges import body, exchange, exchanges, parsed
from sandbox.reality.har import Source
from sandbox.reality.masking import Masker
from tests.support.reality import call, entry, redeem


def read(*entries):
    masker, kept = Masker(), [har.trimmed(e, Source()) for e in entries]
    for n, e in enumerate(kept):
        exchange(n, e, masker)
    return exchanges(kept, masker.ready())


def test_they_come_in_the_order_of_time_and_keep_their_places():
    assert [(e.entry, e.at // 1000 % 60) for e in read(redeem(at=9), redeem(at=2))] == [(1, 2), (0, 9)]


def test_form_answer_and_bearer_are_at_hand():
    token, api = read(redeem(), call("2YotnFZFEjr1zCsicMWpAA"))
    assert token.form["grant_type"] == "authorization_code"
    assert token.answer["access_token"] == api.bearer == "access_token#1"
    assert api.by_script
    assert (api.host, api.path) == ("api.example", "/v1/orders")
    assert token.place("x") == (0, "x")


def test_joined_cookies_are_taken_apart_and_absent_ones_are_put_together():
    one = entry("GET", "https://a.example/", back={"Set-Cookie": "sid=abcDEF123; HttpOnly, csrf=xyz789; Secure"})
    other = entry("GET", "https://a.example/", at=1)
    other["response"]["cookies"] = [{"name": "sid", "value": "abcDEF123", "httpOnly": True, "secure": True, "sameSite": "Lax"}]
    lines = [[v for n, v in e.response.headers if n.lower() == "set-cookie"] for e in read(one, other)]
    assert lines[0] == ["sid=cookie#1; HttpOnly", "csrf=cookie#2; Secure"]
    assert lines[1] == ["sid=cookie#1; HttpOnly; Secure; SameSite=Lax"]


def test_what_is_no_date_and_no_method_is_something_all_the_same():
    odd = entry("GE T", "https://a.example/")
    odd["startedDateTime"] = "yesterday"
    (e,) = read(odd)
    assert (e.at, e.request.method) == (0, "?")


def test_a_form_of_one_field_is_a_form():
    assert body(Masker(), "password=abc", "application/x-www-form-urlencoded").startswith("password=")
    assert parsed("a=1&b=2") == {"a": "1", "b": "2"}
