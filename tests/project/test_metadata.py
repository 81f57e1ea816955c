"""The distribution: its licence, its version in the changelog, a reason and a lower bound for each dependency."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from sandbox import __version__
from tests.support.paths import ROOT

TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(TEXT)["project"]
DEPENDENCIES = [*PROJECT["dependencies"], *(name for group in PROJECT["optional-dependencies"].values() for name in group)]


def test_the_licence_is_the_one_that_the_metadata_names() -> None:
    assert PROJECT["license"] == "MIT"
    for name in PROJECT["license-files"]:
        assert (ROOT / name).read_text(encoding="utf-8").startswith("MIT License\n\nCopyright (c) ")
    assert PROJECT["authors"][0]["name"] in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_changelog_has_this_version_and_what_is_to_come() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1].startswith(f"{__version__} - ")


@pytest.mark.parametrize("dependency", DEPENDENCIES)
def test_a_dependency_has_a_lower_bound(dependency: str) -> None:
    assert ">=" in dependency, "`make lowest` tests with the lower bounds: write the lowest version that passes"


@pytest.mark.parametrize("dependency", PROJECT["dependencies"])
def test_a_dependency_has_a_reason(dependency: str) -> None:
    line = next(line for line in TEXT.splitlines() if f'"{dependency}"' in line)
    assert re.search(r"# \S", line), f"say beside it what {dependency} is for"


def test_the_package_can_be_run_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "sandbox", "--version"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"oauth-sandbox, version {__version__}\n"
