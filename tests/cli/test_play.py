"""The command play: a game in a terminal."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from sandbox.cli.main import main
from sandbox.engine.simulation import run
from sandbox.language.loader import load


def played(id: str, *lines: str, code: int):
    result = CliRunner().invoke(main, ["play", id], input="\n".join(lines) + "\n")
    assert result.exit_code == code, result.output
    return result.stdout


def test_a_game_is_played_to_the_end_and_saved(tmp_path) -> None:
    file = tmp_path / "mine.yaml"
    said = played("gateway-decode-only", "h", "3", "3", "h", "4", "2", f"s {file}", code=0)
    assert "You are Mallory." in said
    assert "unsigned, alg none.  (3, then 1)" in said
    assert "You have reached all that there is to reach." in said
    assert run(load(file)).verdict.word == "succeeded"


def test_what_is_typed_is_answered() -> None:
    said = played("code-injection", "x", "99", "b", "k", "s", "s mine.yaml", "1", "b", "2", "no", "q", code=1)
    for part in (
        "A number takes a move.",
        "There is no 99.",
        "There is nothing to take back.",
        "Nothing that you could use.",
        "Write s and the name of a file.",
        "nothing is reached yet",
        "Taken back.",
        "Nothing done.",
    ):
        assert part in said


def test_the_game_says_what_is_sought_what_is_left_and_which_choice_is_asked_for() -> None:
    said = played("code-injection", "1", "2", "1", "4", "3", "5", "k", "7", "q", code=0)
    for part in (
        "To reach: have Budget take whoever sits at Mallory's browser for Alice; read Alice's account-1.",
        "One honest step will happen when you say so.",
        "Nothing of it reaches you.",
        "Which one?  A number; anything else: none of them.",
        "Still to reach: read Alice's account-1.",
    ):
        assert part in said
    assert said.count("You know the address with the code of Alice for Budget") == 1
    assert said.count("\n  the code of Alice for Budget") + said.count(">   the code of Alice for Budget") == 1


def test_the_moves_are_shown_again_only_when_they_changed_or_are_asked_for() -> None:
    shown = [played("code-injection", *lines, code=1).count("Let the others go on") for lines in (("q",), ("k", "x"), ("",), ("1", "b"))]
    assert shown == [1, 1, 2, 3]


def test_a_hint_that_adds_a_move_shows_the_moves_again_with_its_number() -> None:
    said = played("audience-swap", "1", "h", "q", code=1)
    listed, hint = said.split("The story goes on so: ")
    number = listed.rsplit("Let the others go on", 1)[1].split("Mallory copies what the app keeps on the phone.")[0].split()[-1]
    assert f"({number.rstrip('.')})" in hint


def test_her_own_app_is_looked_at_only_once_it_has_a_token() -> None:
    """What cannot be done yet is not offered, and what her own host answers is no news."""
    looks = "Mallory looks at /accounts/imports in her own ConnectSphere app."
    assert looks not in played("csrf-redirect-uri", "", "q", code=1)
    assert looks in played("csrf-redirect-uri", "4", "2", "7", "q", code=1)
    assert "Mallory answers" not in played("refresh-token-theft", "1", "3", "1", "q", code=1)


def test_where_nobody_else_acts_the_game_says_so() -> None:
    assert "Nobody else does anything." in played("alg-none", "q", code=1)


def test_the_end_of_the_input_ends_the_game() -> None:
    assert "Let the others go on" in played("code-injection", code=1)


@pytest.mark.parametrize("words", [("code-pkce",), ("nothing",), ("alg-none", "--set", "x")])
def test_what_cannot_be_played_is_wrong_usage(words: tuple[str, ...]) -> None:
    assert CliRunner().invoke(main, ["play", *words]).exit_code == 2
