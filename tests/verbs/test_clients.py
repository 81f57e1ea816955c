"""What is written beside an API call travels with it."""

from __future__ import annotations

import pytest

from tests.support.short_stories import sent, status, told


@pytest.mark.parametrize("actor", ["mallory", "app"])
def test_more_headers_of_an_api_call_travel(actor: str) -> None:
    more = "token: $in.access_token" if actor == "mallory" else "browser: mallory_browser"
    steps = f"""
        in app.sign_in {{browser: mallory_browser, user: mallory}}
        use {actor}.call_api {{api: accounts, path: /accounts, method: POST, json: {{a: 1}}, headers: {{X-Requested-With: b, content-type: text/plain}}, {more}}}
    """
    (request,) = sent(told(steps), "use", "accounts")
    assert request.header("x-requested-with") == "b"
    assert [v for k, v in request.headers if k.lower() == "content-type"] == ["text/plain"]
    assert (request.header("authorization") or "").startswith("DPoP ")


def test_the_page_of_an_app_with_a_backend_can_write_its_own_csrf_header() -> None:
    steps = "in app.sign_in {browser: laptop}\nuse app.call_api {browser: laptop, api: accounts, path: /accounts, headers: {X-CSRF: '0'}}"
    assert status(told(steps, app_bff="on"), "use") == (403, "access_denied")


THEFT = """
    in app.sign_in {browser: laptop}
    theft mallory.read {device: laptop}
    use mallory.call_api {api: accounts, path: /accounts, token: $theft.access_token}
"""


def test_where_an_api_knows_no_dpop_mallory_presents_a_bound_token_as_bearer() -> None:
    record = told(THEFT, rs_dpop="off")
    asked = [(request.header("authorization") or "").split()[0] for request in sent(record, "use", "accounts")]
    assert (asked, status(record, "use")) == (["DPoP", "Bearer"], (200, None))


def test_she_presents_it_in_one_way_if_the_file_says_which() -> None:
    record = told(THEFT.replace("access_token}", "access_token, scheme: dpop}"), rs_dpop="off")
    assert (len(sent(record, "use", "accounts")), status(record, "use")) == (1, (401, None))
