"""Each row is drawn as its moment is: refused, answered, checked, told beside a lifeline or across all of them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from sandbox.engine.result import Run
from sandbox.views.diagram.layout import place, rows
from sandbox.views.diagram.plan import Plan
from sandbox.views.diagram.render import render
from sandbox.views.diagram.rows import Message
from sandbox.views.diagram.sequence import draw
from sandbox.views.diagram.slim import slim
from sandbox.views.diagram.style import BADGE, BAR, PALETTE, STOP_AT
from sandbox.views.timeline import Moment, moments
from tests.support import sample_runs as samples
from tests.support.pictures import Box, picture


def moment(run: Run, title: str, kind: str = "") -> Moment:
    return next(m for m in moments(run) if m.title.startswith(title) and kind in ("", m.kind))


def shapes(run: Run, m: Moment, kind: str = "") -> list[Box]:
    """What the row of this moment is made of."""
    return [s for s in picture(slim(render(draw(run)))).shapes if s.cls == f"step s{m.n}" and kind in ("", s.kind)]


def styles(run: Run, m: Moment) -> set[str]:
    """The dashes of its lines; '' for a solid one."""
    top = ElementTree.fromstring(slim(render(draw(run))))
    groups = [g for g in top.iter() if g.get("class") == f"step s{m.n}"]
    return {e.get("stroke-dasharray", "") for g in groups for e in g if e.tag.endswith("path")}


def plan(run: Run) -> Plan:
    return Plan.of(run, moments(run))


def test_a_message_that_was_refused_ends_at_a_cross() -> None:
    run = samples.blocked()
    m = next(m for m in moments(run) if m.blocked)
    way = 1 if plan(run).x(m.receiver) > plan(run).x(m.sender) else -1
    middles = {round((s.left + s.right) / 2) for s in shapes(run, m, "ellipse")}
    assert round(plan(run).x(m.receiver) - way * STOP_AT) in middles
    assert not [s for s in shapes(run, m, "polygon") if s.right - s.left < 12], "no arrowhead"


def test_a_message_that_arrives_has_an_arrowhead_at_the_receiver() -> None:
    run = samples.completed()
    m = moment(run, "GET /accounts")
    heads = [s for s in shapes(run, m, "polygon") if s.right - s.left < 12]
    assert [s.right for s in heads] == [pytest.approx(plan(run).x(m.receiver) - BAR, abs=3)]


def test_an_answer_is_dashed_and_a_request_is_not() -> None:
    run = samples.completed()
    assert styles(run, moment(run, "GET /accounts")) == {""}
    assert "" not in styles(run, moment(run, "200", "answer"))


@pytest.mark.parametrize(("make", "outcome"), [(samples.completed, "pass"), (samples.blocked, "fail")])
def test_checks_show_their_outcome_on_the_lifeline(make: object, outcome: str) -> None:
    run = make()  # type: ignore[operator]
    m = next(m for m in moments(run) if m.kind == "checks" and m.outcome == outcome)
    ring = next(s for s in shapes(run, m, "ellipse") if s.left < plan(run).x(m.sender) < s.right)
    svg = slim(render(draw(run)))
    assert (ring.left + ring.right) / 2 == pytest.approx(plan(run).x(m.sender), abs=0.1)
    assert f'fill="{PALETTE["ok-fill" if outcome == "pass" else "danger-fill"]}"' in svg


def test_time_passes_across_all_lifelines() -> None:
    run = samples.blocked()
    m = next(m for m in moments(run) if m.kind == "time")
    assert any(s.left < plan(run).x(plan(run).parties[0]) and s.right > plan(run).x(plan(run).parties[-1]) for s in shapes(run, m))


def test_the_number_of_a_message_stands_outside_its_arrow() -> None:
    run = samples.completed()
    m = moment(run, "GET /accounts")
    way = 1 if plan(run).x(m.receiver) > plan(run).x(m.sender) else -1
    badge = shapes(run, m, "ellipse")[-1]
    assert (badge.left + badge.right) / 2 == pytest.approx(plan(run).x(m.sender) - way * (BAR + BADGE + 1), abs=0.1)


@pytest.mark.slow
def test_a_label_is_moved_only_if_it_would_meet_a_symbol() -> None:
    run = samples.crowded()
    every = list(rows(run, moments(run), plan(run)))
    place(every, 0)
    messages = [row for row in every if isinstance(row, Message)]
    assert all((row.lift > 0) != Message.clears(row.moment, plan(run), row.label) for row in messages)
