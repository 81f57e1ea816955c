"""The journey: edit the audience of a token and see who notices; then take it back, and take files along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.browsing import READY, address, at, number, opened, says
from tests.support.hostile import BAD

FLOW = "/play?scenario=naive-jwt&profile=jwt-done-properly"
AUD = '.field[data-path="headers.authorization.claims.aud"]'


def edited(page: Any, value: str, signature: str) -> None:
    """Change the audience of the token in the message on show."""
    if not page.locator(AUD).count():
        page.locator(".stepper .tabs").get_by_role("button", name="Token").click()
    if page.locator(f'{AUD}[aria-pressed="true"]').count() == 0:
        page.locator(AUD).click()
    if page.locator('.tools [aria-pressed="true"]').count() == 0:
        page.locator(".tools").get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="New value of headers.authorization.claims.aud").fill(value)
    page.get_by_role("combobox", name="Signature").select_option(signature)
    page.get_by_role("button", name="Run again").click()


def call(page: Any) -> int:
    """Go to the first call of an API, by the picture."""
    page.keyboard.press("End")  # what is to come is not drawn
    page.locator(".stepper .row[data-n] button", has_text="GET /accounts").first.click()
    page.wait_for_selector('.what h3:has-text("GET /accounts")')
    return int(page.locator(".stepper").get_attribute("data-step"))


def test_edit_the_audience_and_see_who_notices(page: Any, app: str) -> None:
    opened(page, app + FLOW)
    says(page, "Completed")
    step = call(page)
    edited(page, "https://print.example", "keep")
    says(page, "Failed")
    at(page, step)
    page.get_by_role("button", name="First difference: step").click()
    page.wait_for_selector('.what h3:has-text("signature fails")')  # who did not sign it anew is noticed by the signature

    call(page)
    edited(page, "https://print.example", "issuer")
    page.wait_for_selector(".edits li:nth-child(2)")
    page.get_by_role("button", name="First difference: step").click()
    page.wait_for_selector('.what h3:has-text("audience fails")')
    assert page.locator(".row.differs").count() == 1
    assert "https://print.example" in page.locator(".checks li.bad").text_content()
    noticed = page.locator(".stepper").get_attribute("data-step")
    address(page, lambda q: "claims.aud~https://print.example" in q.get("edit", "") and q["step"] == noticed)

    page.reload()
    page.wait_for_selector(READY)
    page.wait_for_selector('.what h3:has-text("audience fails")')
    number(page.locator(".edits li"), 2)
    page.get_by_role("button", name="Take back the edit of headers.authorization.claims.aud").click()
    says(page, "Completed")
    page.locator(".edits").wait_for(state="hidden")
    address(page, lambda q: "edit" not in q)


def test_an_added_parameter_and_an_answer_edited_by_keyboard(page: Any, app: str) -> None:
    opened(page, f"{app}{FLOW}&step=1")
    page.locator(".tools").get_by_role("button", name="Edit").press("Enter")
    page.get_by_role("textbox", name="Name").fill("x")
    page.get_by_role("textbox", name="Value").fill("it's <b>1</b>")
    page.keyboard.press("Enter")
    page.wait_for_selector(".edits li")
    assert "Nothing else changes: nobody noticed." in page.locator(".edits").text_content()
    assert page.locator('.field.changed[data-path="query.x"]').count() == 1
    page.locator(".edits li .x").press("Enter")
    page.locator(".edits").wait_for(state="hidden")


def test_a_link_to_a_field_opens_it_in_a_fresh_page(page: Any, app: str) -> None:
    opened(page, f"{app}{FLOW}&step=9&field=headers.authorization.claims.aud")
    note = page.locator(".note")
    note.wait_for()
    assert note.locator("h4").text_content() == "aud"
    address(page, lambda q: q.get("field") == "headers.authorization.claims.aud" and q["step"] == "9")
    page.keyboard.press("ArrowRight")
    address(page, lambda q: "field" not in q)


@pytest.mark.parametrize("bad", ["headers.authorization.claims.<img src=x onerror=window.pwned=1>", "__proto__.x", "a" * 299])
def test_a_hostile_field_is_text(page: Any, app: str, bad: str) -> None:
    from urllib.parse import quote

    opened(page, f"{app}{FLOW}&step=1&field={quote(bad)}")
    page.get_by_text("This message has no such field here.").wait_for()
    assert page.evaluate("window.pwned ?? null") is None


def test_hostile_values_are_text_everywhere(page: Any, app: str) -> None:
    opened(page, f"{app}{FLOW}&step=1")
    page.locator(".tools").get_by_role("button", name="Edit").click()
    text = " ".join(t for t in BAD if t.isprintable() and len(t) < 200)
    page.get_by_role("textbox", name="Name").fill("x")
    page.get_by_role("textbox", name="Value").fill(text)
    page.get_by_role("button", name="Add and run").click()
    page.wait_for_selector(".edits li")
    assert page.locator(".edits span").first.text_content() == text[:80]
    assert page.evaluate("window.pwned ?? null") is None
    assert page.locator('.stepper :is(img, iframe, script, a, [src*="evil"], [href*="evil"])').count() == 0


def test_a_request_is_copied_as_curl(page: Any, app: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, f"{app}{FLOW}&step=1")
    page.get_by_role("button", name="Copy curl").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl --globoff --path-as-is https://")


@pytest.mark.parametrize("label", ["SVG", "PNG", "Mermaid", "HAR", "JSON"])
def test_every_entry_of_the_menu_is_a_file(page: Any, app: str, tmp_path: Path, label: str) -> None:
    opened(page, app + FLOW)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=label, exact=True).click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    content = file.read_bytes()
    assert content
    if label in ("HAR", "JSON"):
        json.loads(content)
