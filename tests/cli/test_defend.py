"""The defender's side in a terminal."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from sandbox.cli.defend import told
from sandbox.cli.main import main
from sandbox.engine.result import Verdict
from sandbox.protocol.settings import Settings
from sandbox.studies.adaptive import Looked
from sandbox.studies.defending import OPEN_END, Stand


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
        "No longer true: the app still works;",
        "Turned: rs.check_aud=on.",
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


@pytest.mark.slow
def test_how_she_gets_through_is_told_and_changes_with_what_is_turned() -> None:
    said = defended("stolen-token-replay", "DPOP=on", "q", code=1)
    assert "Her way: Mallory reads the log. Mallory sends the token from her own machine." in said
    assert "Her way: Mallory reads the log, and copies the whole request. She sends the same request once more." in said


def test_a_turn_that_turns_nothing_says_so() -> None:
    assert "That is how it was." in defended("missing-aud-replay", "rs.check_aud=off", "q", code=1)


def test_the_list_says_what_its_brackets_mean_and_which_bundles_there_are() -> None:
    said = defended("missing-aud-replay", "l aud", "q", code=1)
    assert "[value]: as it is now." in said
    assert "AUD=on  A bundle: as.stamp_aud=on, client.resource_param=on, rs.check_aud=on." in said


def test_what_was_not_looked_at_to_the_end_does_not_hold_and_says_so() -> None:
    looked = Looked(changes=2, states=9, exhausted=False)
    verdict = Verdict("stalled", "Nobody refused.")
    assert f"  {OPEN_END}" in list(told(Stand(Settings.of("oauth-basic"), "alg-none", verdict, (), looked)))


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
