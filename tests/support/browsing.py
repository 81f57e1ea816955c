"""The app in a real browser: open a page and wait for what is to be seen.

`data-step` and `data-ready` of the stepper are what is waited for; the address lags 0.3 s behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATIENCE = 120_000  # milliseconds after which any wait fails: for what never comes, not for a busy machine
AUD = "missing-aud-replay"  # the attack that most pages are opened with
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
READY = '.stepper[data-ready="true"]'


def new_context(browser: Any, **options: Any) -> Any:
    """A browser profile of its own, as patient as all of them."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    return context


def opened(page: Any, url: str, *, stepper: bool = True) -> Any:
    page.goto(url)
    page.wait_for_selector(IDLE)
    if stepper:
        page.wait_for_selector(f"{READY} .row[data-n]", state="attached")
    return page


def at(page: Any, step: int) -> None:
    page.wait_for_selector(f'.stepper[data-step="{step}"]')


def says(page: Any, verdict: str) -> None:
    """Wait until the verdict is this one (not that of the film on Start, which a visitor may just be leaving); where a question hides it,
    as somebody does who wants to see all at once."""
    from playwright.sync_api import TimeoutError as Late

    found, everything = f'.stepper:not(.film) .verdict b:text-is("{verdict}")', '.stepper .bar button:text-is("Show all"):visible'
    asked = False
    for _ in range(10):
        page.wait_for_selector(f"{found}, {everything}", state="attached")
        if page.locator(found).count():
            break
        asked = True
        with suppress(Late):  # what was clicked before may take the question away just now
            page.locator(everything).click(timeout=2000)
    page.wait_for_selector(found, state="attached")
    if asked and page.get_by_test_id("stApp").count():
        page.wait_for_selector(IDLE)  # what stands below the run comes last


def written(page: Any) -> str:
    """The text in the editor of the workshop, as far as it is in view."""
    return "\n".join(page.locator(".editor .cm-line").all_inner_texts())


def mended(page: Any, where: str, right: str) -> None:
    """Go to a problem of the open file by its button, and type what is right over the word that is wrong."""
    page.get_by_role("button", name=where).click()
    page.locator(".editor .cm-focused").wait_for()
    page.keyboard.type(right)
    page.keyboard.press("Escape")  # what is offered meanwhile


def on(page: Any, times: int = 1) -> None:
    """Go on by so many messages."""
    for _ in range(times):
        page.keyboard.press("Shift+ArrowRight")


def attack_defence_and_belief(page: Any) -> None:
    """Of the story of AUD: the attack as it is, with its defence, and with the first of the beliefs."""
    says(page, "Attack succeeded")
    page.get_by_role("radio", name=re.compile(r" AUD$")).click()
    says(page, "Attack blocked")
    believe(page)


def believe(page: Any, belief: str = "") -> None:
    """Choose one of the beliefs below the run, or the first.  A page that is drawn anew shuts the list: then it is opened once more."""
    from playwright.sync_api import TimeoutError as Late

    option = page.get_by_role("option", name=belief or None).first
    for _ in range(10):
        page.locator(".st-key-belief input").click()
        with suppress(Late):
            option.click(timeout=5000)
            break
    page.get_by_text("does not stop it.").wait_for()


def address(page: Any, right: Callable[[dict[str, str]], bool]) -> None:
    """Wait until the query of the address is right.  A parameter that `right` asks for may not be there yet."""

    def there(url: str) -> bool:
        try:
            return right({k: v[0] for k, v in parse_qs(urlsplit(url).query).items()})
        except KeyError:
            return False

    page.wait_for_url(there)


def number(where: Any, count: int) -> None:
    """Wait until there are exactly so many of these."""
    from playwright.sync_api import expect

    expect(where).to_have_count(count)
