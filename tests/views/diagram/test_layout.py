"""Rows stand below each other, labels clear of symbols, and long text is cut where its room ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from sandbox.engine.result import Run
from sandbox.protocol.cast import CAST
from sandbox.views.diagram.layout import exchanges, place, rows
from sandbox.views.diagram.plan import Plan
from sandbox.views.diagram.rows import Beside, Message, Numbered, Row
from sandbox.views.timeline import moments
from tests.support import sample_runs as samples


def laid(run: Run) -> list[Row]:
    every = moments(run)
    return list(rows(run, every, Plan.of(run, every)))


def messages(laid_out: list[Row]) -> Iterator[Message]:
    return (row for row in laid_out if isinstance(row, Message))


def test_no_row_reaches_into_the_next() -> None:
    every = laid(samples.crowded())
    bottom = place(every, 10)
    assert all(above.y + above.down <= below.y - below.up for above, below in pairwise(every))
    assert every[0].y - every[0].up == pytest.approx(10)
    assert bottom >= every[-1].y + every[-1].down


def test_every_moment_has_a_row() -> None:
    run = samples.blocked()
    assert [row.moment.n for row in laid(run) if isinstance(row, Numbered)] == [m.n for m in moments(run)]


def test_a_party_is_busy_from_request_to_answer() -> None:
    every = laid(samples.completed())
    place(every, 0)
    for party, start, end in exchanges(every):
        assert isinstance(every[start], Message)
        assert isinstance(every[end], Message)
        assert start < end
        assert all(party in row.bars for row in every[start : end + 1])


def test_a_label_that_reaches_a_symbol_is_moved_away_from_it() -> None:
    crowd = tuple(CAST)[:9]
    close = replace(
        samples.noted("a-long-address-of-something"), parties=("laptop", "budget", *(p for p in crowd if p not in ("laptop", "budget")))
    )
    moved = list(messages(laid(close)))
    assert moved
    assert all(row.lift > 0 for row in moved if row.label.width > 125)
    assert all(row.lift == 0 for row in messages(laid(samples.completed())) if row.label.width < 60)


def test_parameters_are_left_out_whole_and_the_last_says_so() -> None:
    small = [row.small.lines[0] for row in messages(laid(samples.completed())) if row.small]
    assert any(line.endswith("…") for line in small)
    assert all(len(row.small.lines) <= 1 for row in messages(laid(samples.completed())))


def test_what_stands_at_the_last_lifeline_is_told_left_of_it() -> None:
    beside = [row for row in laid(samples.completed()) if isinstance(row, Beside)]
    assert {row.way for row in beside if row.moment.sender == "accounts"} == {-1}
    assert {row.way for row in beside if row.moment.sender == "budget"} == {1}
