"""What a page of another origin may ask, and what it may read."""

from __future__ import annotations

import pytest

from sandbox.core.wire import FORM, Request, Response
from sandbox.world.parties import cors
from tests.support.worlds import call, sign_in, world

PAGE = "https://page.test"


@pytest.mark.parametrize(
    ("request_", "asked"),
    [
        (Request("GET", "https://api.test/"), None),
        (Request("POST", "https://api.test/", (("Content-Type", FORM),)), None),
        (Request("POST", "https://api.test/", (("Content-Type", "application/json"),)), ("content-type",)),
        (Request("GET", "https://api.test/", (("Authorization", "Bearer x"), ("DPoP", "y"))), ("authorization", "dpop")),
        (Request("DELETE", "https://api.test/"), ()),
    ],
)
def test_a_request_that_no_form_could_send_needs_permission(request_: Request, asked: tuple[str, ...] | None) -> None:
    assert cors.needs_permission(request_) == asked


def test_the_servers_permit_what_the_apps_send_and_no_other_header() -> None:
    assert cors.permits(cors.permission(), PAGE, "DELETE", ("authorization", "content-type", "dpop"))
    assert not cors.permits(cors.permission(), PAGE, "GET", ("x-user-id",))


def test_a_star_is_no_permission_for_authorization() -> None:
    anything = Response(204, (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "*")))
    assert cors.permits(anything, PAGE, "GET", ("x-other",))
    assert not cors.permits(anything, PAGE, "GET", ("authorization",))


def test_with_cookies_the_server_must_name_the_origin_and_say_so() -> None:
    star = Response(200, (("Access-Control-Allow-Origin", "*"),))
    named = Response(200, (("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Credentials", "true")))
    assert cors.may_read(star, PAGE)
    assert not cors.may_read(star, PAGE, with_cookies=True)
    assert cors.may_read(named, PAGE, with_cookies=True)


def test_only_who_asks_from_a_page_is_told() -> None:
    answer = cors.served(Request("GET", "https://api.test/"), lambda _: Response(200))
    told = cors.served(Request("GET", "https://api.test/", (("Origin", PAGE),)), lambda _: Response(200))
    assert answer.header("access-control-allow-origin") is None
    assert told.header("access-control-allow-origin") == "*"


def test_a_browser_asks_once_and_again_when_the_permission_is_old() -> None:
    w = world("oauth-basic", client_code_flow="on", client_token_in_header="on")
    sign_in(w)

    def asked() -> int:
        return sum(getattr(e, "request", None) is not None and e.request.method == "OPTIONS" for e in w.net.trace.events)

    before = asked()
    call(w)
    call(w)
    assert asked() == before + 1
    w.net.wait(cors.REMEMBERED + 1)
    call(w)
    assert asked() == before + 2
