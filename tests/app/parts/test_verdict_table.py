"""The cells of a table of outcomes: told without colour, and leading only to pages of ours."""

from __future__ import annotations

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
