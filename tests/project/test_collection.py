"""Two processes collect the same tests under the same names; otherwise pytest-xdist runs none of them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.paths import ROOT


def collecting(hash_seed: str, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider", *options, "tests"]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)


def ids(process: subprocess.Popen[str]) -> list[str]:
    lines = process.communicate(timeout=600)[0].splitlines()
    assert process.returncode == 0, "\n".join(lines[-20:])
    return [line for line in lines if "::" in line]


@pytest.mark.slow
def test_another_hash_seed_and_another_time_collect_the_same_tests() -> None:
    """No set decides about their order or their names, no clock and no chance."""
    first, second = collecting("1"), collecting("4242", "-p", "tests.tools.shifted_clock")
    one, other = ids(first), ids(second)
    assert len(one) > 1000
    assert one == other
