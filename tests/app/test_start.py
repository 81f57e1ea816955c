"""The page Start and the questions of the switch panel, run by AppTest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app import cache
from sandbox.app.parts import first_stories
from sandbox.app.parts.switch_panel import matching
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.studies import comparison
from tests.support.apps import AUD, fine, link, links_to, opened, page_text


def component(at: AppTest, name: str) -> Any:
    return json.loads(next(e.proto.json for e in at.get("bidi_component") if e.proto.component_name == name))


def test_the_film_is_a_real_run_that_succeeds() -> None:
    film = component(opened("start"), "stepper")
    assert film["film"] is True
    assert film["panes"][0]["verdict"]["word"] == "Attack succeeded"
    assert len(film["timeline"]) > 10


def test_three_doors_each_lead_somewhere() -> None:
    at = opened("start")
    assert len(links_to(at)) == len(first_stories.shipped().doors) == 3


def test_the_two_pictures_have_the_articles_words() -> None:
    pictures = component(opened("start"), "keys")
    assert [p["name"] for p in pictures] == ["The key card", "The front desk"]


def test_every_side_of_the_comparison_leads_to_the_run_that_proves_it() -> None:
    table = component(opened("start"), "verdict_table")
    proofs = comparison.shipped().proofs
    items = [cell["items"][0] for row in table["rows"] for cell in row["cells"]]
    assert len(items) == len(proofs) == 12
    for item, proof in zip(items, proofs, strict=True):
        at = opened("play", **item["to"]["params"])
        assert component(at, "stepper")["panes"][0]["verdict"]["word"] == item["word"]
        assert cache.run(Case(proof.story, proof.settings)).verdict.word == proof.finds


# ---------------------------------------------------------------- questions to the attack


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
    assert "<b>AUD</b> <em>blocked</em> by Transactions at “replay”" in said
    assert "Would stop honest use" in said
    assert "Does not help" in said
    at.session_state["switches"] = True
    at.button(key="apply-0").click().run()
    assert link(fine(at)) == {"scenario": AUD, "set": "as.stamp_aud=on,rs.check_aud=on"}


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
    said = page_text(asked(opened("play", scenario=AUD), "smallest"))
    assert "as.stamp_aud=on + rs.check_aud=on" in said
    assert "There is no smaller set" in said
    assert "<b>rs.check_aud=on</b>" in page_text(asked(opened("play", scenario=AUD, set="as.stamp_aud=on"), "smallest"))


def test_where_nothing_is_to_be_added_it_says_so() -> None:
    assert "there is nothing to add" in page_text(asked(opened("play", scenario=AUD, profile="oauth-bcp"), "smallest"))


def test_switches_are_found_by_words() -> None:
    assert {s.name for s in matching("dpop proof")} <= {s.name for s in matching("dpop")}
    assert "rs.check_aud" in {s.name for s in matching("AUD api")}
    assert matching("no such thing") == []


def test_a_search_for_nonsense_is_answered_with_text() -> None:
    at = opened("play", scenario=AUD)
    at.session_state["switches"] = True
    at.session_state["switch-search"] = "<img src=//evil.example/x>"
    assert "&lt;img src=//evil.example/x&gt;" in page_text(fine(at.run()))
