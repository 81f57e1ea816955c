"""The Dockerfile says what exists: its files, its command, its user, its health check.  No image is built here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib

import pytest
from click.testing import CliRunner

from sandbox.cli.main import main
from tests.support.paths import ROOT
from tests.support.serving import free_port

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
    assert re.search(r"^HEALTHCHECK ", LINES, re.MULTILINE)


def healthy(port: int) -> bool:
    """What the image's own health check says of an app at that port."""
    command = json.loads(re.findall(r"^HEALTHCHECK .*? CMD (\[.*\])$", LINES, re.MULTILINE)[0])
    assert command[0] == "python"
    return (
        subprocess.run(
            [sys.executable, *(part.replace(":8501/", f":{port}/") for part in command[1:])], capture_output=True, check=False
        ).returncode
        == 0
    )


@pytest.mark.slow
def test_the_health_check_tells_an_app_that_is_well_from_one_that_is_not(app: str) -> None:
    assert healthy(int(app.rpartition(":")[2]))
    assert not healthy(free_port())


def test_all_that_the_build_needs_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    meta, wheel = project["project"], project["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = {name for line in re.findall(r"^COPY (?!--from)(.*)$", LINES, re.MULTILINE) for name in line.split()[:-1]}
    assert copied == {"pyproject.toml", meta["readme"], *meta["license-files"], *wheel["packages"], *wheel["force-include"]}


def test_the_python_of_the_image_is_one_that_we_support() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    least = tuple(map(int, project["project"]["requires-python"].removeprefix(">=").split(".")))
    images = re.findall(r"^FROM python:([\d.]+)-slim", LINES, re.MULTILINE)
    assert len(images) == 2
    assert all(tuple(map(int, image.split("."))) >= least for image in images)
