"""The matrix as one page: readable without colour, every attack and every claim in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.language.document import TARGETS
from sandbox.protocol.switches import PROFILES
from sandbox.studies.weak_points import shipped
from sandbox.views.html.matrix_page import page, told
from sandbox.views.outcomes import SHOWN, SIGNS
from tests.support.markup import parsed
from tests.support.studied import SOME, some_cells


@pytest.mark.slow
def test_the_page_can_be_read_without_colour():
    text = page(some_cells(), SOME)
    for cell in some_cells():
        assert f"{SIGNS[cell.found].mark}</i> {SIGNS[cell.found].word}" in text


@pytest.mark.slow
def test_each_attack_has_a_row_and_a_section_with_its_claims():
    elements = parsed(page(some_cells(), SOME))
    order = [s.id for target in TARGETS for s in SOME if s.target == target]
    assert [e.attributes["href"] for e in elements if e.tag == "a"] == [f"#{id}" for id in order]
    assert [e.attributes["id"] for e in elements if e.tag == "section" and "id" in e.attributes] == [s.id for s in SOME]
    badges = [e for e in elements if e.attributes.get("class", "").startswith("badge ")]
    weak = sum(map(len, shipped().profiles.values()))
    assert len(badges) == len(SHOWN) + len(some_cells()) + weak, "the legend, each run once, and each weak point"


def test_a_claim_that_is_not_true_is_said_and_counted():
    wrong = [replace(c, fault="found otherwise") if c.kind == "own" else c for c in some_cells()]
    text = page(wrong, SOME)
    assert text.count("✗ found otherwise") == len(SOME)
    assert f"{len(SOME)} of {sum(c.expected is not None for c in some_cells())} claims differ" in text


def test_a_design_that_was_not_run_is_not_invented():
    some = [c for c in some_cells() if c.kind != "profile" or c.profile != "oauth-bcp"]
    assert page(some, SOME).count("<td>not run</td>") == len(SOME)
    assert "not run" not in page(some_cells(), SOME)
    assert len(PROFILES) == 4


def test_under_an_outcome_stands_who_stopped_her():
    stopped = next(c for c in some_cells() if c.blocked_by and c.blocked_by.check)
    assert told(stopped).startswith("This script: ")
    assert told(stopped).endswith(f", {stopped.blocked_by.check.replace('_', ' ')}")
