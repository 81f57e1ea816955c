"""The pages for a device's code: in one browser, for who is signed in, and not for guessing."""

from __future__ import annotations

import pytest

from sandbox.core.wire import Response, form_request
from sandbox.world.parties.authorization_server.device_pages import MOST_TRIES
from sandbox.world.parties.browser import Browser
from sandbox.world.world import World
from tests.support.relying_party import AS
from tests.support.worlds import failures, world
from tests.world.parties.authorization_server.test_device import BEARER, begin, poll


@pytest.fixture
def w() -> World:
    return world(**BEARER)


def opened(w: World, url: str = f"{AS}/device") -> Browser:
    """Alice's phone at the page for the code."""
    b = w.browsers["phone"]
    b.begin()
    b.visit(url)
    if b.page is not None and b.page.page == "login":
        b.submit(b.forms()[0], {"username": "alice", "password": "wonderland"})
    assert b.page is not None
    assert b.page.page == "device"
    return b


def typed(b: Browser, code: str) -> Response:
    b.submit(b.forms()[0], {"user_code": code})
    assert b.page is not None
    return b.page


def test_the_page_says_which_client_asks_for_what_and_shows_the_code_again(w: World) -> None:
    code = begin(w).json["user_code"]
    page = typed(opened(w), code)
    assert all(text in page.body for text in ("ConnectSphere TV", code, "read your accounts"))


def test_a_code_in_the_address_stands_in_the_form_and_is_still_to_be_sent(w: World) -> None:
    code = begin(w).json
    b = opened(w, code["verification_uri_complete"])
    assert dict(b.forms()[0].fields)["user_code"] == code["user_code"]
    assert poll(w, code["device_code"]).error == "authorization_pending"


def test_what_stands_in_the_address_is_only_text(w: World) -> None:
    b = opened(w, f"{AS}/device?user_code=%22%3E%3Cimg%20src=x%3E")
    assert b.page is not None
    assert "<img" not in b.page.body


@pytest.mark.parametrize("how", [str.lower, lambda c: c.replace("-", ""), lambda c: f" {c[:4]} {c[5:]} "])
def test_a_code_may_be_typed_as_people_type(w: World, how: object) -> None:
    assert typed(opened(w), how(begin(w).json["user_code"])).page == "consent"  # type: ignore[operator]


def test_guessing_ends_after_some_tries_even_with_the_right_code(w: World) -> None:
    code, b = begin(w).json["user_code"], opened(w)
    assert [typed(b, "BBBB-BBBB").status for _ in range(MOST_TRIES)] == [400] * MOST_TRIES
    assert typed(b, code).page == "device"
    assert failures(w)[-1] == "auth.user_code"


def test_a_code_is_answered_once(w: World) -> None:
    code = begin(w).json["user_code"]
    b = opened(w)
    typed(b, code)
    b.submit(b.forms()[0], {})
    assert typed(opened(w), code).page == "device"


@pytest.mark.parametrize("path", ["/device", "/device/consent"])
def test_a_form_comes_from_the_browser_that_fetched_it_or_is_refused(w: World, path: str) -> None:
    code, b = begin(w).json, opened(w)
    typed(b, code["user_code"])
    ticket = dict(b.forms()[0].fields)["ticket"]
    fields = {"ticket": ticket, "allow": "yes", "user_code": code["user_code"]}
    hers = w.net.deliver(form_request(f"{AS}{path}", fields), "mallory_browser")
    assert (hers.status, hers.error) == (403, "access_denied")
    assert w.net.deliver(form_request(f"{AS}{path}", fields | {"ticket": "none"}), "mallory_browser").error == "invalid_request"
    assert poll(w, code["device_code"]).error == "authorization_pending"
    b.submit(b.forms()[0], {})
    assert poll(w, code["device_code"]).status == 200, "her try has not disturbed Alice"


def test_who_has_signed_out_meanwhile_allows_nothing(w: World) -> None:
    code, b = begin(w).json, opened(w)
    typed(b, code["user_code"])
    w.issuer.store.sessions.clear()  # type: ignore[union-attr]
    b.submit(b.forms()[0], {})
    assert b.page is not None
    assert b.page.error == "invalid_request"
    assert poll(w, code["device_code"]).error == "authorization_pending"
