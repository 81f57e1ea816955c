"""Variants that somebody else might write: each is a file, none needs Python, and every claim in it is tried."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.language.loader import load
from sandbox.studies.claims import check
from tests.support.paths import DATA

FILES = sorted((DATA / "variants").glob("*.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_variant_needs_no_python(file):
    false = [f"{c.text} → {c.found}" for c in check(load(file)) if not c.ok]
    assert false == []


def test_there_are_six():
    assert len(FILES) == 6


def test_a_cache_is_measured_as_the_window_that_it_is():
    scenario = load(next(f for f in FILES if f.stem == "cached-introspection"))
    verdict = simulation.run(scenario).verdict
    assert (verdict.word, verdict.exposure) == ("limited", 299)


def test_swapping_two_steps_swaps_who_is_locked_out():
    scenario = load(next(f for f in FILES if f.stem == "order-swapped"))
    run = simulation.run(scenario, scenario.settings.at_least({"as.rt_rotation": "rotate"}))
    assert run.verdict.blocked_by.step == "thief_renews"
