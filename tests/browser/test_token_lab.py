"""The journeys of the Token lab in a real browser: break the signature and see the check that fails; hostile tokens are text."""

from __future__ import annotations

import json
from typing import Any

from sandbox.protocol.tokens import packed
from sandbox.studies.token_lab import MAX
from tests.support.browsing import IDLE, opened
from tests.support.hostile import BAD

HOSTILE = [
    *BAD[:6],
    *(f"{packed({'alg': text, 'kid': text})}.{packed({'sub': text, 'aud': text, 'iss': text})}." for text in BAD),
    *(json.dumps({"alg": text}) + "." + json.dumps({"sub": text}) + "." + text for text in BAD),
]


def paste(page: Any, token: str) -> None:
    box = page.get_by_label("The token", exact=True)
    box.fill(token)
    box.press("Control+Enter")


def test_break_the_signature_and_see_the_check_that_fails(page: Any, app: str) -> None:
    from playwright.sync_api import expect

    opened(page, f"{app}/token-lab?profile=oauth-basic", stepper=False)
    page.locator(".ruling.good").wait_for()
    box = page.get_by_label("The token", exact=True)
    whole = box.input_value()
    page.get_by_text("Break the signature").click()
    page.locator(".ruling.bad").wait_for()
    expect(box).not_to_have_value(whole)
    assert "signature" in page.locator(".checks tr.fail th").inner_text()
    token = box.input_value()
    page.get_by_text("Sign as the issuer").click()
    page.locator(".ruling.good").wait_for()
    paste(page, f"Bearer {token}")
    page.locator(".ruling.bad").wait_for()
    assert token[:20] not in page.url


def test_hostile_tokens_are_shown_as_text(page: Any, app: str) -> None:
    assert len(HOSTILE) >= 30
    opened(page, f"{app}/token-lab?profile=naive-jwt", stepper=False)
    page.get_by_text("The request and the answer").click()
    for number, text in enumerate(t for t in HOSTILE if len(t) < MAX - 10):
        token = f"{text.encode('utf-8', 'replace').decode()}~{number}"
        paste(page, token)
        page.locator(".st-key-lab-wire code", has_text=f"~{number}").wait_for()  # the API has seen this one
        page.locator(f"{IDLE} .ruling").wait_for()
    page.get_by_text("A strict reader").wait_for()
    assert page.evaluate("window.pwned") is None
    assert page.locator(".stMain :is(img, iframe, script, link, svg[onload])").count() == 0
