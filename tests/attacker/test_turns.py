"""A game whose positions have addresses: the names of choices lead there again, on any machine."""

from __future__ import annotations

import re

import pytest

from sandbox.attacker import turns
from sandbox.attacker.game import Game, Hint
from sandbox.attacker.question import of_scenario
from sandbox.attacker.turns import LENGTH, MOST, Turns, name
from sandbox.language import library
from tests.support.effort import some


def game(id: str = "missing-aud-replay") -> Turns:
    return Turns(of_scenario(library.get(id)))


def named(one: Turns, said: str) -> str:
    return name(next(c for c in one.choices() if said in c.say))


def won() -> Turns:
    one = game()
    for said in ("Alice connects Budget", "Budget fetches", "as GET /transactions at Transactions."):
        assert one.take(named(one, said))
    return one


@pytest.mark.parametrize("id", some([s.id for s in library.attacks()], 6))
def test_the_names_of_all_choices_of_a_moment_are_different_and_short(id: str) -> None:
    one = Game(of_scenario(library.get(id)))
    while True:
        choices = [c for line in one.lines() for c in line.choices]
        assert len({name(c) for c in choices}) == len(choices)
        assert all(re.fullmatch(rf"[a-z2-7]{{{LENGTH}}}", name(c)) for c in choices)
        honest = [c for c in choices if not c.chain]
        if not honest:
            return
        one.take(honest[0])


def test_the_names_of_the_choices_taken_lead_to_the_same_position() -> None:
    one, other = won(), game()
    assert other.go(one.names)
    assert (other.game.key(), other.position.told, other.moves) == (one.game.key(), one.position.told, 1)
    assert other.go(one.names[:1])
    assert (other.names, other.position.honest, other.moves) == (one.names[:1], 1, 0)


def test_names_that_do_not_fit_are_followed_as_far_as_they_do() -> None:
    one, there = game(), won().names
    assert not one.go((*there[:2], "aaaaaa", there[2]))
    assert one.names == there[:2]
    assert not one.go(("aaaaaa",))
    assert one.names == ()


def test_what_was_refused_is_remembered_until_something_has_changed() -> None:
    one = game()
    one.take(named(one, "unsigned, alg none"))
    asks = named(one, "unsigned, alg none, through the gateway")
    one.take(asks)
    assert one.tried() == {asks: "refused"}
    one.back()
    assert one.tried() == {asks: "refused"}
    one.take(named(one, "Alice connects Budget"))
    assert one.tried() == {}


def test_what_is_reached_ends_the_game() -> None:
    one = won()
    assert turns.outcome(one.position) == "reached"
    assert list(one.choices()) == []
    assert one.back()
    assert list(one.choices())


def test_a_game_has_a_limit() -> None:
    one = game()
    for _ in range(MOST):
        assert one.take(named(one, "A minute passes."))
    assert one.full
    assert list(one.choices()) == []
    assert not one.go((*one.names, one.names[0]))


def test_a_hint_means_one_of_the_choices_or_none() -> None:
    one = game()
    assert one.hinted(Hint()) == ""
    hint = one.game.hint()
    assert one.hinted(hint) in {name(c) for c in one.choices()}
    assert hint.states > 0
