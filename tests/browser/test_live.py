"""The journey through Live in a real browser: open a world, send what is printed, see it drawn, flip a switch, see the refusal."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.browsing import READY, address, opened
from tests.support.real import CALLBACK, Person

STORY = ".stepper .story p"


def send(url: str, form: str = "", token: str = "") -> tuple[int, str]:
    """What curl would do."""
    request = urllib.request.Request(url, form.encode() or None, {"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def printed(page: Any, part: str) -> str:
    """The line on the page with this in it."""
    line: str = page.locator("[data-testid=stCode]").get_by_text(part).first.text_content()
    return line


def test_from_an_empty_world_to_a_refusal(page: Any, app: str) -> None:
    opened(page, f"{app}/live?profile=oauth-basic", stepper=False)
    page.get_by_role("button", name="Open my world").click()
    page.get_by_text("Waiting for the first request").wait_for()
    address(page, lambda q: len(q.get("world", "")) == 24)
    page.get_by_role("tab", name="Connect a client").click()
    authorize, token = printed(page, "/auth/authorize?"), printed(page, "/auth/token ")
    plain = re.sub(r"&code_challenge(_method)?=[^&]*", "", authorize.strip())  # a client of 2012
    page.get_by_role("tab", name="Diagram").click()

    code = parse_qs(urlsplit(Person().visit(plain)).query)["code"][0]
    url = token.split()[1]
    assert url.startswith(f"{app}/world/")
    status, _ = send(url, f"client_id=app&grant_type=authorization_code&redirect_uri={CALLBACK}&code={code}&code_verifier=")
    assert status == 200
    page.wait_for_selector(f"{READY} .row[data-n]", state="attached")
    page.locator(STORY, has_text="POST /token, answered with 200.").wait_for()

    page.get_by_role("button", name="Switches").click()
    page.locator(".st-key-row-as-pkce").get_by_role("radio", name="required", exact=True).click()
    page.locator(".st-key-row-as-pkce").get_by_text("changed from").wait_for()
    page.keyboard.press("Escape")
    address(page, lambda q: q.get("set") == "as.pkce=required")
    refused = Person().visit(plain)
    assert "error=invalid_request" in refused
    page.locator(STORY, has_text="From here on: OAuth 2.0, basic with as.pkce=required.").wait_for()
    page.locator(STORY, has_text="answered with").wait_for()

    page.reload()
    page.wait_for_selector(f"{READY} .row[data-n]", state="attached")
    assert send(f"{app}/world/none/auth/token")[0] == 404


def opened_world(page: Any, app: str) -> str:
    """A world in this page; its key."""
    opened(page, f"{app}/live", stepper=False)
    page.get_by_role("button", name="Open my world").click()
    page.get_by_text("Waiting for the first request").wait_for()
    address(page, lambda q: len(q.get("world", "")) == 24)
    return parse_qs(urlsplit(page.url).query)["world"][0]


def test_a_first_flow_in_one_world_for_two_viewers_until_it_is_closed(page: Any, app: str, context: Any) -> None:
    """The same browser comes to it without the link, too; the other page follows within seconds, untouched."""
    context.clear_cookies()
    key = opened_world(page, app)
    page.get_by_role("button", name="Send it for me").click()
    page.locator(STORY, has_text="Your client asks Accounts: GET /accounts, answered with 200.").wait_for()
    other = context.new_page()
    opened(other, f"{app}/live")
    address(other, lambda q: q["world"] == key)
    page.get_by_role("radio", name="OAuth 2.0, basic").click()
    address(other, lambda q: q["profile"] == "oauth-basic")
    page.get_by_role("button", name="Close", exact=True).click()
    other.get_by_text("is no longer there").wait_for()
    other.get_by_role("button", name="Clear").wait_for(state="detached")
    other.get_by_role("button", name="Open my world").wait_for()
    other.close()


def test_what_the_world_answers_has_one_policy_and_no_guessed_types(app: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{app}/world/none/auth", timeout=60)
    headers = refused.value.headers
    refused.value.close()
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"].startswith("application/json")
    assert len(headers.get_all("Content-Security-Policy", [])) == 1
