"""Another process collects the same tests under the same names; otherwise pytest-xdist runs none of them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.effort import some
from tests.support.paths import ROOT


def collected_elsewhere(*asked: str) -> list[str]:
    """The ids of the tests that were asked for, as a process with another hash seed and another time finds them."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "--quiet",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.tools.shifted_clock",
        *asked,
    ]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "4242"}, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    return [line for line in done.stdout.splitlines() if "::" in line]


@pytest.mark.slow
def test_another_hash_seed_and_another_time_collect_the_same_tests(request: pytest.FixtureRequest) -> None:
    """No set decides about their order or their names, no clock and no chance: compared are the tests of this run, of a part of its files."""
    files = some(list(dict.fromkeys(item.nodeid.split("::")[0] for item in request.session.items)), 60)
    here = [item.nodeid for item in request.session.items if item.nodeid.split("::")[0] in files]
    there = collected_elsewhere(*files)
    chosen = set(here)  # of a file only some may have been asked for
    assert [id for id in there if id in chosen] == here
