"""A run as a sequence diagram: lifelines, phases, numbered messages, checks, and what the attacker takes.

One pinned drawing for the whole run; stepping through it is a matter of CSS classes: everything of moment 14 has `step s14`, the
band behind it `band s14`, the heading of a phase `aside s12`, after its first moment.  Positions come from `moments` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import graphviz

from sandbox.engine.result import Run
from sandbox.views.diagram.canvas import Canvas
from sandbox.views.diagram.label import Label
from sandbox.views.diagram.layout import exchanges, place, rows
from sandbox.views.diagram.metrics import FINE
from sandbox.views.diagram.plan import NARROW, WIDE, Look, Plan
from sandbox.views.diagram.render import render_all
from sandbox.views.diagram.rows import Heading, Row
from sandbox.views.diagram.slim import slim
from sandbox.views.diagram.style import BAR, PALETTE
from sandbox.views.timeline import Moment, moments

Part = Literal["all", "head", "body"]
SHEETS = (0.85, 1.3)  # height of what a page of paper takes, as a part of its width: the first one below an introduction, and the others

_HALVES: tuple[Part, ...] = ("head", "body")
_VARIABLES = {colour: name for name, colour in PALETTE.items()}


def draw(run: Run, look: Look = WIDE, part: Part = "all") -> graphviz.Digraph:
    """The run as DOT.  `head` and `body` are the two halves that the stepper stacks, so that the header can stay in view."""
    every = moments(run)
    return _drawn(run, every, Plan.of(run, every, look), part)


def sheets(run: Run) -> list[graphviz.Digraph]:
    """The run as DOT in pieces for paper, each at most as tall as a page, with the names of the parties above."""
    every = moments(run)
    plan = Plan.of(run, every, WIDE)
    chunks = list(_chunked(list(rows(run, every, plan)), *(plan.width * part - plan.head for part in SHEETS)))
    return [_sheet(canvas_rows, plan, last=i == len(chunks) - 1) for i, canvas_rows in enumerate(chunks)]


def _chunked(drawn: Sequence[Row], first: float, most: float) -> Iterator[list[Row]]:
    """Rows that fit together on a page; a heading goes with what it is the heading of."""
    chunk: list[Row] = []
    room = first
    for i, row in enumerate(drawn):
        height = row.up + row.down + row.gap
        follows = drawn[i + 1] if isinstance(row, Heading) and i + 1 < len(drawn) else None
        if chunk and height + (follows.up + follows.down if follows else 0) > room:
            yield chunk
            chunk, room = [], most
        chunk.append(row)
        room -= height
    if chunk:
        yield chunk


def _sheet(drawn: Sequence[Row], plan: Plan, *, last: bool) -> graphviz.Digraph:
    canvas, top = Canvas(PALETTE["ink"]), plan.head / 2
    bottom = place(drawn, top + 8)
    _lifelines(canvas, plan, drawn, top, bottom)
    for row in drawn:
        row.draw(canvas, plan)
    _headers(canvas, plan)
    if last:
        _legend(canvas, plan, bottom + 16)
    canvas.graph.attr(bgcolor=PALETTE["bg"])
    return _framed(canvas, plan, -top - 4, bottom + (28 if last else 8))


def drawings(run: Run) -> list[dict[str, object]]:
    """A wide and a narrow picture, each as header and body; the browser takes the widest that is readable.  Raises NoRenderer."""
    every = moments(run)
    plans = [Plan.of(run, every, look) for look in (WIDE, NARROW)]
    svgs = iter(render_all(_drawn(run, every, plan, part) for plan in plans for part in _HALVES))
    return [{"width": round(plan.width)} | {part: slim(next(svgs), _VARIABLES) for part in _HALVES} for plan in plans]


def _drawn(run: Run, every: Sequence[Moment], plan: Plan, part: Part) -> graphviz.Digraph:
    canvas = Canvas(PALETTE["ink"])
    if part == "head":
        _headers(canvas, plan)
        return _framed(canvas, plan, -plan.head / 2 - 1, plan.head / 2 + 2)
    drawn = list(rows(run, every, plan))
    top = plan.head / 2 if part == "all" else 0.0
    bottom = place(drawn, top + 8)
    if part == "body":
        for row in drawn:
            row.band(canvas, plan)
    _lifelines(canvas, plan, drawn, top, bottom)
    for row in drawn:
        row.draw(canvas, plan)
    if part == "body":
        return _framed(canvas, plan, 0, bottom)
    _headers(canvas, plan)
    _legend(canvas, plan, bottom + 16)
    canvas.graph.attr(bgcolor=PALETTE["bg"])
    return _framed(canvas, plan, -top - 4, bottom + 28)


def _lifelines(canvas: Canvas, plan: Plan, drawn: Sequence[Row], top: float, bottom: float) -> None:
    for party in plan.parties:
        colour = PALETTE["danger"] if plan.evil(party) else PALETTE["line"]
        canvas.line(plan.x(party), top, plan.x(party), bottom, colour, "lifeline", pen=1, style="dashed")
    for party, start, end in exchanges(drawn):
        y1, y2 = drawn[start].y - 3, drawn[end].y + 3
        kind = "danger" if plan.evil(party) else "bar"
        fill, border = PALETTE[f"{kind}-fill"], PALETTE["danger" if plan.evil(party) else "bar-line"]
        canvas.box(plan.x(party), (y1 + y2) / 2, 2 * BAR, max(y2 - y1, 6), fill, border, "lifeline", pen=0.9)


def _headers(canvas: Canvas, plan: Plan) -> None:
    for party in plan.parties:
        x, evil, name, about = plan.x(party), plan.evil(party), plan.names[party], plan.about[party]
        fill, border, ink, soft = (
            PALETTE[c] for c in (("danger-fill", "danger", "danger", "danger") if evil else ("head-fill", "head-line", "ink", "soft"))
        )
        canvas.box(x, 0.0, plan.box, plan.head, fill, border, "name", style="filled,rounded", pen=1.3)
        canvas.text(x, -about.height / 2, name, ink, "name")
        if about:
            canvas.text(x, name.height / 2, about, soft, "name")


def _legend(canvas: Canvas, plan: Plan, y: float) -> None:
    """What the lines mean, in one row at the bottom, if there is room."""
    kinds = (("front channel", "front"), ("back channel", "back"), ("internal", "internal"), ("attacker", "danger"))
    entries = [(Label([text], FINE), PALETTE[colour], "dotted" if colour == "internal" else "") for text, colour in kinds]
    width = sum(label.width + 46 for label, _, _ in entries)
    if width > plan.width:
        return
    x = plan.middle - width / 2
    for label, colour, style in entries:
        canvas.line(x, y, x + 24, y, colour, "legend", style=style, arrow="normal")
        canvas.text(x + 28, y, label, PALETTE["soft"], "legend", anchor="start", back=PALETTE["bg"])
        x += label.width + 46


def _framed(canvas: Canvas, plan: Plan, top: float, bottom: float) -> graphviz.Digraph:
    """Points in the corners: the picture is as wide as the plan, whatever is in it."""
    canvas.dot(plan.left, top)
    canvas.dot(plan.right, bottom)
    return canvas.graph
