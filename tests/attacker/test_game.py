"""Your turn: moves in groups, what they come to, taking back, hints, and a scenario file at the end."""

from __future__ import annotations

import pytest

from sandbox.attacker.game import GROUPS, HINT, SAID, Game
from sandbox.attacker.moves import ACCOUNT
from sandbox.attacker.question import of_scenario
from sandbox.attacker.search import Bound
from sandbox.attacker.way import WON, Way
from sandbox.engine.case import Case
from sandbox.engine.simulation import run
from sandbox.language import library
from sandbox.language.loader import loads
from tests.support.effort import some


def game(id: str) -> Game:
    return Game(of_scenario(library.get(id)), Case.of(library.get(id)))


def by_hints(one: Game, most: int = 12, bound: Bound = HINT) -> int:
    """Play what the hints say; the number of turns."""
    for turn in range(most):
        if one.over:
            return turn
        hint = one.hint(bound=bound)
        assert not hint.far
        offered = (c for line in one.lines() for c in line.choices)
        one.take(next(c for c in offered if c.say == hint.say or (c.chain and c.chain[0].say == hint.say)))
    raise AssertionError("the hints lead nowhere")


@pytest.mark.parametrize("id", some([s.id for s in library.attacks()], 12))
def test_hundreds_of_moves_are_about_nine_lines(id: str) -> None:
    one = game(id)
    while True:
        lines = one.lines()
        assert len(lines) <= 12
        assert [line.group for line in lines] == sorted((line.group for line in lines), key=list(GROUPS).index)
        assert all(line.say for line in lines)
        honest = [c for line in lines for c in line.choices if not c.chain]
        if not honest:
            return
        one.take(honest[0])


@pytest.mark.slow
@pytest.mark.parametrize("id", ["stolen-token-replay", "code-injection", "csrf-redirect-uri", "gateway-decode-only", "refresh-token-theft"])
def test_whoever_follows_the_hints_reaches_every_goal_and_saves_a_scenario(id: str) -> None:
    one = game(id)
    by_hints(one)
    assert run(loads(one.saved(), "saved.yaml")).verdict.word in ("succeeded", "limited")


# What no generated move is, or more than a hint may look at: the search alone would say of these that it is too far
BY_THE_STORY = (
    "audience-swap", "client-as-resource-owner", "dangling-redirect", "login-csrf", "mix-up", "mutable-identifier", "open-logout-redirect",
    "pkce-chosen-challenge", "pkce-downgrade", "rogue-resource-metadata",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("id", some(BY_THE_STORY, 3))
def test_where_the_search_finds_nothing_the_story_itself_leads_on_to_every_goal(id: str) -> None:
    one = game(id)
    first = one.hint()
    assert first.told
    assert not first.far
    by_hints(one, 20, Bound(1, 20))
    way = one.way()
    assert isinstance(way, Way)
    assert way.verdict.word in WON


@pytest.mark.slow
@pytest.mark.parametrize("id", some([s.id for s in library.attacks()], 8))
def test_no_shipped_attack_is_too_far_at_its_very_start(id: str) -> None:
    assert not game(id).hint().far


def test_a_step_of_the_story_is_no_choice_until_a_hint_has_told_it() -> None:
    one = game("client-as-resource-owner")
    (step,) = one.scripted()
    assert step.say not in {c.say for line in one.lines() for c in line.choices}
    assert one.hint().say == step.say
    assert step.say in {c.say for line in one.lines() for c in line.choices}


@pytest.mark.slow
def test_what_is_learned_and_reached_is_told() -> None:
    one = game("stolen-token-replay")
    by_hints(one)
    assert any(t.startswith("Reached: read Alice's account-1") for t in one.position.told)
    assert one.position.known


def test_taking_back_leads_to_where_one_was() -> None:
    one = game("code-injection")
    before = one.key()
    one.take(next(one.choices()))
    assert one.key() != before
    assert one.take_back()
    assert one.key() == before
    assert not one.take_back()


def test_a_refusal_is_told_with_its_check() -> None:
    one = Game(of_scenario(library.get("alg-none"), library.get("alg-none").settings.at_least({"rs.alg_policy": "allowlist"})))
    forge = next(c for c in one.choices() if "unsigned" in c.say)
    one.take(forge)
    ask = next(c for c in one.choices() if c.group == "call" and "unsigned" in c.say)
    assert "Accounts refuses (401 invalid_token): The algorithm must be one that the verifier chose" in one.take(ask).told[0]


@pytest.mark.parametrize("id", [s.id for s in library.attacks()])
def test_every_goal_is_said_in_words(id: str) -> None:
    one = game(id)
    for target in one.question.targets:
        said = one.wanted(target)
        assert "{" not in said
        assert not said.startswith(("session", "late", "denied")), "a predicate's name is no word for a player: see WANTED"


def test_what_ends_somebodys_access_is_said_with_its_grace() -> None:
    one = game("no-revocation-before-exp")
    (target,) = one.question.targets
    assert one.wanted(target) == "still get in 60 seconds or more after this: “Alice logs out, and is told that it is done”"


def test_an_honest_step_of_which_she_sees_nothing_says_so() -> None:
    one = game("code-injection")
    assert one.take(next(one.choices())).told == ("Nothing of it reaches you.",)


@pytest.mark.slow
def test_too_far_is_said() -> None:
    one = Game(of_scenario(library.get("alg-none"), library.get("alg-none").settings.at_least({"rs.alg_policy": "allowlist"})))
    assert one.hint().far
    with pytest.raises(ValueError, match="nothing is reached"):
        one.saved()


def test_every_verb_of_hers_has_a_sentence() -> None:
    for one in map(game, (s.id for s in library.attacks())):
        used = {c.chain[-1].do.partition(".")[2] for c in one.choices() if c.chain}
        assert used <= set(SAID), "say in SAID what the moves with this verb have in common"
    assert ACCOUNT not in SAID
