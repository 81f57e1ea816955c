"""A web app: its session is a cookie, and its tokens stay with it."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Request
from tests.support.worlds import call, sign_in, world


def test_without_an_id_token_to_show_the_server_asks_first():
    w = world("oauth-basic")
    sign_in(w, "budget")
    b = w.browsers["laptop"]
    b.begin()
    b.post("https://budget.example/logout/everywhere")
    assert (b.page.page, len(w.issuer.store.sessions)) == ("logout", 1)
    b.submit(b.forms()[0], {})
    assert (b.url, len(w.issuer.store.sessions)) == ("https://budget.example/signed-out", 0)


def test_a_session_gets_a_new_name_when_somebody_signs_in() -> None:
    w = world()
    sign_in(w, "budget", hold="budget")
    (before,) = w.clients["budget"].sessions
    w.browsers["laptop"].begin()
    w.browsers["laptop"].follow(w.browsers["laptop"].held.request)
    (after,) = w.clients["budget"].sessions
    assert before != after
    assert call(w, "budget").status == 200


@pytest.mark.parametrize(
    ("path", "method", "allowed"), [("/me", "POST", "GET, HEAD"), ("/connect", "GET", "POST"), ("/cb", "DELETE", "GET, HEAD")]
)
def test_a_page_takes_the_methods_that_it_names(path: str, method: str, allowed: str) -> None:
    answer = world().clients["budget"].handle(Request(method, f"https://budget.example{path}"))
    assert (answer.status, answer.header("allow")) == (405, allowed)


def test_unknown_pages_do_not_exist_and_nobody_sees_accounts_without_signing_in() -> None:
    client = world().clients["budget"]
    assert client.handle(Request("GET", "https://budget.example/nothing")).status == 404
    assert client.handle(Request("GET", "https://budget.example/me")).error == "login_required"


def test_the_accounts_of_whoever_signed_in_are_shown() -> None:
    w = world()
    sign_in(w, "budget")
    w.browsers["laptop"].visit("https://budget.example/me")
    assert "alice:account-1" in w.browsers["laptop"].page.body
