"""“Your turn” in a real browser: an attack played to its end with keys alone, a position as a link, and a defence that holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.studies.claims import check
from tests.support.browsing import AUD, READY, address, new_context, opened

NEXT = "Alice connects Budget, and Budget receives an access token."
SHARE = 45  # percent of the window that the diagram has at least


def focused(page: Any) -> Any:
    """The element that has the focus, inside the component that it is in."""
    return page.evaluate_handle(
        "(() => { let at = document.activeElement; while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement; return at; })()"
    )


def tab_to(page: Any, name: str) -> int:
    """Press Tab until what has the focus begins so; how often that was."""
    for count in range(1, 81):
        page.keyboard.press("Tab")
        if focused(page).evaluate("(el) => el.textContent").strip().startswith(name):
            return count
    raise AssertionError(f"no Tab leads to {name}")


def score(page: Any, said: str) -> None:
    page.locator(f'.score:text-is("{said}")').wait_for()


def test_an_attack_is_played_to_its_end_with_keys_alone_and_saved_as_a_scenario(fresh_page: Any, app: str, tmp_path: Path) -> None:
    page = opened(fresh_page, f"{app}/play?scenario={AUD}")
    assert page.get_by_role("button", name="Your turn").count() == 0, (
        "before the question is answered, the offer would tell that she can win"
    )
    for answer in ("1", "1", "1"):
        page.keyboard.press("End")
        page.locator(".answers button").first.wait_for()
        before = page.locator(".asked").inner_text()
        page.keyboard.press(answer)
        submit = page.locator(".submit")
        if submit.count():
            assert tab_to(page, "That is my answer") <= 8, "a key that chooses an answer leads to the answers"
            page.keyboard.press("Enter")
        page.wait_for_function("(was) => document.querySelector('.stepper .asked')?.innerText !== was", arg=before)
    page.get_by_role("button", name="Your turn").first.wait_for()
    page.locator(".stepper").evaluate("() => { document.activeElement.blur(); document.querySelector('.skip').focus(); }")
    page.keyboard.press("Enter")
    assert tab_to(page, "Your turn") <= 6, "past the navigation it is one of the controls of the run"
    page.keyboard.press("Enter")
    page.locator(".moves").wait_for()
    address(page, lambda q: q["turn"] == "start")
    page.locator(".told:focus").wait_for()
    tab_to(page, NEXT)
    page.keyboard.press("Enter")
    page.locator('.told:has-text("Nothing of it reaches you.")').wait_for()
    address(page, lambda q: len(q["turn"]) == 6 and "step" not in q)
    page.keyboard.press("b")
    page.locator('.told:focus:has-text("Nothing has happened yet.")').wait_for()
    address(page, lambda q: q["turn"] == "start")
    tab_to(page, NEXT)
    page.keyboard.press("Enter")
    page.locator('.told:focus:has-text("Nothing of it reaches you.")').wait_for()
    tab_to(page, "Budget fetches")
    page.keyboard.press("Enter")
    page.locator('.told:has-text("You know the logged request")').wait_for()
    box = page.locator(".board").bounding_box()
    assert box["width"] * box["height"] / (1440 * 900) * 100 >= SHARE
    assert page.locator(".board .row.now[data-n]").is_visible()
    page.keyboard.press("ArrowLeft")
    page.locator(".stepper.looking .panel").wait_for()
    page.keyboard.press("Escape")
    page.locator(".stepper:not(.looking) .moves").wait_for()
    page.keyboard.press("h")
    page.locator(".move.meant:focus").wait_for()
    score(page, "0 moves, 1 hint")
    page.keyboard.press("Enter")
    page.locator('.end h3:has-text("Attack succeeded")').wait_for()
    score(page, "1 move, 1 hint")
    assert page.locator(".board .row.now[data-n] .num").inner_text() == "you"
    assert "Reached" in page.locator(".stepper [aria-live]").inner_text()
    tab_to(page, "Save as a scenario")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    saved = loads(file.read_text(encoding="utf-8"), file.name)
    assert all(claim.ok for claim in check(saved))
    assert saved.goal[0].what == library.get(AUD).goal[0].what


def test_the_first_tab_leads_past_the_navigation_and_t_begins_the_game(fresh_page: Any, app: str) -> None:
    page = opened(fresh_page, f"{app}/play?scenario=audience-swap")
    page.keyboard.press("Tab")
    assert focused(page).evaluate("(el) => el.textContent") == "Skip to the page"
    assert page.get_by_role("link", name=re.compile("^Skip")).count() == 1, "one way past the navigation, not Streamlit's and ours"
    page.keyboard.press("Enter")
    assert focused(page).evaluate("(el) => el.textContent").startswith("Next")
    page.keyboard.press("t")
    assert page.locator(".moves").count() == 0, "before the question is answered nothing is offered"
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("button", name="Your turn").first.wait_for()
    page.keyboard.press("t")
    page.locator(".told:focus").wait_for()
    page.keyboard.press("h")  # no generated move leads there: the story helps
    page.locator('.ask:has-text("The story goes on so: The app signs Alice in")').wait_for()
    page.locator(".move.meant:focus").wait_for()


def test_a_lesson_that_was_opened_with_a_key_has_the_focus_and_so_has_the_card_at_its_end(fresh_page: Any, app: str) -> None:
    page = fresh_page
    page.goto(app)
    page.locator(".stages").wait_for()
    tab_to(page, "Begin with stop 1")
    page.keyboard.press("Enter")
    page.wait_for_selector(READY)
    page.locator(".bar .primary:focus").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    spoken = page.locator('.stepper > [aria-live]:has-text("She types them in; ConnectSphere keeps them")')
    spoken.wait_for(state="attached")
    assert re.search(r"Alice\. Step \d+\. .+: .+\.$", spoken.inner_text()), "the story's sentence, then the step as one: who, to whom, what"
    assert "→" not in spoken.inner_text()
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("button", name="Show all").wait_for(state="hidden")
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.locator(".end:focus").wait_for()
    assert tab_to(page, "Next: ") <= 4


def test_the_focus_stays_where_a_hint_has_no_move_to_point_at(fresh_page: Any, app: str) -> None:
    page = fresh_page
    page.goto(f"{app}/play?scenario=alg-none&set=rs.alg_policy=allowlist&turn=start")
    page.locator(".moves").wait_for()
    for part in (".told", ".game"):
        page.locator(part).first.focus()
        page.keyboard.press("h")
        page.locator('.ask:has-text("No way from here")').wait_for()
        page.locator(f"{part}:focus").wait_for()
        page.get_by_role("button", name="Time passes").or_(page.locator(".moves button")).first.click()
        page.locator(".told .did").wait_for()


def test_a_position_is_a_link_and_back_goes_move_by_move_also_on_a_telephone(browser: Any, app: str) -> None:
    context = new_context(browser, reduced_motion="reduce", viewport={"width": 390, "height": 844})
    try:
        page = context.new_page()
        page.goto(f"{app}/play?scenario={AUD}&turn=start")
        page.locator(".moves").wait_for()
        page.get_by_role("button", name=NEXT).click()
        address(page, lambda q: len(q["turn"]) == 6)
        page.locator(".moves summary").first.click()
        page.get_by_role("button", name=re.compile("unsigned, alg none")).first.click()
        score(page, "1 move, 0 hints")
        page.keyboard.press("/")
        page.keyboard.type("unsigned gateway transactions/7")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.locator(".told.refused").wait_for()
        there = page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for part in (".told", ".board .row.now[data-n]", ".gamebar"):
            assert page.locator(part).first.is_visible()
        page.go_back()
        score(page, "1 move, 0 hints")
        page.go_back()
        score(page, "0 moves, 0 hints")
    finally:
        context.close()
    context = new_context(browser, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.goto(there)
        page.locator('.told.refused:has-text("algorithm")').wait_for()
        score(page, "2 moves, 0 hints")
        assert page.locator(".move.refused").count() == 1
        page.goto(f"{there}.aaaaaa")
        page.locator('.problem:has-text("can be followed for 3")').wait_for()
        address(page, lambda q: q["turn"] in there)
    finally:
        context.close()


@pytest.mark.slow
def test_the_defender_turns_switches_foretells_and_runs_until_it_holds(fresh_page: Any, app: str) -> None:
    page = opened(fresh_page, f"{app}/play?scenario={AUD}")
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("button", name="Your turn").first.wait_for()
    page.goto(f"{app}/play?scenario={AUD}&turn=defend")
    page.locator('.problem:has-text("answer the question first")').wait_for()  # another visit knows nothing of the first one
    page.wait_for_selector(READY)
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("button", name="Your turn").first.click()
    page.locator(".moves").wait_for()
    for move in (NEXT, "Budget fetches"):
        page.locator(".moves").get_by_role("button", name=move).click()
        page.locator(f'.told .did:has-text("{move}")').wait_for()
    page.locator('.move:text-is("/transactions at Transactions")').click()
    page.get_by_role("button", name="Change sides").click()
    page.locator('.stand.bad:has-text("Attack succeeded")').wait_for()
    page.locator(".find").fill("check_aud")
    page.locator('.switch:has-text("rs.check_aud") button:text-is("on")').click()
    page.get_by_role("button", name="Foretell and run 1 switch").click()
    page.locator(".foretell").wait_for()
    assert "Attack blocked" not in page.locator(".stepper .game").inner_text()
    page.keyboard.press("1")
    page.locator('.stand:has-text("No longer true")').wait_for()
    page.keyboard.press("b")
    page.locator('.stand:has-text("Nothing is turned yet")').wait_for()
    page.locator(".find").fill("audience")
    page.get_by_role("button", name="Name the API in the token, and check it").click()
    page.get_by_role("button", name="Foretell and run 3 switches").click()
    page.locator('.answers button:has-text("Transactions, audience")').click()
    page.locator('.stand:has-text("You foretold it")').wait_for()
    page.locator('.stand:has-text("It holds.")').wait_for()
    assert re.search(r"No other way within 2 changing moves: \d+ states?, exhausted\.", page.locator(".stand").inner_text())
    address(page, lambda q: q["turn"] == "defend" and "rs.check_aud=on" in q["set"])
