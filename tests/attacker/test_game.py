"""Your turn: moves in groups, what they come to, taking back, hints, and a scenario file at the end."""

from __future__ import annotations

import pytest

from sandbox.attacker.game import GROUPS, SAID, Game
from sandbox.attacker.moves import ACCOUNT
from sandbox.attacker.question import of_scenario
from sandbox.engine.simulation import run
from sandbox.language import library
from sandbox.language.loader import loads
from tests.support.effort import some


def game(id: str) -> Game:
    return Game(of_scenario(library.get(id)))


def by_hints(one: Game, most: int = 12) -> int:
    """Play what the hints say; the number of turns."""
    for turn in range(most):
        if one.over:
            return turn
        hint = one.hint()
        assert not hint.far
        one.take(next(c for c in one.choices() if c.say == hint.say or (c.chain and c.chain[0].say == hint.say)))
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
