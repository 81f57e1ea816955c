"""The workflow on GitHub, which cannot be run here, and the hooks: their form, and that they say what the Makefile and pyproject.toml say."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

from ruamel.yaml import YAML

from tests.support.needs import NEEDS, PROMISED
from tests.support.paths import ROOT

FILE = ROOT / ".github" / "workflows" / "ci.yml"
WORKFLOW = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_github_would_read_it() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_each_target_that_it_makes_is_one() -> None:
    targets = re.findall(r"make (\w+)", " ".join(step.get("run", "") for job in WORKFLOW["jobs"].values() for step in job["steps"]))
    assert {"check", "coverage", "lowest", "wheel"} <= set(targets)
    assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in targets), targets


def test_it_promises_what_the_tests_need() -> None:
    assert sorted(WORKFLOW["jobs"]["test"]["env"][PROMISED].split()) == sorted(NEEDS)


def pythons(job: str) -> list[str]:
    versions: list[str] = WORKFLOW["jobs"][job]["strategy"]["matrix"]["python"]
    return versions


def test_it_begins_with_the_lowest_python_that_we_support() -> None:
    assert [pythons(job)[0] for job in ("test", "lowest")] == [PROJECT["requires-python"].removeprefix(">=")] * 2


def test_each_python_of_a_classifier_is_tested() -> None:
    claimed = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", c)]
    assert claimed
    assert set(claimed) <= set(pythons("test"))


def test_the_hooks_run_what_make_check_runs() -> None:
    """With options of their own: a hook gets the names of files, and puts the format right."""
    hooks = YAML(typ="safe").load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    checks = re.findall(r"@\$\(BIN\)/(.*)", MAKEFILE.partition("\ncheck:")[2].partition("\n\n")[0])
    plain = [re.sub(r" (--\S+|\.)", "", check) for check in checks]
    assert sorted(re.sub(r" --\S+", "", hook["entry"]).removeprefix(".venv/bin/") for hook in hooks) == sorted(plain)
