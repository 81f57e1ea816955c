"""Signing in: passwords, accounts, and the browser that fetched the form."""

from __future__ import annotations

import pytest

from sandbox.core.wire import form_request
from tests.support.short_stories import answered, sent, told
from tests.support.token_requests import AS, authorized
from tests.support.worlds import failures, sign_in, world


def test_a_wrong_password_shows_the_login_page_again():
    w = world()
    browser = w.browsers["laptop"]
    browser.begin()
    browser.visit(w.clients["app"].start_url(scope="read"))
    browser.submit(browser.forms()[0], {"username": "alice", "password": "wrong"})
    assert (browser.page.page, browser.page.status) == ("login", 401)
    assert failures(w) == ["auth.password"]
    assert sign_in(w) is not None


def test_a_disabled_account_cannot_log_in():
    w = world()
    w.people.users["alice"].disabled = True
    browser = w.browsers["laptop"]
    browser.begin()
    browser.visit(w.clients["app"].start_url(scope="read"))
    browser.submit(browser.forms()[0], {"username": "alice", "password": "wonderland"})
    assert failures(w) == ["auth.account_active"]


def test_whoever_signs_in_again_gets_a_new_session_and_the_old_cookie_is_worth_nothing() -> None:
    w = world()
    authorized(w)
    (before,) = w.issuer.store.sessions
    authorized(w, prompt="login")
    (after,) = w.issuer.store.sessions
    assert before != after


def test_a_form_is_good_only_in_the_browser_that_fetched_it() -> None:
    w = world()
    browser = w.browsers["laptop"]
    browser.begin()
    browser.visit(w.clients["app"].start_url(scope="read"))
    filled = dict(browser.forms()[0].fields) | {"username": "alice", "password": "wonderland"}
    answer = w.net.deliver(form_request(f"{AS}/login", filled), "phone")
    assert answer.status == 403
    assert failures(w)[-1] == "auth.form_browser"
    assert w.issuer.store.sessions == {}


def test_the_sessions_of_one_device_end_without_those_of_another() -> None:
    w = world()
    sign_in(w)
    sign_in(w, "mobile", "phone")
    alice = w.people.users["alice"]
    w.issuer.sign_in.forget(alice, "laptop")
    assert [s.device for s in w.issuer.store.sessions.values()] == ["phone"]
    w.issuer.sign_in.forget(alice)
    assert w.issuer.store.sessions == {}


@pytest.mark.parametrize(("see_other", "status", "method", "form"), [("on", 303, "GET", ""), ("off", 307, "POST", "wonderland")])
def test_after_the_login_form_a_303_leads_on_and_a_307_takes_the_form_along(see_other: str, status: int, method: str, form: str) -> None:
    """RFC 9700 §4.12.  Only where consent is remembered does the browser go from the form straight to the client."""
    steps = "in budget.sign_in {browser: laptop}\n"
    steps += "go budget.sign_in {browser: laptop, hold: auth}\nask laptop.follow {change: {query: {prompt: login}}}\nit laptop.log_in"
    record = told(steps, as_see_other=see_other)
    (answer,) = answered(record, "it", "auth")[:1]
    (brought,) = [r for r in sent(record, "it", "budget") if r.path == "/cb"]
    assert (answer.status, brought.method) == (status, method)
    assert form in brought.body
    assert ("password" in brought.body) == (see_other == "off")
