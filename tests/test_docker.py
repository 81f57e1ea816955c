"""The Dockerfile says what exists: its files, its command, its user, its health check.  No image is built here."""

from __future__ import annotations

import json
import re

from click.testing import CliRunner
from serving import ROOT

from sandbox.cli import main

LINES = (ROOT / ".docker" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
IGNORE = (ROOT / ".docker" / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()


def test_what_is_copied_is_there_and_not_ignored() -> None:
    for line in re.findall(r"^COPY (?!--from)(.*)$", LINES, re.MULTILINE):
        for name in line.split()[:-1]:
            assert (ROOT / name).exists(), name
            assert f"!{name}" in IGNORE


def test_the_command_is_one_of_ours_and_its_port_is_exposed() -> None:
    command = json.loads(re.findall(r"^CMD (.*)$", LINES, re.MULTILINE)[0])
    assert command[0] == "oauth-sandbox"
    assert f"EXPOSE {command[command.index('--port') + 1]}" in LINES
    assert CliRunner().invoke(main, [*command[1:], "--help"]).exit_code == 0


def test_it_runs_as_an_ordinary_user_and_says_whether_it_is_well() -> None:
    assert re.search(r"^USER (?!root)\w+$", LINES, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*/_stcore/health", LINES, re.MULTILINE)
