"""The command matrix: JSON, a table, a page, and what it says of a false claim."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from sandbox.cli.matrix import matrix as command
from sandbox.language import library
from sandbox.studies import basis
from sandbox.studies.matrix import as_json
from tests.support.studied import SOME, WRONG, some_cells

pytestmark = pytest.mark.slow


def run(*args):
    return CliRunner().invoke(command, args)


def test_the_command_prints_json():
    result = run("--json", "--jobs", "1", SOME[0].id)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"format": 2, "cells": [as_json(c) for c in some_cells() if c.attack == SOME[0].id]}


def test_the_command_prints_a_plain_table():
    result = run("--jobs", "1", *(s.id for s in SOME))
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    for scenario in SOME:
        assert re.search(rf"^{scenario.id} .*✓ \d+$", result.stdout, re.M)
    assert f"{len(some_cells())} runs" in result.stdout


def test_the_command_says_what_differs_and_exits_with_1(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(WRONG)
    result = run("--jobs", "1", str(wrong))
    assert result.exit_code == 1
    assert "is claimed" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", ["no-such-attack", library.flows()[0].id])
def test_the_command_refuses_what_is_no_attack(name):
    result = run(name)
    assert result.exit_code == 2
    assert name in result.stderr


def test_the_command_writes_a_page(tmp_path):
    file = tmp_path / "matrix.html"
    result = run("--jobs", "1", "--html", str(file), SOME[0].id)
    assert result.exit_code == 0
    assert file.read_text().startswith("<!doctype html>")
    assert result.stdout == ""


def test_where_an_attack_is_blocked_another_way_is_looked_for() -> None:
    said = json.loads(run("token-in-url-log", "--jobs", "1", "--search", "--json").stdout)
    by_profile = {cell["profile"]: cell for cell in said["cells"] if "profile" in cell}
    assert by_profile["naive-jwt"]["search"]["ways"][0]["scenario"].startswith("title: ")
    assert by_profile["naive-jwt"]["rests_on"].startswith("This script: ")
    assert "Another way: Mallory reads" in by_profile["naive-jwt"]["rests_on"]
    assert by_profile["oauth-bcp"]["rests_on"].endswith("states, exhausted.")
    assert by_profile["oauth-bcp"]["search"] == {
        "changes": 2,
        "states": by_profile["oauth-bcp"]["search"]["states"],
        "exhausted": True,
        "ways": [],
    }
    assert all("search" not in cell for cell in said["cells"] if "profile" not in cell)
    words = run("token-in-url-log", "--jobs", "1", "--search").stdout
    assert "token-in-url-log, naive-jwt: Another way: Mallory reads" in " ".join(words.split())
    assert "exhausted in" in words
    assert f"another way {basis.MARK}" in words
