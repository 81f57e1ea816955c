"""Reading what leaks: a script in a page, and what it finds."""

from __future__ import annotations

from tests.support.worlds import asked, sign_in, steal, world


def test_a_script_in_the_page_sends_home_what_the_app_has_stored():
    w = world("oauth-basic", client_code_flow="on")
    session = sign_in(w)
    out = steal(w)
    assert out["refresh_token"] == session.refresh_token
    assert asked(w, "mallory")[-1].json["storage"]["access_token"] == session.access_token()


def test_a_script_sees_no_tokens_of_a_web_app_and_no_http_only_cookie():
    w = world("oauth-basic")
    sign_in(w, "budget")
    assert not any(steal(w, "budget").values())
    assert asked(w, "mallory")[-1].json == {"storage": {}, "cookies": ""}


def test_what_is_taken_is_gone():
    w = world("oauth-basic", client_code_flow="on")
    session = sign_in(w)
    assert steal(w, take=True)["refresh_token"]
    assert (session.refresh_token, session.tokens) == ("", {})
