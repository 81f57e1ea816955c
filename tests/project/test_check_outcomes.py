"""Every check passes and fails in some test: what tells so at the end of a whole run, and what the shipped scenarios owe of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.engine import player
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.checks import CHECKS, Check
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.protocol.trace import Checked, of
from tests.support.check_outcomes import RULE, gaps
from tests.support.paths import PACKAGE, ROOT

EVERYTHING = {(check.name, outcome) for check in CHECKS.values() for outcome in check.outcomes}


# ---------------------------------------------------------------- at the end of a whole run


def test_nothing_is_missing_where_each_row_is_what_was_heard() -> None:
    assert list(gaps(EVERYTHING, CHECKS)) == []


def test_a_check_that_nobody_performs_is_named_with_its_cure() -> None:
    more = CHECKS | {"token_age": Check("token_age", "The token must be young.", "RFC 7519 §4.1.6")}
    assert list(gaps(EVERYTHING, more)) == [
        "- token_age: no party performs it; perform it, and test that it passes and fails, or remove its row"
    ]


def test_one_outcome_is_not_enough() -> None:
    assert [line.partition(";")[0] for line in gaps(EVERYTHING - {("audience", "fail")}, CHECKS)] == ["- audience: never fails"]
    assert [line.partition(";")[0] for line in gaps(EVERYTHING - {("audience", "pass")}, CHECKS)] == ["- audience: never passes"]


def test_a_row_that_says_less_than_what_is_recorded_is_wrong() -> None:
    assert list(gaps(EVERYTHING | {("zone", "pass")}, CHECKS)) == [
        "- zone: its row says that `pass` is never recorded, and it is; correct the row"
    ]
    assert [line.partition(";")[0] for line in gaps(EVERYTHING | {("zoen", "fail")}, CHECKS)] == ["- zoen: is performed, but has no row"]


CONFTEST = """
from sandbox.protocol.checks import REPAIRS, Check
from tests.support.check_outcomes import CheckOutcomes

ROWS = (Check("password", "S.", "R"), Check("account_active", "S.", "R", REPAIRS), Check("token_age", "S.", "R"))

def pytest_configure(config):
    outcomes = CheckOutcomes({check.name: check for check in ROWS})
    outcomes.listen()
    config.pluginmanager.register(outcomes)
"""
TEST = """
from sandbox.core.wire import json_request
from sandbox.protocol.checks import Checklist
from sandbox.protocol.trace import Trace
from tests.support.worlds import world

def test_it():
    w = world("naive-jwt")
    password = w.people.users["alice"].password + {wrong!r}
    w.net.deliver(json_request("POST", w.issuer.issuer + "/login", {"username": "alice", "password": password}), "laptop")
    Checklist(Trace(), "nobody").test("token_age", True, "a test that makes up a record", "is not heard")
"""


def small_suite(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Two tests, in one of which a password is right."""
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = small\n", encoding="utf-8")
    (folder / "small").mkdir(exist_ok=True)
    (folder / "small" / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    for name in ("right", "wrong"):
        (folder / "small" / f"test_{name}.py").write_text(TEST.replace("{wrong!r}", repr("" if name == "right" else "x")), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_what_two_workers_heard_is_put_together_and_a_gap_fails_the_run(tmp_path: Path) -> None:
    done = small_suite(tmp_path, "-n", "2", "--dist", "loadfile")
    assert done.returncode == 1, done.stdout + done.stderr
    assert RULE in done.stdout
    assert re.findall(r"^- (\w+): ([\w ]+)", done.stdout, re.M) == [("token_age", "no party performs it")]


@pytest.mark.slow
def test_nothing_is_demanded_of_a_part_of_the_suite(tmp_path: Path) -> None:
    for part in (["-k", "right"], ["small/test_right.py"]):
        done = small_suite(tmp_path, *part)
        assert (done.returncode, RULE in done.stdout) == (0, False), done.stdout + done.stderr


# ---------------------------------------------------------------- what the shipped scenarios owe


def shown(scenario: Scenario) -> set[tuple[str, str]]:
    """The outcomes of checks in the file's own setting, in each profile and with each defence that it names."""
    settings = [scenario.settings, *map(Settings.of, PROFILES), *(scenario.settings.at_least(d.switches) for d in scenario.blocked_by)]
    found = set()
    for where in settings:
        if where.lacks(scenario.needs) is None:
            found |= {(e.check, e.outcome) for e in of(player.play(Case(scenario, where)).events, Checked)}
    return found


@pytest.mark.slow
def test_a_check_that_a_lesson_names_passes_and_fails_in_a_shipped_scenario() -> None:
    """Whoever reads `by: accounts.audience` must be able to see that check say yes, too."""
    scenarios = [library.get(ident) for ident in library.ids()]
    named = {place.by.partition(".")[2] for s in scenarios for d in s.blocked_by for place in (d, *d.also) if place.by}
    seen = set().union(*map(shown, scenarios))
    missing = sorted(f"{check}: {outcome}" for check in named for outcome in CHECKS[check].outcomes if (check, outcome) not in seen)
    assert not missing, f"no shipped scenario shows these checks with this outcome: {missing}; add a scenario, or a step to one"


def test_only_a_checklist_records_checks() -> None:
    """So that no outcome goes by those who listen."""
    files = [str(p.relative_to(PACKAGE)) for p in PACKAGE.rglob("*.py") if re.search(r"add\(\s*Checked\b", p.read_text(encoding="utf-8"))]
    assert files == ["protocol/checks.py"], "record a check with Checklist.test or Checklist.skip"
