"""The journeys of the Token lab in a real browser: break the signature and see the check that fails; hostile tokens are text."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sandbox.protocol.tokens import packed
from sandbox.studies.token_lab import MAX
from tests.support.browsing import IDLE, new_context, number, opened, says
from tests.support.hostile import BAD

HOSTILE = [
    *BAD[:6],
    *(f"{packed({'alg': text, 'kid': text})}.{packed({'sub': text, 'aud': text, 'iss': text})}." for text in BAD),
    *(json.dumps({"alg": text}) + "." + json.dumps({"sub": text}) + "." + text for text in BAD),
]

LOOKS = """() => {
  const light = (color) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = light(getComputedStyle(document.querySelector(".token")).backgroundColor);
  return [...document.querySelectorAll(".token > span")].map((part) => {
    const style = getComputedStyle(part), mine = light(style.color);
    const [high, low] = mine > behind ? [mine, behind] : [behind, mine];
    return { label: part.querySelector("b").textContent, color: style.color, line: style.borderBottomStyle, contrast: (high + 0.05) / (low + 0.05) };
  });
}"""


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
    expect(page.locator(".checks tr.fail th")).to_contain_text("signature")
    token = box.input_value()
    page.get_by_text("Sign as the issuer").click()
    page.locator(".ruling.good").wait_for()
    paste(page, f"Authorization: Bearer {token}")
    page.get_by_text("“Authorization” was taken off. “Bearer” was taken off.").wait_for()
    expect(box).to_have_value(token)
    page.locator(".ruling.bad").wait_for()
    assert token[:20] not in page.url


def test_hostile_tokens_are_shown_as_text(page: Any, app: str) -> None:
    assert len(HOSTILE) >= 30
    opened(page, f"{app}/token-lab?profile=naive-jwt", stepper=False)
    page.get_by_text("The request and the answer").click()
    for count, text in enumerate(t for t in HOSTILE if len(t) < MAX - 10):
        token = f"{text.encode('utf-8', 'replace').decode()}~{count}"
        paste(page, token)
        page.locator(".st-key-lab-wire .wire", has_text=f"~{count}").wait_for()  # the API has seen this one
        page.locator(f"{IDLE} .ruling").wait_for()
    page.get_by_text("A strict reader").wait_for()
    assert page.evaluate("window.pwned") is None
    assert page.locator(".stMain :is(img, iframe, script, link, svg[onload])").count() == 0


def test_the_header_box_says_what_the_token_says(page: Any, app: str) -> None:
    """Chosen, taken back, and changed by hand: at every stop the coloured token, the box and the verdict are of the same token."""
    from playwright.sync_api import expect

    opened(page, f"{app}/token-lab?profile=oauth-basic", stepper=False)
    page.locator(".ruling.good").wait_for()
    header, box = page.get_by_label("1 Header", exact=True), page.get_by_label("The token", exact=True)
    page.get_by_text("alg: none", exact=True).click()
    page.locator(".ruling.bad").wait_for()
    expect(header).to_have_value(re.compile('"alg": "none"'))
    expect(page.locator(".token .p1")).to_contain_text(box.input_value().split(".")[0])
    header.fill(header.input_value().replace('"none"', '"ES256"'))
    page.get_by_text("“alg: none” writes another header, so it was let go").wait_for()
    part = packed(json.loads(header.input_value()))
    expect(box).to_have_value(re.compile(re.escape(part)))
    expect(page.locator(".token .p1")).to_contain_text(part)


def test_what_is_typed_is_taken_in_without_a_key_and_nothing_old_stands_beside_it(page: Any, app: str) -> None:
    """Between the first letter and the new verdict the old one is not to be seen."""
    from playwright.sync_api import expect

    opened(page, f"{app}/token-lab?profile=oauth-basic", stepper=False)
    page.locator(".ruling.good").wait_for()
    box = page.get_by_label("The token", exact=True)
    late = box.evaluate(
        """(area) => {
          Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, "eyJhbGciOiJub25lIn0.e30.");
          area.dispatchEvent(new Event("input", { bubbles: true }));
          return getComputedStyle(document.querySelector(".ruling")).visibility;
        }"""
    )
    assert late == "hidden"
    page.locator(".ruling.bad").wait_for()
    expect(page.locator(".st-key-lab-result")).not_to_have_attribute("data-behind", "")
    expect(page.get_by_label("1 Header", exact=True)).to_have_value(re.compile("none"))


def test_too_long_is_said_and_no_verdict_stays(page: Any, app: str) -> None:
    opened(page, f"{app}/token-lab?profile=oauth-basic", stepper=False)
    page.locator(".ruling.good").wait_for()
    page.get_by_label("The token", exact=True).fill("a" * (MAX + 1))
    page.get_by_role("alert").get_by_text("longer than 16,384 characters").wait_for()
    number(page.locator(".ruling"), 0)


def test_claims_alone_say_which_attacks_they_are_open_to_and_lead_into_the_run(page: Any, app: str) -> None:
    opened(page, f"{app}/token-lab", stepper=False)
    page.locator(".ruling").wait_for()
    paste(page, json.dumps({"sub": "alice", "client_id": "app", "scope": "read", "iat": 1_800_000_000, "exp": 1_800_000_300}))
    row = page.locator(".st-key-finding-missing-aud-replay")
    row.get_by_text("Because of: no aud").wait_for()
    page.get_by_text("Expires in 5 minutes").wait_for()
    number(page.locator(".ruling"), 0)
    row.get_by_text("See it").click()
    says(page, "Attack succeeded")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_parts_can_be_told_apart_and_read_on_a_telephone(browser: Any, app: str, scheme: str) -> None:
    """Each part has a number and a kind of line besides its colour, and 4.5 to 1 against what is behind it (WCAG 2.2, 1.4.3)."""
    with new_context(browser, color_scheme=scheme, viewport={"width": 390, "height": 844}) as fresh:
        page = opened(fresh.new_page(), f"{app}/token-lab?profile=oauth-basic", stepper=False)
        page.locator(".ruling.good").wait_for()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
        looks = page.evaluate(LOOKS)
        assert [look["label"] for look in looks] == ["1 Header", "2 Claims", "3 Signature"]
        assert len({look["line"] for look in looks}) == len({look["color"] for look in looks}) == 3
        assert min(look["contrast"] for look in looks) >= 4.5
        assert page.locator(".st-key-lab-header label").evaluate("(e) => getComputedStyle(e.querySelector('p')).color") == looks[0]["color"]
