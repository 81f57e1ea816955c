"""The matrix: which cells there are, and that they are what single runs find."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.studies.matrix import as_json, cells, row, size
from tests.support.studied import SOME, WRONG, some_cells

pytestmark = pytest.mark.slow


def changed(scenario, old, new):
    """A shipped attack with one thing in its text changed."""
    assert old in scenario.source
    return loads(scenario.source.replace(old, new, 1), "changed.yaml", "changed")


def test_every_attack_has_its_profiles_its_own_setting_and_its_claims():
    for scenario in SOME:
        mine = [c for c in some_cells() if c.attack == scenario.id]
        assert [c.profile for c in mine if c.kind == "profile"] == list(PROFILES)
        assert [dict(c.switches) for c in mine if c.kind == "defence"] == [dict(d.switches) for d in scenario.blocked_by]
        assert [dict(c.switches) for c in mine if c.kind == "limit"] == [dict(limit.switches) for limit in scenario.limited_by]
        assert [dict(c.switches) for c in mine if c.kind == "myth"] == [dict(m.switches) for m in scenario.myths if m.switches]
        assert len(mine) == size(scenario)


def test_files_say_nothing_about_profiles():
    assert {c.expected for c in some_cells() if c.kind == "profile"} == {None}
    assert {c.expected for c in some_cells() if c.kind == "defence"} == {"blocked"}
    assert {c.expected for c in some_cells() if c.kind == "own"} == {"succeeded"}


def test_a_cell_is_what_a_single_run_finds():
    for cell in some_cells():
        scenario = library.get(cell.attack)
        settings = Settings.of(cell.profile) if cell.kind == "profile" else scenario.settings.at_least(dict(cell.switches))
        run = simulation.run(library.get(cell.way or cell.attack), settings)
        assert cell.counters == simulation.run(scenario, settings).counters
        if cell.kind != "limit":
            assert (cell.found, cell.blocked_by) == (run.verdict.word, run.verdict.blocked_by)
            assert cell.exposure == run.verdict.exposure


def test_a_limit_is_measured_even_where_the_goal_is_not_a_late_use():
    limits = [c for c in some_cells() if c.kind == "limit"]
    assert limits
    for cell in limits:
        assert cell.found == "limited"
        assert cell.exposure is not None


def test_the_claims_of_shipped_attacks_are_true():
    assert [f"{c.attack} {c.named}: {c.fault}" for c in some_cells() if c.fault] == []


def test_many_processes_find_the_same_in_the_same_order():
    assert list(cells(SOME, jobs=2)) == some_cells()


def test_progress_is_told_after_each_attack():
    told = []
    list(cells(SOME, jobs=1, progress=lambda done, total: told.append((done, total))))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {len(some_cells())}
    assert told[-1] == (len(some_cells()), len(some_cells()))


def test_without_processes_one_does_it_all(monkeypatch):
    def none(*_args):
        raise OSError("no processes here")

    monkeypatch.setattr("sandbox.studies.matrix.ProcessPoolExecutor", none)
    assert list(cells(SOME, jobs=2)) == some_cells()


def test_a_false_place_is_a_fault():
    cell = next(c for c in row(loads(WRONG, "wrong.yaml")) if c.kind == "defence")
    assert cell.found == "blocked"
    assert "is claimed" in cell.fault


def test_a_false_window_is_a_fault():
    scenario = next(s for s in SOME if s.limited_by)
    other = changed(scenario, f"window: {scenario.limited_by[0].exposure}", "window: 7")
    assert next(c for c in row(other) if c.kind == "limit").fault.startswith("an exposure of 7 s is claimed")


def test_json_has_exactly_these_keys():
    for cell in map(as_json, some_cells()):
        where = "profile" if "profile" in cell else "switches"
        assert list(cell) == ["attack", where, "expected", "found", "blocked_by", "exposure_seconds", "way", "closed", "rests_on"]
        if cell["blocked_by"] is not None:
            assert list(cell["blocked_by"]) == ["party", "check", "step", "status", "error"]
