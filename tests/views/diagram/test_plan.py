"""Where lifelines stand, and what their heads say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.engine.result import Run
from sandbox.protocol.cast import CAST, title
from sandbox.views.diagram.metrics import measure
from sandbox.views.diagram.plan import Plan
from sandbox.views.timeline import moments
from tests.support import sample_runs as samples


def plan(run: Run) -> Plan:
    return Plan.of(run, moments(run))


def test_few_lifelines_stand_apart_and_many_stay_close_enough_for_a_page() -> None:
    few, many = plan(replace(samples.nothing(), parties=("laptop", "budget"))), plan(samples.crowded())
    assert (len(few.parties), len(many.parties)) == (2, 9)
    assert many.spacing < few.spacing < 200
    assert many.width * 0.6 < 680, "a page of A4 has about 680 pixels between its margins, and 0.6 of 11 is the smallest text"


def test_a_party_that_the_run_did_not_announce_gets_a_lifeline() -> None:
    run = replace(samples.blocked(), parties=("laptop",))
    assert set(plan(run).parties) == {"laptop", "budget", "auth", "accounts", "transactions", "mallory"}


@pytest.mark.parametrize("count", [1, 4, 6, 9])
def test_names_are_whole_and_fit_their_boxes(count: int) -> None:
    members = tuple(CAST)
    for start in range(0, len(members) - count, 3):
        here = plan(replace(samples.nothing(), parties=members[start : start + count]))
        for party, name in here.names.items():
            assert name.width <= here.box
            assert " ".join(name.lines) == title(party), "no word is broken, nothing is cut"


def test_what_a_party_is_stands_whole_below_its_name() -> None:
    about = plan(samples.blocked()).about["budget"]
    assert " ".join(about.lines) == CAST["budget"].about


def test_the_heads_are_as_high_as_the_longest_text() -> None:
    wide = plan(samples.blocked())
    assert all(wide.names[p].height + wide.about[p].height < wide.head for p in wide.parties)


def test_a_label_stays_inside_the_picture() -> None:
    wide = plan(samples.blocked())
    assert wide.inside(wide.left, 100) == wide.left + 53
    assert wide.inside(wide.right + 999, 100) == wide.right - 53
    assert wide.inside(wide.middle, 10 * wide.width) == wide.middle
    assert measure("x") > 0
