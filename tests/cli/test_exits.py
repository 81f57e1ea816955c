"""The exit codes of all commands: one table, in the README as it is here, and each cell tried."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from sandbox.cli import exits
from sandbox.cli.main import main
from sandbox.engine.result import SEVERITY
from sandbox.language import library
from tests.support.paths import ROOT
from tests.support.reality import jwt
from tests.support.studied import answered

README = (ROOT / "README.md").read_text(encoding="utf-8")
ATTACK = "alg-none"
FALSE = "broken-claim.yaml"
EXAMPLES: dict[str, dict[int, str]] = {
    "run": {0: f"run {ATTACK}", 1: f"run {ATTACK} --expect blocked", 2: "run nothing"},
    "check": {0: "check control-mobile", 1: f"check {FALSE}", 2: "check nothing"},
    "matrix": {0: f"matrix {ATTACK} --jobs 1", 1: f"matrix {FALSE} --jobs 1", 2: "matrix nothing"},
    "audit": {0: "audit --fail-on denied", 1: "audit", 2: "audit --profile nothing"},
    "search": {
        0: f"search --like {ATTACK} --profile oauth-bcp --changes 0 --seconds 60",
        1: f"search --like {ATTACK}",
        2: "search --profile nothing",
        3: "search --like code-injection --profile oauth-bcp --changes 6 --seconds 0.1",
    },
    "play": {0: "play gateway-decode-only", 1: f"play {ATTACK}", 2: "play nothing"},
    "serve": {0: "serve --port 0", 1: "serve --port {busy}", 2: "serve --profile nothing"},
    "workshop": {0: "workshop playlist.yaml --out out", 2: f"workshop {FALSE}.txt --out out"},
    "inspect": {0: "inspect token.txt", 1: "inspect token.txt --fail-on bad", 2: "inspect playlist.yaml"},
    "mask": {0: "mask token.txt", 2: "mask nothing.har"},
    "show": {0: f"show {ATTACK}", 2: "show nothing"},
    "words": {0: "words state", 2: "words nothing-like-it"},
} | {command: {0: command, 2: f"{command} --nothing"} for command in ("list", "switches", "verbs", "schema", "howto")}

INPUT = {"play gateway-decode-only": "3\n3\n4\n2\nq\n"}  # what is typed


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files, where audits are made already and servers stop at once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sandbox.cli.audit._run", lambda system: answered())
    monkeypatch.setattr("sandbox.serve.listen.serve", lambda *_: None)
    source = library.get(ATTACK).source
    assert "answer: 401 invalid_token" in source
    (tmp_path / FALSE).write_text(source.replace("answer: 401 invalid_token", "answer: 403 invalid_token"), encoding="utf-8")
    (tmp_path / "token.txt").write_text(jwt({"iss": "https://id.example", "aud": "api", "email": "bob@globex.example"}), encoding="utf-8")
    (tmp_path / "playlist.yaml").write_text("title: W\nitems: [{scenario: control-mobile}]\n", encoding="utf-8")
    return tmp_path


def typed(words: str) -> Result:
    return CliRunner().invoke(main, words.split(), input=INPUT.get(words))


@pytest.mark.slow
@pytest.mark.parametrize(("command", "code"), [(command, code) for command, codes in exits.EXITS.items() for code in codes])
def test_each_exit_code_of_the_table_is_what_the_command_gives(command: str, code: int, place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = typed(EXAMPLES[command][code].replace("{busy}", str(taken.getsockname()[1])))
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit | None), "an exit code comes of a decision, not of an exception"


def test_the_readme_has_the_table() -> None:
    part = README.partition("### Exit codes\n\n")[2].partition("\n\n")[0]
    assert part == "\n".join(exits.rows()), "print `sandbox.cli.exits.rows()` into the README"


def test_every_command_is_in_the_table_and_says_it_in_its_help() -> None:
    assert set(exits.EXITS) == set(main.commands)
    for name, command in main.commands.items():
        said = " ".join(command.get_help(click.Context(command, info_name=name)).split())
        assert exits.words(name) in said


# ---------------------------------------------------------------- run --expect


@pytest.mark.parametrize("word", SEVERITY)
def test_each_word_of_a_verdict_can_be_expected(word: str) -> None:
    result = typed(f"run {ATTACK} --expect {word} --json")
    assert result.exit_code == (0 if word == "succeeded" else 1)
    assert result.stderr == ("" if word == "succeeded" else f"oauth-sandbox: expected {word}, found succeeded\n")


def test_a_flow_is_expected_to_complete() -> None:
    assert typed("run code-pkce --expect completed").exit_code == 0


@pytest.mark.parametrize("word", ["blokced", "BLOCKED", "", "x" * 300])
def test_a_word_that_no_verdict_is_is_refused(word: str) -> None:
    result = CliRunner().invoke(main, ["run", ATTACK, "--expect", word])
    assert result.exit_code == 2
    assert "it is one of succeeded, limited" in result.stderr


def test_an_edit_that_could_not_be_made_is_not_what_was_expected() -> None:
    result = typed("run code-pkce --expect completed --edit 999~host~x")
    assert result.exit_code == 1
    assert result.stderr.endswith("oauth-sandbox: completed as expected, but not every edit was made\n")
    assert typed("run code-pkce --edit 999~host~x").exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("run code-pkce --json", "events"),
        (f"matrix {ATTACK} --jobs 1 --json", "cells"),
        ("audit --json", "attacks"),
        (f"search --like {ATTACK} --json", "found"),
        ("list --json", "scenarios"),
        ("switches --json", "switches"),
        ("verbs --json", "verbs"),
        ("words --json", "words"),
    ],
)
def test_all_json_names_its_format(words: str, key: str, place: Path) -> None:
    said = json.loads(typed(words).stdout)
    assert said["format"] == 2
    assert said[key]
