"""The five recipes of CONTRIBUTING are true: each is done in a copy of the project, just as it stands there, and its result is used."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.paths import ROOT

GUIDE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
STEP = re.compile(r"^(A new file, )?`([^`]+)`(?:, (?:above `([^`]+)`|at the end))?:\n\n```\w+\n(.*?)```$", re.MULTILINE | re.DOTALL)

FRESH = """
title: A token ages
story: The app calls twice with one token.
lesson: A token need not live until it expires.
refs: [RFC 7519 §4.1.6]
setting: {profile: oauth-bcp, switches: {rs.fresh: on}}
steps:
  - {id: login, do: app.sign_in, with: {browser: laptop}, say: Alice signs in.}
  - {id: young, do: app.call_api, with: {browser: laptop, api: accounts, path: /accounts}, say: The app asks., expect: {status: 200}}
  - {id: pause, do: clock.wait, with: {seconds: 120}, say: Two minutes pass.}
  - {id: old, do: app.call_api, with: {browser: laptop, api: accounts, path: /accounts}, say: It asks again., expect: {status: 401}}
"""
LOCKED = """
title: Locked out
story: The operator locks Alice out.
lesson: Whoever is locked out cannot sign in.
refs: [RFC 6749 §1]
setting: {profile: oauth-basic}
steps:
  - {id: lock, do: admin.lock, with: {user: alice}, say: The operator locks Alice out., expect: {status: 204}}
"""


class Step(NamedTuple):
    """What a recipe adds to a file: a whole new one, lines above the line that has the text `above`, or lines at the end."""

    new: str
    path: str
    above: str
    code: str

    def take(self, tree: Path) -> None:
        file = tree / self.path
        if self.new:
            assert not file.exists(), f"CONTRIBUTING says that {self.path} is new"
            file.write_text(self.code, encoding="utf-8")
            return
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        at = len(lines)
        if self.above:
            places = [number for number, line in enumerate(lines) if self.above in line]
            assert len(places) == 1, f"CONTRIBUTING says: above `{self.above}`, which stands {len(places)} times in {self.path}"
            at = places[0]
        indent = re.match(" *", lines[at] if self.above else "")
        assert indent is not None
        new = [indent[0] + line if line.strip() else line for line in self.code.splitlines(keepends=True)]
        file.write_text("".join([*lines[:at], *new, *lines[at:]]), encoding="utf-8")


def recipe(name: str) -> list[Step]:
    """The steps of the recipe whose heading begins like this."""
    section = re.split(r"^##", GUIDE.partition(f"\n### {name}")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return [Step(*found) for found in STEP.findall(section)]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the product."""
    for folder in ("sandbox", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def python(tree: Path, *words: str) -> str:
    """What Python says there; the test fails if it fails."""
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *words], cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sandbox(tree: Path, *words: str) -> str:
    return python(tree, "-m", "sandbox", *words)


def follow(tree: Path, *names: str) -> None:
    for step in [step for name in names for step in recipe(name)]:
        step.take(tree)


@pytest.mark.parametrize(
    ("name", "files"),
    [("A new attack", 1), ("A new check", 1), ("A new defence", 4), ("A new verb", 1), ("A new page", 1)],
)
def test_a_recipe_touches_as_few_files_as_it_says(name: str, files: int) -> None:
    steps = recipe(name)
    assert len({step.path for step in steps}) == files
    assert len([step for step in steps if step.new]) == (name in ("A new attack", "A new page"))


def test_make_knows_what_the_guide_names() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`make (\w+)", GUIDE))
    assert len(targets) > 6
    assert [target for target in sorted(targets) if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


@pytest.mark.slow
def test_a_new_attack_is_a_file_whose_claims_are_true(tree: Path) -> None:
    follow(tree, "A new attack")
    path = recipe("A new attack")[0].path
    assert Path(path).stem in sandbox(tree, "list")
    assert "claims are true" in sandbox(tree, "check", path)


@pytest.mark.slow
def test_a_new_check_is_an_entry(tree: Path) -> None:
    follow(tree, "A new check")
    attack = (ROOT / "scenarios" / "attacks" / "alg-none.yaml").read_text(encoding="utf-8")
    (tree / "aged.yaml").write_text(attack.replace("accounts.algorithm", "accounts.freshness"), encoding="utf-8")
    assert "freshness" in python(tree, "-c", "from sandbox.language.loader import load; print(load('aged.yaml').blocked_by)")


@pytest.mark.slow
def test_a_new_defence_is_at_work_and_asked_for(tree: Path) -> None:
    follow(tree, "A new check", "A new defence")
    (tree / "fresh.yaml").write_text(FRESH, encoding="utf-8")
    assert "rs.fresh" in sandbox(tree, "switches")
    assert "claims are true" in sandbox(tree, "check", "fresh.yaml")
    events = json.loads(sandbox(tree, "run", "fresh.yaml", "--json"))["events"]
    assert {event["outcome"] for event in events if event.get("check") == "freshness"} == {"pass", "fail"}
    asked = "from sandbox.studies import questions; print([a.switches for q in questions.shipped().questions for a in q.answers])"
    assert "rs.fresh" in python(tree, "-c", asked)


@pytest.mark.slow
def test_a_new_verb_is_documented_and_done(tree: Path) -> None:
    follow(tree, "A new verb")
    (tree / "locked.yaml").write_text(LOCKED, encoding="utf-8")
    assert "The operator locks somebody out." in sandbox(tree, "verbs")
    assert '"admin.lock"' in sandbox(tree, "schema")
    assert "claims are true" in sandbox(tree, "check", "locked.yaml")


@pytest.mark.slow
def test_a_new_page_is_in_the_navigation(tree: Path) -> None:
    follow(tree, "A new page")
    shown = """
from streamlit.testing.v1 import AppTest
from sandbox.app.launcher import SCRIPT
at = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
print([page["page_name"] for page in at._registered_pages.values()])
at._page_hash = next(hash for hash, page in at._registered_pages.items() if page["url_pathname"] == "checks")
at.run()
assert not at.exception
print(*[element.proto.body for element in at.get("html")])
"""
    said = python(tree, "-c", shown)
    assert "'Token lab', 'Checks', 'Workshop'" in said
    assert "<b>audience</b>" in said
