"""The command audit: JSON, words, files, and its exit code."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sandbox.cli.audit import audit as command
from sandbox.studies import questions
from sandbox.studies.audit import as_json
from tests.support.studied import ANSWERS, answered


def run(*args):
    return CliRunner().invoke(command, args)


def test_the_command_prints_json_and_fails_if_an_attack_succeeds():
    result = run("--json", "--answers", questions.written(ANSWERS))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == as_json(answered())


def test_the_command_takes_switches_and_prints_words():
    result = run("--profile", "naive-jwt", "--set", "AUD=on")
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
    assert "On Monday" in result.stdout
    assert "☑ Keep tokens" not in result.stdout


@pytest.mark.slow
def test_the_command_is_content_with_the_best_profile():
    result = run("--profile", "oauth-bcp")
    assert result.exit_code == 0
    assert "Nothing has to be changed" in result.stdout


@pytest.mark.slow
def test_the_command_writes_files(tmp_path):
    file = tmp_path / "a.html"
    assert run("--profile", "oauth-bcp", "--html", str(file)).stdout == ""
    assert file.read_text().startswith("<!doctype html>")
    assert run("--profile", "oauth-bcp", "--markdown").stdout.startswith("# 0 of ")


@pytest.mark.parametrize(
    "args",
    [
        ["--set", "x"],
        ["--set", "rs.check_aud=maybe"],
        ["--profile", "none"],
        ["--answers", "a-b"],
        ["--answers", "", "--profile", "oauth-bcp"],
    ],
)
def test_the_command_refuses_what_does_not_exist(args):
    result = run(*args)
    assert result.exit_code == 2
    assert result.stderr.startswith("oauth-sandbox: ")
