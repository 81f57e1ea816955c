"""Records five journeys as pictures, to be looked at one by one: `python -m tests.tools.journeys FOLDER [JOURNEY ...]`.

Each picture is taken light and dark, at four widths; its name says journey, place in it, width and scheme.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.support.browsing import AUD, IDLE, READY, new_context, opened
from tests.support.needs import chromium
from tests.support.serving import FLAGS, free_port, serving

SIZES = ((390, 844), (1024, 768), (1440, 900), (1920, 1080))
SCHEMES = ("light", "dark")
DRAWN = "() => !document.querySelector('[data-testid=stSkeleton]')"
MOST = 40  # presses of Next until a lesson is over


def lesson(page: Any, app: str) -> Iterator[str]:
    """A newcomer: from Start through the first stop, with her answer, to the end card."""
    opened(page, app, stepper=False)
    page.locator(".stages").wait_for()
    yield "start"
    page.get_by_role("link", name="Begin with stop 1").click()
    page.wait_for_selector(READY)
    yield "first"
    _on(page, ".answers button")
    yield "question"
    _answer_all(page)
    yield "answered"
    page.locator(".cast .word").first.click()
    yield "word"
    page.keyboard.press("Escape")
    _on(page, ".stepper.ended")
    yield "end"


def attack(page: Any, app: str) -> Iterator[str]:
    """An attack: predicted, seen to succeed, and blocked by a defence."""
    opened(page, f"{app}/play?scenario={AUD}")
    yield "first"
    _on(page, ".answers button")
    yield "question"
    _answer_all(page)
    page.keyboard.press("End")
    page.wait_for_selector(IDLE)
    yield "succeeded"
    page.get_by_role("radio", name=re.compile(r" AUD$")).click()
    page.locator(".verdict.good").wait_for(state="attached")
    yield "blocked"
    page.locator(".st-key-claims").scroll_into_view_if_needed()
    yield "below"


def comparison(page: Any, app: str) -> Iterator[str]:
    """A team: the matrix, a cell of it, and two designs side by side."""
    opened(page, f"{app}/attacks", stepper=False)
    page.locator(".gallery .card").first.wait_for()
    yield "attacks"
    opened(page, f"{app}/matrix", stepper=False)
    page.get_by_role("button", name="Stop").wait_for(state="hidden")
    yield "matrix"
    page.locator("a.item.bad").first.click()
    page.wait_for_selector(READY)
    yield "cell"
    opened(page, f"{app}/compare?scenario={AUD}&a=naive-jwt&b=oauth-bcp")
    page.get_by_role("button", name="First difference").click()
    yield "compare"


def system(page: Any, app: str) -> Iterator[str]:
    """Somebody's own system: the questions, and what to change."""
    opened(page, f"{app}/system", stepper=False)
    page.locator(".question").first.wait_for()
    yield "questions"
    opened(page, f"{app}/system?answers=design-oauth.clients-spa.token-aud.api-aud", stepper=False)
    page.get_by_role("button", name="Work out what to change").click()
    page.get_by_text("honest flows, which all still work").wait_for()
    yield "plan"
    page.get_by_role("button", name="Report as HTML").scroll_into_view_if_needed()
    yield "report"


def token(page: Any, app: str) -> Iterator[str]:
    """A token that is broken, and a word looked up."""
    opened(page, f"{app}/token-lab?profile=oauth-basic", stepper=False)
    page.locator(".ruling.good").wait_for()
    yield "good"
    page.get_by_text("Break the signature").first.click()
    page.locator(".ruling.bad").wait_for()
    yield "broken"
    opened(page, f"{app}/glossary#state", stepper=False)
    page.locator("article.open").wait_for()
    yield "word"


JOURNEYS: dict[str, Callable[[Any, str], Iterator[str]]] = {
    "lesson": lesson,
    "attack": attack,
    "comparison": comparison,
    "system": system,
    "token": token,
}


def _on(page: Any, wanted: str) -> None:
    """Next, until this is there."""
    for _ in range(MOST):
        if page.locator(wanted).count():
            return
        page.keyboard.press("ArrowRight")
    page.locator(wanted).first.wait_for()


def _answer_all(page: Any) -> None:
    """The first answer to whatever is asked, until nothing is."""
    while page.locator(".stepper.asking").count():
        _on(page, ".answers button")
        asked = page.locator(".ask .q").inner_text()
        page.keyboard.press("1")
        if page.locator(".ask .submit").count():
            page.locator(".ask .submit").click()
        page.locator(".ask .q", has_text=asked).wait_for(state="detached")
        page.locator(".stepper:not(.asking), .stepper .answers button").first.wait_for()
        page.wait_for_selector(IDLE)


def main(folder: Path, wanted: list[str]) -> None:
    program, port = chromium(), free_port()
    if program is None:
        sys.exit("no chromium on this machine (install it, or set CHROMIUM to its path)")
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with serving(command, port) as url, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=program, args=list(FLAGS))
        for name in wanted or JOURNEYS:
            for width, height in SIZES:
                for scheme in SCHEMES:
                    size = {"width": width, "height": height}
                    context = new_context(browser, viewport=size, color_scheme=scheme, reduced_motion="reduce")
                    page = context.new_page()
                    for place, what in enumerate(JOURNEYS[name](page, url), 1):
                        page.wait_for_load_state("networkidle")
                        page.wait_for_function(DRAWN)
                        page.screenshot(path=folder / f"{name}-{place}-{what}-{width}-{scheme}.png")
                    context.close()
                print(f"{name} at {width}", flush=True)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= JOURNEYS.keys():
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
