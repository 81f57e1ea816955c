"""The glossary in a browser: an address opens it at a word, a word is searched, and the attack of a word is opened at its step."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browsing import opened


def glossary(page: Any, app: str, fragment: str = "") -> Any:
    opened(page, f"{app}/glossary{fragment}", stepper=False)
    page.locator(".glossary article").first.wait_for()
    return page


def the_open_word(page: Any, name: str) -> Any:
    """The card that is open, which must be within the window."""
    card = page.locator("article.open", has=page.get_by_role("heading", name=name))
    card.wait_for()
    page.wait_for_function(
        "(e) => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight / 2 }", arg=card.element_handle()
    )
    return card


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}])
def test_an_address_opens_it_at_a_word(page: Any, app: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    glossary(page, app, "#state")
    card = the_open_word(page, "state")
    assert "Without it" in card.inner_text()
    assert card.get_by_role("link", name="RFC 6749 §4.1.1").get_attribute("href") == "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1"
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.evaluate("location.hash = '#check:audience'")
    the_open_word(page, "audience")


def test_a_link_in_a_card_opens_another_one_and_back_leads_back(page: Any, app: str) -> None:
    glossary(page, app, "#aud")
    the_open_word(page, "aud").get_by_role("link", name="audience (check)").first.click()
    the_open_word(page, "audience")
    page.go_back()
    the_open_word(page, "aud")


def test_a_word_is_found_by_what_is_said_of_it(page: Any, app: str) -> None:
    glossary(page, app)
    page.get_by_role("searchbox").fill("voucher for tokens")
    page.get_by_text("1 word", exact=True).wait_for()
    assert [a.get_attribute("data-address") for a in page.locator("article:visible").all()] == ["field:code"]
    page.evaluate("location.hash = '#state'")
    the_open_word(page, "state")


def test_the_attack_of_a_word_is_opened_at_its_step(page: Any, app: str) -> None:
    glossary(page, app, "#state")
    the_open_word(page, "state").get_by_role("link", name="Your statement in my account").click()
    page.locator('.stepper[data-ready="true"]').wait_for()
    page.locator(".story", has_text="A page of Mallory's sends Alice's browser to Budget with Mallory's code.").wait_for()
    assert int(page.locator(".stepper").get_attribute("data-step")) > 1
