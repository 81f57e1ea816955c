"""The matrix: which cells there are, that they are what single runs find, and its three faces: JSON, table, page."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from sandbox.cli.matrix import matrix as command
from sandbox.engine import simulation
from sandbox.engine.result import Stop
from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies.matrix import Cell, as_json, cells, row, size
from sandbox.views.html.matrix_page import page
from sandbox.views.outcomes import SIGNS

SOME = sorted(library.attacks(), key=lambda s: not s.limited_by)[:3]  # those with a limit first
CELLS = list(cells(SOME, jobs=1))


def changed(scenario, old, new):
    """A shipped attack with one thing in its text changed."""
    assert old in scenario.source
    return loads(scenario.source.replace(old, new, 1), "changed.yaml", "changed")


@pytest.fixture
def wrong(tmp_path):
    """A file whose first defence is said to work somewhere else."""
    scenario = SOME[0]
    other = next(s.id for s in scenario.steps if s.id != scenario.blocked_by[0].at)
    file = tmp_path / "wrong.yaml"
    file.write_text(re.sub(r"(blocked_by:.*?\bat: )\w+", rf"\g<1>{other}", scenario.source, count=1, flags=re.S))
    return file


def test_every_attack_has_its_profiles_its_own_setting_and_its_claims():
    for scenario in SOME:
        mine = [c for c in CELLS if c.attack == scenario.id]
        assert [c.profile for c in mine if c.kind == "profile"] == list(PROFILES)
        assert [dict(c.switches) for c in mine if c.kind == "defence"] == [dict(d.switches) for d in scenario.blocked_by]
        assert [dict(c.switches) for c in mine if c.kind == "limit"] == [dict(limit.switches) for limit in scenario.limited_by]
        assert [dict(c.switches) for c in mine if c.kind == "myth"] == [dict(m.switches) for m in scenario.myths if m.switches]
        assert len(mine) == size(scenario)


def test_files_say_nothing_about_profiles():
    assert {c.expected for c in CELLS if c.kind == "profile"} == {None}
    assert {c.expected for c in CELLS if c.kind == "defence"} == {"blocked"}
    assert {c.expected for c in CELLS if c.kind == "own"} == {"succeeded"}


def test_a_cell_is_what_a_single_run_finds():
    for cell in CELLS:
        scenario = library.get(cell.attack)
        settings = Settings.of(cell.profile) if cell.kind == "profile" else scenario.settings.at_least(dict(cell.switches))
        run = simulation.run(scenario, settings)
        assert cell.counters == run.counters
        if cell.kind != "limit":
            assert (cell.found, cell.blocked_by) == (run.verdict.word, run.verdict.blocked_by)
            assert cell.exposure_seconds == run.verdict.exposure_seconds


def test_a_limit_is_measured_even_where_the_goal_is_not_a_late_use():
    limits = [c for c in CELLS if c.kind == "limit"]
    assert limits
    for cell in limits:
        assert cell.found == "limited"
        assert cell.exposure_seconds is not None


def test_the_claims_of_shipped_attacks_are_true():
    assert [f"{c.attack} {c.named}: {c.fault}" for c in CELLS if c.fault] == []


def test_many_processes_find_the_same_in_the_same_order():
    assert list(cells(SOME, jobs=2)) == CELLS


def test_progress_is_told_after_each_attack():
    told = []
    list(cells(SOME, jobs=1, progress=lambda done, total: told.append((done, total))))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {len(CELLS)}
    assert told[-1] == (len(CELLS), len(CELLS))


def test_without_processes_one_does_it_all(monkeypatch):
    def none(*_args):
        raise OSError("no processes here")

    monkeypatch.setattr("sandbox.studies.matrix.ProcessPoolExecutor", none)
    assert list(cells(SOME, jobs=2)) == CELLS


def test_a_false_place_is_a_fault(wrong):
    cell = next(c for c in row(loads(wrong.read_text(), "wrong.yaml")) if c.kind == "defence")
    assert cell.found == "blocked"
    assert "is claimed" in cell.fault


def test_a_false_window_is_a_fault():
    scenario = next(s for s in SOME if s.limited_by)
    other = changed(scenario, f"window: {scenario.limited_by[0].window}", "window: 7")
    assert next(c for c in row(other) if c.kind == "limit").fault.startswith("a window of 7 s is claimed")


def test_json_has_exactly_these_keys():
    for cell in map(as_json, CELLS):
        where = "profile" if "profile" in cell else "switches"
        assert list(cell) == ["attack", where, "expected", "found", "blocked_by", "exposure_seconds"]
        if cell["blocked_by"] is not None:
            assert list(cell["blocked_by"]) == ["party", "check", "step", "status", "error"]


# ---------------------------------------------------------------- the command


def run(*args):
    return CliRunner().invoke(command, args)


def test_the_command_prints_json():
    result = run("--json", "--jobs", "1", SOME[0].id)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"cells": [as_json(c) for c in CELLS if c.attack == SOME[0].id]}


def test_the_command_prints_a_plain_table():
    result = run("--jobs", "1", *(s.id for s in SOME))
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    for scenario in SOME:
        assert re.search(rf"^{scenario.id} .*✓ \d+$", result.stdout, re.M)
    assert f"{len(CELLS)} runs" in result.stdout


def test_the_command_says_what_differs_and_exits_with_1(wrong):
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


# ---------------------------------------------------------------- the page


def test_the_page_is_self_contained_and_allows_nothing_else():
    text = page(CELLS, SOME)
    assert "default-src 'none'; style-src 'sha256-" in text
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!#)', text)
    assert " style=" not in text
    assert not re.search(r"url\(|@import", text)


def test_the_page_can_be_read_without_colour():
    text = page(CELLS, SOME)
    for cell in CELLS:
        assert f"{SIGNS[cell.found].mark}</i> {SIGNS[cell.found].word}" in text


def test_the_page_escapes_everything():
    evil = "<img src=x onerror=alert(1)>\u202e&amp;\"'"
    scenario = SOME[0].model_copy(update={"title": evil, "story": evil, "lesson": evil, "refs": (evil,), "id": 'x" onclick="a'})
    cell = Cell(
        scenario.id,
        "own",
        "oauth-basic",
        ((evil, evil),),
        "succeeded",
        "blocked",
        Stop(evil, evil, evil, 400, evil),
        5,
        sentence=evil,
        fault=evil,
    )
    text = page([cell], [scenario])
    assert "<img" not in text
    assert 'onclick="a' not in text
    assert "\u202e" not in text
    assert "&lt;img src=x" in text
