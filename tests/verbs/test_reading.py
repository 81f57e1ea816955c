"""Reading what leaks: a log, a history, and what a script in a page finds."""

from __future__ import annotations

import pytest

from tests.support.short_stories import told
from tests.support.worlds import asked, sign_in, steal, world

USED = """
    in app.sign_in {browser: laptop}
    first app.call_api {browser: laptop, api: accounts, path: /accounts/2}
    then app.call_api {browser: laptop, api: accounts, path: /accounts}
"""


def url(step: str) -> str | None:
    found = told(f"{USED}it mallory.read {step}").outputs["it"]["url"]
    assert found is None or isinstance(found, str)
    return found


@pytest.mark.parametrize(
    ("step", "end"),
    [
        ("{log: accounts}", "/accounts"),
        ("{log: accounts, match: /2}", "/accounts/2"),
        ("{log: laptop, match: /authorize}", None),
        ("{history: laptop, match: app.connectsphere}", None),
    ],
)
def test_the_newest_entry_that_matches_is_read(step: str, end: str | None) -> None:
    found = url(step)
    assert found is not None
    assert end is None or found.endswith(end)


@pytest.mark.parametrize("step", ["{log: transactions}", "{log: accounts, match: /nothing}", "{history: phone}"])
def test_where_there_is_nothing_she_learns_nothing(step: str) -> None:
    assert url(step) is None


def test_a_client_on_a_web_server_keeps_nothing_on_a_device() -> None:
    record = told("in budget.sign_in {browser: laptop}\nit mallory.read {device: laptop}")
    assert record.outputs["it"]["access_token"] is None


def test_a_script_in_the_page_sends_home_what_the_app_has_stored():
    w = world("oauth-basic", client_code_flow="on")
    session = sign_in(w)
    out = steal(w)
    assert out["refresh_token"] == session.refresh_token
    assert asked(w, "mallory")[-1].told["storage"]["access_token"] == session.access_token()


def test_a_script_sees_no_tokens_of_a_web_app_and_no_http_only_cookie():
    w = world("oauth-basic")
    sign_in(w, "budget")
    assert not any(steal(w, "budget").values())
    assert asked(w, "mallory")[-1].told == {"storage": {}, "cookies": ""}


def test_what_is_taken_is_gone():
    w = world("oauth-basic", client_code_flow="on")
    session = sign_in(w)
    assert steal(w, take=True)["refresh_token"]
    assert (session.refresh_token, session.tokens) == ("", {})
