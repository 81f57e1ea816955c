"""The app below a path in a real browser, behind nginx: pages, reload, and a world whose requests are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.app.test_place import behind_nginx
from tests.support.browsing import AUD, IDLE, READY, address, opened, says


@pytest.mark.parametrize("taken_off", [False, True], ids=["the path stays", "the path is taken off"])
def test_a_visit_below_a_path(page: Any, tmp_path: Path, taken_off: bool) -> None:
    with behind_nginx(tmp_path, taken_off, False) as front:
        opened(page, f"{front.app}/play?scenario={AUD}")
        says(page, "Attack succeeded")
        opened(page, f"{front.app}/", stepper=False)
        page.get_by_role("link", name="Live", exact=True).click()
        page.get_by_role("button", name="Open my world").click()
        page.get_by_text("Waiting for the first request").wait_for()
        address(page, lambda q: len(q["world"]) == 24)
        assert page.url.startswith(f"{front.app}/live?")
        page.get_by_role("button", name="Send it for me").click()
        page.wait_for_selector(f"{READY} .row[data-n]", state="attached")
        page.locator(".stepper .story p", has_text="GET /accounts, answered with 200.").wait_for()
        page.reload()
        page.wait_for_selector(f"{READY} .row[data-n]", state="attached")
        opened(page, f"{front.app}/live", stepper=False)  # the browser is known again, by a cookie below the path
        page.wait_for_selector(f"{READY} .row[data-n]", state="attached")
        page.wait_for_selector(IDLE)
        page.get_by_role("button", name="Close").click()
        page.get_by_role("button", name="Open my world").wait_for()
        opened(page, f"{front.app}/workshop", stepper=False)
        page.locator(".editor .cm-content").wait_for()  # a script with an address of its own


def test_a_page_that_does_not_know_its_path_says_what_to_do(page: Any, tmp_path: Path) -> None:
    with behind_nginx(tmp_path, True, False, "--base-path", "/") as front:
        opened(page, f"{front.app}/live", stepper=False)
        page.get_by_text("start it with --base-path /sandbox").wait_for()
