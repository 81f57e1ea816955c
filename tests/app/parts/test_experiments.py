"""Questions to the attack on show, answered by running it again and again."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.language import library
from tests.support.apps import AUD, fine, link, links_to, opened, page_text, shown, switched

pytestmark = pytest.mark.slow


def asked(at: AppTest, question: str) -> AppTest:
    """Open the panel, ask, and wait for the end.  AppTest forgets that a popover is open, and has no timer."""
    at.session_state["switches"] = True
    at.session_state["tool"] = question
    at.run()
    for _ in range(400):
        if at.session_state["search"].done:
            break
        at.session_state["switches"] = True
        fine(at.run())
    at.session_state["switches"] = True
    return fine(at.run())


def test_what_would_block_this_lists_who_and_where_and_applies_it() -> None:
    at = asked(opened("play", scenario=AUD), "block")
    said = page_text(at)
    assert "<b>Name the API in the token, and check it</b> <em>blocked</em> by Transactions at “replay”" in said
    assert "Would stop honest use" in said
    assert "Does not help" in said
    at.session_state["switches"] = True
    at.button(key="apply-0").click().run()
    assert link(fine(at)) == {"scenario": AUD, "set": switched("AUD")}


def test_the_search_can_be_stopped() -> None:
    at = opened("play", scenario=AUD)
    at.session_state["switches"] = True
    at.session_state["tool"] = "block"
    fine(at.run())
    at.session_state["switches"] = True
    at.button(key="trial-stop").click().run()
    tried = len(at.session_state["search"].found)
    at.session_state["switches"] = True
    assert len(fine(at.run()).session_state["search"].found) == tried


@pytest.mark.parametrize("scenario", [AUD, "csrf-redirect-uri", "stolen-token-replay"])
def test_beliefs_are_run_and_none_blocks(scenario: str) -> None:
    at = asked(opened("play", scenario=scenario), "myths")
    assert page_text(at).count('class="trial') == len(library.get(scenario).myths)
    assert 'class="trial good"' not in page_text(at)


def test_the_smallest_set_is_found_from_the_present_setting() -> None:
    said = page_text(asked(opened("play", scenario=AUD, set="as.stamp_aud=on"), "smallest"))
    assert "client.resource_param=on + rs.check_aud=on" in said
    assert "There is no smaller set" in said
    assert "<b>Check that the token names this API</b>" in page_text(
        asked(opened("play", scenario=AUD, set="as.stamp_aud=on,client.resource_param=on"), "smallest")
    )


def test_where_nothing_is_to_be_added_it_says_so() -> None:
    assert "there is nothing to add" in page_text(asked(opened("play", scenario=AUD, profile="oauth-bcp"), "smallest"))


def test_another_way_is_looked_for_within_a_bound_that_is_said() -> None:
    none = page_text(asked(opened("play", scenario="alg-none", profile="oauth-bcp"), "another"))
    assert re.search(r"No other way within 2 changing moves: \d+ states, exhausted\.", none)
    assert "She has an account of her own" in none


def test_a_way_that_was_found_opens_in_the_stepper_as_a_file_of_ones_own() -> None:
    at = asked(opened("play", scenario="token-in-url-log", profile="naive-jwt"), "another")
    assert "<b>Another way</b> <em>succeeds:</em> Mallory reads the log of Accounts." in page_text(at)
    banner = shown(at)["panes"][0]["verdict"]
    assert banner["sentence"].startswith("This script: ")
    assert "Another way: Mallory reads the log of Accounts." in banner["detail"]
    word = next(parse_qs(query)["files"][0] for query in links_to(at) if query.startswith("files="))
    step = opened("workshop", files=word)
    assert shown(step)["panes"][0]["verdict"]["word"] == "Attack succeeded"
    assert "Mallory reads the log of Accounts." in str(shown(step)["panes"][0]["steps"])
    assert link(step) == {"files": word}
    assert next(iter(step.session_state["workshop_files"].values())).startswith("title: ")
