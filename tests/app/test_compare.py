"""The page Compare, run by Streamlit's AppTest: what an address opens, what each control changes, what it costs."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.core import memo
from sandbox.language import library
from sandbox.studies import adaptive
from sandbox.views.outcomes import SIGNS
from tests.support.apps import AUD, fine, link, links_to, opened, page_text, shown, switched
from tests.support.effort import some

pytestmark = pytest.mark.slow


def verdicts(at: AppTest) -> list[str]:
    words = {sign.banner: word for word, sign in SIGNS.items()}
    return [words[pane["verdict"]["word"]] for pane in shown(at)["panes"]]


def test_it_opens_with_the_naive_design_and_the_best_practice() -> None:
    at = opened("compare")
    assert verdicts(at) == ["succeeded", "blocked"]
    assert link(at) == {"scenario": AUD, "a": "naive-jwt", "b": "oauth-bcp"}


def test_the_first_difference_is_known_and_the_costs_are_side_by_side() -> None:
    at = opened("compare")
    assert shown(at)["differs"] is not None
    for cost in (
        "bytes",
        "24 h",
        "0 kinds of records",
        "; code, denylist, grant, refresh token, session",
        "0 s (blocked)",
        "nobody: it ends when it expires",
        "authorization server; APIs notice when it expires",
    ):
        assert cost in page_text(at)
    assert 'class="differs"' in page_text(at)


def test_a_link_opens_exactly_that_comparison() -> None:
    params = {"scenario": AUD, "a": "file", "b": f"file,{switched('AUD')}", "c": "jwt-done-properly", "seed": "3"}
    at = opened("compare", **params)
    assert verdicts(at) == ["succeeded", "blocked", "blocked"]
    assert link(at) == params


def test_a_profile_is_chosen_for_one_side_only() -> None:
    at = opened("compare")
    at.selectbox(key="profile-b").set_value("oauth-basic").run()
    assert verdicts(fine(at)) == ["succeeded", "succeeded"]
    assert link(at)["b"] == "oauth-basic"


def test_switches_are_changed_for_one_side_only() -> None:
    at = opened("compare", scenario=AUD, a="file", b="file")
    at.multiselect(key="changes-b").set_value(["AUD"]).run()
    assert verdicts(fine(at)) == ["succeeded", "blocked"]
    assert link(at)["b"] == f"file,{switched('AUD')}"
    at.multiselect(key="changes-b").set_value([]).run()
    assert verdicts(fine(at)) == ["succeeded", "succeeded"]


def test_a_third_and_a_fourth_come_and_go() -> None:
    at = opened("compare")
    for count in (3, 4):
        at.button(key="add").click().run()
        assert len(verdicts(fine(at))) == count
    assert not [b for b in at.button if b.key == "add"]
    for count in (3, 2):
        at.selectbox(key="profile-a").set_value("leave").run()
        assert len(verdicts(fine(at))) == count
    assert link(at)["a"] not in ("naive-jwt", "oauth-bcp"), "the first two have gone"


@pytest.mark.parametrize("scenario", some(library.ids(), 12))
def test_every_story_can_be_compared(scenario: str) -> None:
    at = opened("compare", scenario=scenario)
    assert len(verdicts(at)) == 2


def test_another_story_keeps_the_settings() -> None:
    at = opened("compare", scenario=AUD, a="naive-jwt", b="oauth-basic")
    at.selectbox(key="story").set_value("stolen-token-replay").run()
    assert link(fine(at)) == {"scenario": "stolen-token-replay", "a": "naive-jwt", "b": "oauth-basic"}


def test_a_broken_link_is_said_and_falls_back() -> None:
    at = opened("compare", scenario="nonsense", a="oauth-bpc", b="<script>alert(1)</script>")
    said = page_text(at)
    assert "There is no scenario &#x27;nonsense&#x27;" in said
    assert "did you mean &#x27;oauth-bcp&#x27;?" in said
    assert "<script>" not in said
    assert len(verdicts(at)) == 2


def test_a_run_leads_to_its_comparison() -> None:
    at = opened("play", scenario=AUD, set="rs.check_aud=on")
    assert any(query == f"scenario={AUD}&a=file&b=file%2Crs.check_aud%3Don" for query in links_to(at))


def test_where_every_side_is_blocked_another_way_is_offered_and_found() -> None:
    memo.of(adaptive._looked).forget()
    at = opened("compare", scenario="token-in-url-log", a="naive-jwt", b="oauth-bcp")
    assert [pane["verdict"]["sentence"].partition(":")[0] for pane in shown(at)["panes"]] == ["This script"] * 2
    at.button(key="compare-search-begin").click()
    for _ in range(50):
        fine(at.run())
        if not [b for b in at.button if str(b.key).startswith("compare-search")]:
            break
    said = page_text(at)
    assert "Another way: Mallory reads the log of Accounts." in said
    assert "No other way within 2 changing moves: 3 states, exhausted." in said
    assert [query for query in links_to(at) if query.startswith("files=")]
    assert "Another way" in shown(at)["panes"][0]["verdict"]["detail"]


def test_where_one_side_succeeds_nothing_is_offered() -> None:
    at = opened("compare")
    assert not [b for b in at.button if str(b.key).startswith("compare-search")]
