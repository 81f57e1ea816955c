"""The lists in a real browser: searched, filtered, marked, and found again as they were left."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.app import cache
from sandbox.language import library
from sandbox.views.outcomes import SIGNS
from tests.support.browsing import AUD, address, says

ATTACKS = library.attacks()


@pytest.fixture
def page(fresh_page: Any) -> Any:
    """A browser that has nothing in its memory."""
    return fresh_page


def attacks(page: Any, app: str, query: str = "") -> Any:
    page.goto(f"{app}/attacks{query}")
    page.locator(".gallery .card").first.wait_for()
    return page.locator(".gallery .card")


def test_what_is_searched_and_chosen_stands_in_the_address(page: Any, app: str) -> None:
    cards = attacks(page, app)
    assert cards.count() == len(ATTACKS)
    page.get_by_label("Search").fill("8725 none")
    page.locator('.gallery[data-cards="1"]').wait_for()
    address(page, lambda q: q["q"] == "8725 none")
    page.get_by_label("Search").fill("")
    page.get_by_label("What is attacked").select_option("gateway")
    page.get_by_label("Difficulty").select_option("intermediate")
    wanted = [s.id for s in ATTACKS if s.target == "gateway" and s.difficulty == "intermediate"]
    page.locator(f'.gallery[data-cards="{len(wanted)}"]').wait_for()
    address(page, lambda q: (q["target"], q["level"]) == ("gateway", "intermediate") and "q" not in q)
    page.reload()
    page.locator(f'.gallery[data-cards="{len(wanted)}"]').wait_for()
    assert sorted(cards.evaluate_all("(all) => all.map((each) => each.dataset.card)")) == sorted(wanted)
    assert page.get_by_label("What is attacked").input_value() == "gateway"


def test_a_design_leaves_what_can_be_tried_in_it(page: Any, app: str) -> None:
    attacks(page, app, "?design=naive-jwt")
    wanted = [s.id for s in ATTACKS if cache.by_profile(s)["naive-jwt"] != "not-applicable"]
    page.locator(f'.gallery[data-cards="{len(wanted)}"]').wait_for()


@pytest.mark.parametrize("query", ["?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "?target=nowhere", "?q=" + "x" * 3000])
def test_a_link_that_asks_for_nothing_shows_nothing_and_can_be_taken_back(page: Any, app: str, query: str) -> None:
    page.goto(f"{app}/attacks{query}")
    page.locator('.gallery[data-cards="0"]').wait_for()
    page.get_by_label("Search").fill("x")
    page.get_by_label("Search").fill("")
    page.get_by_label("What is attacked").select_option("")
    page.locator(f'.gallery[data-cards="{len(ATTACKS)}"]').wait_for()


def test_an_outcome_is_told_once_the_attack_was_played(page: Any, app: str) -> None:
    attacks(page, app)
    card = page.locator(f"[data-card={AUD}]")
    assert card.locator(".tease").inner_text() == "Succeeds in 2 of 4 designs"
    for sign in SIGNS.values():
        assert sign.word.capitalize() not in card.locator(".designs").inner_text()
    page.evaluate("(text) => localStorage.setItem('oauth-sandbox', text)", json.dumps({"v": 1, "done": [AUD], "answers": {}, "words": []}))
    page.reload()
    card.locator(".meta b").wait_for()
    assert [li.inner_text().split()[-1] for li in card.locator(".designs li").all()] == ["Succeeds", "Blocked", "Succeeds", "Blocked"]


def test_a_design_of_a_card_opens_exactly_that_design(page: Any, app: str) -> None:
    attacks(page, app)
    page.locator(f"[data-card={AUD}] .designs a", has_text="JWT done properly").click()
    says(page, "Attack blocked")
    address(page, lambda q: (q["scenario"], q["profile"]) == (AUD, "jwt-done-properly"))


def test_back_leads_to_where_the_list_was_left_with_what_was_chosen(page: Any, app: str) -> None:
    attacks(page, app, "?design=oauth-basic")
    main = page.get_by_test_id("stMain")
    page.get_by_label("Difficulty").select_option("intermediate")
    before = page.evaluate("history.length")
    main.evaluate("(e) => e.scrollTo(0, 500)")
    page.wait_for_function("history.state && history.state.galleryScroll > 300")
    left = page.evaluate("history.state.galleryScroll")
    box = page.locator(".gallery .card h2 a").evaluate_all(
        "(all) => { const a = all.find((e) => e.getBoundingClientRect().top > 100); const r = a.getBoundingClientRect(); return [r.x + 5, r.y + 5]; }"
    )
    page.mouse.click(*box)
    page.wait_for_url("**/play?*")
    page.locator('.stepper[data-ready="true"]').wait_for()
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    page.locator(".gallery .card").first.wait_for()
    page.wait_for_function(f"Math.abs(document.querySelector('[data-testid=stMain]').scrollTop - {left}) < 3")
    assert page.get_by_label("Difficulty").input_value() == "intermediate"
    assert page.get_by_label("Design", exact=True).input_value() == "oauth-basic"


@pytest.mark.parametrize("width", [390, 1024])
def test_the_list_fits(page: Any, app: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    attacks(page, app)
    assert page.locator(".gallery").evaluate("(e) => e.scrollWidth - e.clientWidth") <= 1
    low = page.locator(".gallery :is(.designs a, input, select)").evaluate_all(
        "(all) => all.filter((e) => e.getBoundingClientRect().height < 24).length"
    )
    assert low == 0
