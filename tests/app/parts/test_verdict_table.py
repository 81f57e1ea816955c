"""The cells of a table of outcomes: told without colour, and leading only to pages of ours."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.app.parts import verdict_table
from sandbox.views.outcomes import SHOWN, SIGNS


@pytest.mark.parametrize("word", SHOWN)
def test_an_outcome_has_mark_word_and_tone(word: Any) -> None:
    item = verdict_table.item(word, None)
    assert (item["mark"], item["word"]) == SIGNS[word][:2]
    assert item["tone"]
    assert "to" not in item


def test_an_outcome_that_leads_somewhere_has_a_name_of_its_own() -> None:
    item = verdict_table.item("blocked", {"scenario": "x", "profile": "oauth-bcp"}, page="compare")
    assert item["to"] == {"page": "compare", "params": {"scenario": "x", "profile": "oauth-bcp"}}
    assert item["id"] == "compare x oauth-bcp"


@pytest.mark.parametrize(
    ("clicked", "went"),
    [
        ({"page": "play", "params": {"scenario": "x", "step": 3}}, [("PLAY", {"scenario": "x", "step": "3"})]),
        ({"page": "https://evil.example", "params": {}}, []),
        ({"page": "play", "params": "scenario=x"}, []),
        ({}, []),
    ],
)
def test_what_a_browser_sends_leads_to_a_page_that_we_know_or_nowhere(
    clicked: Any, went: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    fake = SimpleNamespace(
        session_state=SimpleNamespace(pages={"play": "PLAY", "compare": "COMPARE"}),
        switch_page=lambda page, query_params: seen.append((page, query_params)),
    )
    monkeypatch.setattr(verdict_table, "st", fake)
    verdict_table.follow(clicked)
    assert seen == went
