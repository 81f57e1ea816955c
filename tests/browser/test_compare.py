"""Journeys through Compare, Matrix and Start, and the questions of the switch panel, in a real browser."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.language import library
from tests.support.browsing import AUD, IDLE, READY, address, at, new_context, number, opened, says
from tests.support.serving import free_port, serving


def both_say(page: Any, *verdicts: str) -> None:
    for place, verdict in enumerate(verdicts):
        page.wait_for_selector(f'.stepper .pane:nth-child({place + 1}) .verdict b:text-is("{verdict}")')


# ---------------------------------------------------------------- compare


def test_naive_and_best_practice_side_by_side_in_step(page: Any, app: str) -> None:
    opened(page, f"{app}/compare")
    both_say(page, "Attack succeeded", "Attack blocked")
    page.keyboard.press("ArrowRight")
    at(page, 2)
    page.get_by_role("button", name="First difference").click()
    page.locator(".stepper .chip.edited", has_text="First difference").first.wait_for()
    assert page.locator(".stepper .pane .differs").count() > 0
    page.get_by_text("0 s (blocked)").wait_for()
    page.get_by_text("nobody: it ends when it expires").wait_for()
    address(page, lambda q: (q.get("a"), q.get("b"), q.get("scenario")) == ("naive-jwt", "oauth-bcp", AUD) and "step" in q)


def test_a_deep_link_into_a_comparison_survives_a_reload(page: Any, app: str) -> None:
    link = f"{app}/compare?scenario={AUD}&a=file&b=file,AUD=on&c=jwt-done-properly&step=5"
    opened(page, link)
    for _ in range(2):
        at(page, 5)
        both_say(page, "Attack succeeded", "Attack blocked", "Attack blocked")
        address(
            page,
            lambda q: (
                (q["b"], q["c"], q["step"]) == ("file,as.stamp_aud=on,client.resource_param=on,rs.check_aud=on", "jwt-done-properly", "5")
            ),
        )
        page.reload()
        page.wait_for_selector(READY)


def test_a_switch_is_changed_on_one_side(page: Any, app: str) -> None:
    opened(page, f"{app}/compare?scenario={AUD}&a=file&b=file")
    both_say(page, "Attack succeeded", "Attack succeeded")
    box = page.locator(".st-key-changes-b input")
    box.click()
    box.fill("AUD")
    page.get_by_role("option", name=re.compile(r"· AUD$")).click()
    both_say(page, "Attack succeeded", "Attack blocked")
    address(page, lambda q: q.get("b") == "file,as.stamp_aud=on,client.resource_param=on,rs.check_aud=on" and q.get("a") == "file")


def test_a_run_leads_to_its_comparison(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}")
    page.get_by_test_id("stPageLink").get_by_text("Compare").click()
    both_say(page, "Attack succeeded", "Attack blocked")


# ---------------------------------------------------------------- matrix


SLOW = """
import time
from sandbox.app import launcher
from sandbox.app.parts import experiments
from sandbox.studies import matrix

