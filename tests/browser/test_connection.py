"""The connection is cut: stepping goes on, a quiet bar says what waits, and what was said meanwhile counts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.support.browsing import AUD, IDLE, on, opened
from tests.support.cable import cable


def test_a_lesson_goes_on_without_the_server_and_nothing_that_was_said_is_lost(page: Any, app: str) -> None:
    with cable(urlsplit(app).port or 0) as line:
        opened(page, f"http://127.0.0.1:{line.port}/play?scenario={AUD}")
        bar = page.locator(".bar[role=status]")
        assert bar.is_hidden()
        line.cut()
        bar.get_by_text("The server cannot be reached. Stepping goes on").wait_for()
        page.get_by_test_id("stDialog").wait_for(state="attached")  # Streamlit's own
        assert page.get_by_test_id("stDialog").is_hidden()
        on(page, 3)
        assert int(page.locator(".stepper").get_attribute("data-step")) > 3
        page.keyboard.press("End")
        page.keyboard.press("1")
        page.get_by_text("Now for what happens").wait_for()
        bar.get_by_text("One answer or change waits.").wait_for()
        line.mend()
        page.wait_for_selector(IDLE)
        page.locator(".ask.yes", has_text="That is what happens.").wait_for()
        bar.wait_for(state="hidden")
        page.locator(".ask .q", has_text="Which of these would have stopped it?").wait_for()
