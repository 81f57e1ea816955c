"""The command search: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sandbox.cli import search as command
from sandbox.cli.main import main
from sandbox.cli.search import USUAL
from sandbox.core.clock import Stopwatch
from sandbox.engine.simulation import run
from sandbox.language.loader import load
from sandbox.language.powers import KINDS, POWERS

OPEN = ("--like", "stolen-token-replay")
CLOSED = ("--profile", "oauth-bcp", "--set", "client.bff=off", "--goal", "read", "--changes", "0")


def typed(*words: str, code: int):
    result = CliRunner().invoke(main, ["search", *words])
    assert result.exit_code == code, result.output
    return result


def test_a_way_is_printed_step_by_step() -> None:
    said = typed(*OPEN, code=1).stdout
    assert "A way: read alice:account-1 (succeeded" in said
    assert "mallory.read" in said
    assert "A way to each goal." in said


def test_json_is_one_object_with_the_bound() -> None:
    said = json.loads(typed(*OPEN, "--json", code=1).stdout)
    assert set(said) == {"format", "found", "exhausted", "bound", "states", "moves", "seconds", "defects"}
    (way,) = said["found"]
    assert set(way) == {"goal", "verdict", "steps", "seconds", "scenario"}
    assert (said["bound"]["profile"], said["bound"]["powers"]) == ("oauth-basic", ["log.accounts"])


@pytest.mark.slow
def test_none_found_and_exhausted_is_0_and_says_within_what() -> None:
    said = typed(*CLOSED, code=0).stdout
    assert said.startswith(
        "No way within: 0 changing moves, one flow of hers for each client, beside 6 honest steps; powers: account, lures;"
    )
    assert said.rstrip().endswith("s, exhausted.")
    assert "secure" not in said


def test_none_found_and_not_exhausted_is_3() -> None:
    words = ("--profile", "oauth-bcp", "--set", "client.bff=off", "--goal", "read", "--changes", "4", "--seconds", "0.1")
    assert "not exhausted" in typed(*words, code=3).stdout


@pytest.mark.slow
def test_found_is_1_also_where_the_bound_is_not_exhausted(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is up as soon as something is found, whatever the machine."""
    words = (
        *OPEN,
        "--power",
        "lures",
        "--goal",
        "read",
        "--goal",
        "write=alice:transaction-7",
        "--changes",
        "4",
        "--json",
        "--out",
        str(tmp_path),
    )
    found: list[object] = []
    monkeypatch.setattr(command, "file_name", lambda way: found.append(way) or "way")
    monkeypatch.setattr(Stopwatch, "seconds", property(lambda self: 1000.0 if found else 0.0))
    said = json.loads(typed(*words, code=1).stdout)
    assert (len(said["found"]), said["exhausted"]) == (1, False)


@pytest.mark.slow
def test_a_written_file_loads_and_replays(tmp_path) -> None:
    said = typed(*OPEN, "--out", str(tmp_path / "ways"), code=1)
    (file,) = (tmp_path / "ways").iterdir()
    assert f"wrote {file}" in said.stderr
    assert run(load(file)).verdict.word == "succeeded"
    checked = CliRunner().invoke(main, ["check", str(file)])
    assert checked.exit_code == 0, checked.output


@pytest.mark.slow
def test_powers_are_added_to_those_of_the_attack() -> None:
    said = json.loads(typed(*OPEN, "--power", "lures", "--json", code=1).stdout)
    assert said["bound"]["powers"] == ["log.accounts", "lures"]


def test_a_goal_can_be_named_in_full() -> None:
    words = ("--profile", "oauth-basic", "--changes", "0", "--json")
    said = json.loads(typed(*words, "--goal", "session=budget:mallory_browser:alice", "--goal", "late", code=0).stdout)
    assert said["bound"]["goals"] == ["session budget in mallory_browser as alice", "late alice_out"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--power", "log.acounts"), "did you mean 'log.accounts'"),
        (("--like", "code-pkce"), "nobody is after anything in it"),
        (("--like", "nothing"), "there is no scenario"),
        (("--like", "code-injection", "--profile", "naive-jwt"), "code-injection: "),
        (("--set", "rs.dpop"), "SWITCH=VALUE"),
        (("--profile", "none"), "none"),
        (("--goal", "gold"), "--goal gold"),
        (("--goal", "pii"), "say what it is about"),
        (("--goal", "read="), "write what it is about after the =, or leave the = out"),
        (("--goal", "session= "), "write what it is about after the =, or leave the = out"),
        (("--goal", "="), "--goal ="),
        (("--goal", "read=nothing"), "--goal read=nothing"),
        (("--changes", "99"), "--changes"),
    ],
)
def test_what_does_not_exist_is_wrong_usage(words: tuple[str, ...], said: str) -> None:
    assert said in typed(*words, code=2).stderr


def test_the_help_names_a_power_of_each_kind() -> None:
    said = CliRunner().invoke(main, ["search", "--help"]).stdout.replace("\n", " ")
    assert set(USUAL) <= set(POWERS)
    assert [kind for kind in KINDS if not any(word in said for word in KINDS[kind].words)] == []


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "0"])
def test_how_long_to_look_is_a_number_of_seconds(seconds: str) -> None:
    result = CliRunner().invoke(main, ["search", f"--seconds={seconds}"])
    assert result.exit_code == 2
