"""The story as a help in the game: its next step, and that step as a move."""

from __future__ import annotations

import pytest

from sandbox.attacker.question import of_scenario
from sandbox.attacker.story import GROUP, Story
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.verbs.table import VERBS

SWAP = library.get("audience-swap")
DONE = {"steal": "m_1", "swap": "m_2", "use": "m_3"}


def test_it_goes_on_where_the_player_is() -> None:
    story = Story.of(Case.of(SWAP))
    said = [story.next(honest, done) for honest, done in ((0, {}), (1, {}), (1, {"steal": "m_1"}), (1, DONE))]
    assert [step and step.id for step in said] == ["login", "steal", "swap", None]


def test_a_step_takes_what_earlier_ones_gave_in_the_game_and_what_she_has_from_the_beginning() -> None:
    story, question = Story.of(Case.of(SWAP)), of_scenario(SWAP)
    move = story.move(SWAP.step("swap"), question, {"steal": "m_7"})
    assert (move.do, move.args["refresh_token"], move.group) == ("mallory.redeem", "$m_7.refresh_token", "redeem")
    assert move.step.say == SWAP.step("swap").say
    dangling = library.get("dangling-redirect")
    args = Story.of(Case.of(dangling)).move(dangling.step("link"), of_scenario(dangling), {}).args
    named = of_scenario(dangling).named("mallory.pkce")
    assert args["change"]["query"]["code_challenge"] == f"${named}.challenge"


def test_where_the_attack_is_blocked_its_story_leads_nowhere() -> None:
    assert Story.of(Case.of(SWAP, SWAP.settings.but({"as.granted_resources": "on"}))).steps == ()


@pytest.mark.parametrize("verb", GROUP)
def test_each_verb_that_has_a_place_is_one(verb: str) -> None:
    assert verb in VERBS
