"""The journeys of Your system in a real browser: answer, work out what to change, download the report; a fresh browser opens the link."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.studies import questions
from tests.support.browsing import IDLE, READY, address, at, new_context, number, opened
from tests.support.reality import OWN, SPA

LINK = "system?answers=design-oauth.clients-spa-partners.signing-ec.token-aud.api-alg-iss-aud.life-minutes"


def test_fill_in_work_out_and_download(page: Any, app: str, tmp_path: Path) -> None:
    opened(page, f"{app}/system", stepper=False)
    page.get_by_text("A login endpoint of our own hands out a JWT").click()
    address(page, lambda q: q == {"answers": "design-login"})
    page.get_by_text("A single-page app in the browser").click()
    page.get_by_text("aud names this very API").first.click()
    page.get_by_text("These answers do not fit together").wait_for()
    page.get_by_text("aud: the one API that it is for").click()
    page.get_by_text("These answers do not fit together").wait_for(state="detached")
    address(page, lambda q: q == {"answers": "design-login.clients-spa.token-aud.api-aud"})
    page.get_by_role("button", name="Work out what to change").click()
    page.get_by_text("honest flows, which all still work").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report as HTML").click()
    file = tmp_path / "report.html"
    download.value.save_as(file)
    page.goto(file.as_uri())
    assert page.locator("h1").inner_text().endswith("attacks succeed")
    number(page.locator(".monday li"), len(questions.shipped().monday))


def test_a_link_opens_the_same_system_in_a_fresh_browser(browser: Any, app: str) -> None:
    with new_context(browser) as fresh:
        page = opened(fresh.new_page(), f"{app}/{LINK}", stepper=False)
        page.get_by_role("checkbox", name="aud names this very API", checked=True).wait_for(state="attached")
        page.get_by_role("radio", name="Minutes", exact=True, checked=True).wait_for(state="attached")
        page.locator(".st-key-group-succeeded a").first.click()
        page.wait_for_selector('.stepper .verdict b:text-is("Attack succeeded")')


def test_from_a_recording_to_the_step_of_a_finding(page: Any, app: str, tmp_path: Path) -> None:
    opened(page, f"{app}/system", stepper=False)
    page.locator('[data-testid="stFileUploader"] input').first.set_input_files(OWN / SPA)
    page.wait_for_selector(READY)
    link = page.locator('.own:not(.strip) a[href^="#your-step-"]').nth(1)
    step = int(link.inner_text().removeprefix("step "))
    link.click()
    at(page, step)
    page.get_by_text("Beside the lesson that it resembles").click()
    page.wait_for_selector(f"{READY}.compare")
    page.get_by_text("≠ First difference").first.wait_for()
    page.wait_for_selector(IDLE)
    with page.expect_download() as download:
        page.get_by_role("button", name="Your login as HTML").click()
    file = tmp_path / "login.html"
    download.value.save_as(file)
    page.goto(file.as_uri())
    page.wait_for_selector(READY)
    page.locator(f'.seen a[href="#your-step-{step}"]').first.click()
    page.locator(f'.drawn[data-run="yours"] .stepper[data-step="{step}"]').wait_for()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_worst_three_and_the_beginning_of_the_drawing_are_in_view_at_once(page: Any, app: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    opened(page, f"{app}/system", stepper=False)
    page.locator('[data-testid="stFileUploader"] input').first.set_input_files(OWN / SPA)
    page.wait_for_selector(f"{READY} .row.now")
    page.wait_for_selector(IDLE)
    number(page.locator(".own.strip li"), 3)
    for place in page.locator(".own.strip li").all():
        box = place.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height, place.inner_text()
    page.wait_for_function(
        """(height) => [...document.querySelectorAll('*')].some((e) => [...(e.shadowRoot?.querySelectorAll('.row[data-n]') ?? [])].some((row) => {
          const box = row.getBoundingClientRect(), all = row.closest('.scroll').getBoundingClientRect();
          return box.height && box.top >= all.top - 1 && box.bottom <= height; }))""",
        arg=height,
    )
