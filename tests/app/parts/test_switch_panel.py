"""The panel of switches finds them by words."""

from __future__ import annotations

import pytest

from sandbox.app.parts.switch_panel import matching
from tests.support.apps import AUD, fine, opened, page_text

pytestmark = pytest.mark.slow


def test_switches_are_found_by_words() -> None:
    assert {s.name for s in matching("dpop proof")} <= {s.name for s in matching("dpop")}
    assert "rs.check_aud" in {s.name for s in matching("AUD api")}
    assert matching("no such thing") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [("audience", "rs.check_aud"), ("PKCE", "client.pkce"), ("AUD", "client.resource_param")],
)
def test_the_words_of_the_field_find_switches_that_abbreviate_them(text: str, name: str) -> None:
    assert name in {s.name for s in matching(text)}


def test_a_search_for_nonsense_is_answered_with_text() -> None:
    at = opened("play", scenario=AUD)
    at.session_state["switches"] = True
    at.session_state["switch-search"] = "<img src=//evil.example/x>"
    assert "&lt;img src=//evil.example/x&gt;" in page_text(fine(at.run()))
