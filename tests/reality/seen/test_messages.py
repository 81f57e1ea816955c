"""How messages are protected."""

import pytest

from tests.support.reality import WEB, authorize, call, callback, entry, ids, looked, of, own, redeem

OPAQUE = "2YotnFZFEjr1zCsicMWpAA"


def with_cookie(line, url="https://app.example/"):
    return entry("GET", url, at=5, back={"set-cookie": line})


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("sessionid=abcDEF123; HttpOnly; Secure; SameSite=Lax", "session_cookie"),
        ("sessionid=abcDEF123; Secure; SameSite=Lax", "session_cookie_weak"),
        ("sessionid=abcDEF123; HttpOnly; Secure; SameSite=None", "session_cookie_weak"),
        ("csrftoken=abcDEF123; SameSite=Lax", "csrf_cookie_flags"),
        ("theme=dark", "cookie_flags"),
        ("sessionid=abcDEF123; HttpOnly; Secure; SameSite=Lax", "cookie_prefix"),
    ],
)
def test_cookies_of_the_client(line, wanted):
    assert wanted in ids(looked(authorize(), callback(), redeem(), with_cookie(line)))


def test_cookies_of_the_server_and_prefixes():
    assert "as_cookies_weak" in ids(looked(authorize(), callback(), with_cookie("session=abcDEF123", "https://login.example/x")))
    assert "cookie_prefix" not in ids(looked(authorize(), callback(), with_cookie("__Host-sid=abcDEF123; HttpOnly; Secure; SameSite=Lax")))
    assert "a new value after login" in of(own(WEB), "session_cookie").says


def test_a_cookie_that_is_taken_away_is_none():
    assert not ids(looked(authorize(), callback(), with_cookie("sessionid=; Max-Age=0"))) & {"session_cookie", "session_cookie_weak"}


def test_who_may_read_answers():
    api = call(OPAQUE)
    api["response"]["headers"] = [{"name": "Access-Control-Allow-Origin", "value": "*"}]
    assert "cors_wide" in ids(looked(authorize(), callback(), redeem(), api))


def test_answers_with_tokens_and_caches():
    assert "token_not_cached" in ids(looked(authorize(), callback(), redeem()))
    loose = redeem()
    loose["response"]["headers"] = []
    assert "token_cacheable" in ids(looked(authorize(), callback(), loose))


def login_page(**back):
    return entry("GET", "https://login.example/in", at=1, mime="text/html", body='<input type="password">', back=back, kind="document")


def test_login_pages_in_frames():
    assert "login_framable" in ids(looked(authorize(), login_page(), callback(2)))
    assert "login_not_framable" in ids(looked(authorize(), login_page(**{"x-frame-options": "DENY"}), callback(2)))
    assert "login_not_framable" in ids(
        looked(authorize(), login_page(**{"content-security-policy": "frame-ancestors 'none'"}), callback(2))
    )


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("; Max-Age=1209600", "sessionid lives 14 d"),
        ("; expires=Mon, 30 Nov 2026 12:00:04 GMT", "sessionid lives 2 h"),
        ("; Expires=Mon, 30-Nov-2026 12:00:04 GMT", "sessionid lives 2 h"),
    ],
)
def test_how_long_a_cookie_lives(rest, said):
    found = looked(authorize(), callback(), with_cookie(f"sessionid=abcDEF123; HttpOnly; Secure; SameSite=Lax{rest}"))
    assert of(found, "cookie_life").says == said


@pytest.mark.parametrize("rest", ["", "; Expires=soon and soon and soon", "; Max-Age=-1", "; Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_cookie_that_does_not_say_how_long_it_lives(rest):
    assert "cookie_life" not in ids(
        looked(authorize(), callback(), with_cookie(f"sessionid=abcDEF123; HttpOnly; Secure; SameSite=Lax{rest}"))
    )