experiments.BATCH, experiments.TICK = 1, 0.3
real = matrix.row
matrix.row = lambda attack: (time.sleep(0.5), real(attack))[1]
launcher.serve(launcher.Place(port={port}))
"""


@pytest.fixture
def slow_app() -> Iterator[str]:
    """The app on a machine that takes half a second for each row of the matrix, and its time for each run of a search."""
    port = free_port()
    with serving([sys.executable, "-c", SLOW.format(port=port)], port) as url:
        yield url


def test_the_matrix_is_stopped_and_goes_on(page: Any, slow_app: str) -> None:
    page.goto(f"{slow_app}/matrix")  # it is busy from the beginning
    page.get_by_role("button", name="Stop").click()
    stopped = page.get_by_text(": stopped")
    stopped.wait_for()
    rows = int(stopped.inner_text().split()[0])
    page.get_by_role("button", name="Continue").click()
    page.get_by_text(f"{rows + 3} of {len(library.attacks())} attacks").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text(": stopped").wait_for()


def test_the_matrix_fills_and_a_cell_opens_its_run(page: Any, app: str) -> None:
    opened(page, f"{app}/matrix", stepper=False)
    page.get_by_text("Every claim of the files is what is found.").wait_for()
    number(page.locator(".board.designs td:has(a.item)"), 4 * len(library.attacks()))
    page.get_by_role("radio", name="Defences and beliefs").click()
    page.locator(".board.defences").wait_for()
    address(page, lambda q: q["show"] == "defences")
    page.get_by_role("radio", name="Designs").click()
    page.locator(".board.designs").wait_for()
    row = page.locator(".board.designs tr", has_text=library.get(AUD).title)
    row.locator("td").nth(1).locator("a").first.click()
    page.wait_for_selector(f"{READY} .row[data-n]", state="attached")
    says(page, "Attack blocked")
    address(page, lambda q: q["scenario"] == AUD and q["profile"] == "jwt-done-properly")
    page.go_back()
    page.get_by_text("Every claim of the files is what is found.").wait_for()


def test_a_belief_in_the_matrix_opens_with_its_switches(page: Any, app: str) -> None:
    opened(page, f"{app}/matrix?show=defences", stepper=False)
    page.get_by_text("Every claim of the files is what is found.").wait_for()
    page.locator(".board.defences a.item", has_text="We put an audience into the token").click()
    says(page, "Attack succeeded")
    address(page, lambda q: q["scenario"] == AUD and q["set"] == "as.stamp_aud=on")


def test_the_matrix_is_exported(page: Any, app: str, tmp_path: Path) -> None:
    opened(page, f"{app}/matrix", stepper=False)
    page.get_by_text("Every claim of the files is what is found.").wait_for()
    tops = {page.get_by_role("button", name=kind, exact=True).bounding_box()["y"] for kind in ("HTML", "JSON")}
    assert len(tops) == 1, "what came of it pushes the buttons, and so the table, down"
    for kind in ("HTML", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind, exact=True).click()
        download.value.save_as(tmp_path / f"matrix.{kind.lower()}")
    assert "Which attacks succeed where" in (tmp_path / "matrix.html").read_text()
    assert len(json.loads((tmp_path / "matrix.json").read_text())["cells"]) > 4 * len(library.attacks())


# ---------------------------------------------------------------- start


def test_start_reaches_succeeded_and_then_blocked_within_four_clicks(page: Any, app: str) -> None:
    opened(page, app)
    page.get_by_role("link", name="Try an attack first").click()
    page.wait_for_url("**/play?*")
    says(page, "Attack succeeded")
    page.get_by_role("radio", name=re.compile(r" AUD$")).click()
    says(page, "Attack blocked")


def test_the_film_waits_for_whoever_wants_no_motion_and_plays_on_request(page: Any, app: str) -> None:
    opened(page, app)
    film = page.locator(".stepper.film")
    film.locator(".verdict b", has_text="Attack succeeded").wait_for(state="attached")
    film.get_by_role("button", name="Play or pause").click()
    at(page, 3)
    film.get_by_role("button", name="Play or pause").click()
    assert "step=" not in page.url


def test_the_film_plays_by_itself_and_is_paused(browser: Any, app: str) -> None:
    context = new_context(browser, reduced_motion="no-preference")
    page = context.new_page()
    opened(page, app)
    for step in (4, 6):  # on a busy machine a step may be gone before it is looked at
        page.locator(", ".join(f'.stepper[data-step="{n}"]' for n in range(step, 99))).wait_for()
    page.get_by_role("button", name="Play or pause").click()
    assert page.get_by_role("button", name="Play or pause").get_attribute("aria-pressed") == "false"
    context.close()


def test_a_claim_of_the_comparison_opens_the_run_that_proves_it(page: Any, app: str) -> None:
    opened(page, app)
    page.locator(".board.comparison a", has_text="Attack limited").first.click()
    page.wait_for_url("**/play?*")
    says(page, "Attack limited")


# ---------------------------------------------------------------- questions


def test_what_would_block_this_is_found_and_applied(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}")
    page.get_by_role("button", name="Switches").click()
    page.get_by_role("radio", name="What would block this?").click()
    page.get_by_text("Would stop honest use").wait_for()
    page.locator(".trial", has_text="by Transactions").first.wait_for()
    page.get_by_role("button", name="Stop").wait_for(state="hidden")
    page.get_by_role("button", name="Apply").first.click()
    says(page, "Attack blocked")


def test_a_search_is_stopped_and_goes_on(page: Any, slow_app: str) -> None:
    opened(page, f"{slow_app}/play?scenario=stale-role-claims")
    page.get_by_role("button", name="Switches").click()
    page.get_by_role("radio", name="Smallest set that blocks").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("settings tried: stopped").wait_for()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("One switch is enough.").wait_for()


def test_the_smallest_set_is_found(page: Any, app: str) -> None:
    opened(page, f"{app}/play?scenario={AUD}&set=as.stamp_aud=on,client.resource_param=on")
    page.get_by_role("button", name="Switches").click()
    page.get_by_role("radio", name="Smallest set that blocks").click()
    page.get_by_text("One switch is enough.").wait_for()
    page.locator(".trial", has_text="rs.check_aud=on").wait_for()
    page.get_by_role("button", name="Apply").click()  # it can be clicked when the search has ended
    says(page, "Attack blocked")


# ---------------------------------------------------------------- how it looks


@pytest.mark.parametrize(
    "path", ["/", "/compare", f"/compare?scenario={AUD}&a=file&b=naive-jwt&c=oauth-bcp", "/matrix", "/matrix?show=defences"]
)
def test_nothing_is_wider_than_the_window(page: Any, app: str, path: str) -> None:
    page.goto(app + path)
    page.wait_for_selector(IDLE)
    page.locator(".board, .stepper").first.wait_for()
    for width in (1024, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function("(w) => innerWidth === w", arg=width)
        assert page.locator(".stMain").evaluate("(el) => el.scrollWidth <= el.clientWidth"), width
