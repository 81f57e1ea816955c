"""The defender's side in a terminal."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from sandbox.cli.main import main


def defended(id: str, *lines: str, code: int, options: tuple[str, ...] = ()) -> str:
    result = CliRunner().invoke(main, ["play", id, "--defend", *options], input="\n".join(lines) + "\n")
    assert result.exit_code == code, result.output
    return result.stdout


@pytest.mark.slow
def test_a_defence_is_played_until_it_holds() -> None:
    said = defended("missing-aud-replay", "rs.check_aud=on", "b", "AUD=on", code=0)
    for part in (
        "You defend against: A token for accounts opens transactions.",
        "alice:transaction-7 reached the attacker.",
        "But this no longer works:",
        "Taken back.",
        "Transactions refused",
        "No other way within 2 changing moves:",
        "exhausted.",
        "It holds.",
    ):
        assert part in said


@pytest.mark.slow
def test_another_way_is_told_in_full_and_the_game_goes_on() -> None:
    said = defended("token-in-url-log", "q", code=1, options=("--profile", "oauth-basic"))
    assert "Another way: " in said
    assert "It holds." not in said


def test_what_is_typed_is_answered() -> None:
    said = defended("missing-aud-replay", "what", "l aud", "l nothing-has-this", "x=y", "rs.check_aud=maybe", "b", "q", code=1)
    for part in (
        "SWITCH=VALUE or BUNDLE=on turns it.",
        "rs.check_aud=[off]|on",
        "No switch has 'nothing-has-this'",
        "there is no switch 'x'",
        "rs.check_aud has no value 'maybe'",
        "There is nothing to take back.",
    ):
        assert part in said


def test_the_end_of_the_input_ends_the_game() -> None:
    defended("missing-aud-replay", code=1)
