"""The page Play while the visitor plays: what is on it, and what a link that does not fit comes to."""

from __future__ import annotations

import html

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app.parts.game import FIRST
from sandbox.language import library
from tests.support.apps import fine, link, opened, page_text, shown

pytestmark = pytest.mark.slow

AUD = library.get("missing-aud-replay")


def moves(at: AppTest) -> list[str]:
    return [choice[0] for g in shown(at)["turn"]["groups"] for line in g["lines"] for choice in line["choices"]]


def test_a_position_is_a_link_and_nothing_on_the_page_tells_the_outcome() -> None:
    at = opened("play", asked=True, scenario=AUD.id, turn="start")
    assert shown(at)["turn"]["side"] == "attack"
    assert AUD.lesson not in page_text(at)
    assert not [pills for pills in at.get("button_group") if pills.proto.label == "What blocks it"]
    assert (shown(at)["panes"][0]["moments"], link(at)["turn"]) == ([], "start")
    first = moves(at)[0]
    at = opened("play", asked=True, scenario=AUD.id, turn=f"{first}.aaaaaa")
    assert link(at)["turn"] == first
    assert "it can be followed for 1" in page_text(at)
    assert shown(at)["turn"]["news"]["did"].startswith("Alice connects")


def test_a_story_without_an_attacker_and_a_defence_before_the_question_are_refused_with_a_sentence() -> None:
    at = opened("play", scenario="code-pkce", turn="start")
    assert "Nobody attacks anybody" in page_text(at)
    assert "turn" not in link(at)
    at = opened("play", asked=True, scenario=AUD.id, turn="defend")
    assert FIRST in html.unescape(page_text(at))
    assert shown(at)["open"]


def test_the_offer_stands_where_no_question_is_open() -> None:
    assert "game" not in shown(opened("play", asked=True, scenario=AUD.id))
    assert shown(opened("play", scenario=AUD.id))["game"]
    assert "game" not in shown(opened("play", scenario="code-pkce"))


def test_the_defenders_side_opens_with_its_switches() -> None:
    at = fine(opened("play", scenario=AUD.id, turn="defend"))
    assert (shown(at)["turn"]["side"], shown(at)["turn"]["stand"]["word"]) == ("defend", "Attack succeeded")
    assert link(at)["turn"] == "defend"
