"""A run as a sequence diagram for files and paper: lifelines, phases, numbered messages, checks, and what the attacker takes.

One pinned drawing for the whole run, or several that fit on pages.  In SVG everything of moment 14 has the class `step s14`, and the
heading of a phase `aside s12`, after its first moment.  Positions come from `moments` alone.  What the page shows is views/stepper/.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import graphviz

from sandbox.engine.result import Run
from sandbox.views.diagram.canvas import Canvas
from sandbox.views.diagram.label import Label
from sandbox.views.diagram.layout import exchanges, place, rows
from sandbox.views.diagram.metrics import FINE
from sandbox.views.diagram.plan import Plan
from sandbox.views.diagram.rows import Heading, Row
from sandbox.views.diagram.style import BAR, PALETTE
from sandbox.views.timeline import moments

SHEETS = (0.85, 1.3)  # height of what a page of paper takes, as a part of its width: the first one below an introduction, and the others


def draw(run: Run) -> graphviz.Digraph:
    """The run as DOT, in one piece."""
    every = moments(run)
    plan = Plan.of(run, every)
    return _drawn(list(rows(run, every, plan)), plan, last=True)


def sheets(run: Run) -> list[graphviz.Digraph]:
    """The run as DOT in pieces for paper, each at most as tall as a page, with the names of the parties above."""
    every = moments(run)
    plan = Plan.of(run, every)
    chunks = list(_chunked(list(rows(run, every, plan)), *(plan.width * part - plan.head for part in SHEETS)))
    return [_drawn(canvas_rows, plan, last=i == len(chunks) - 1) for i, canvas_rows in enumerate(chunks)]


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


def _drawn(drawn: Sequence[Row], plan: Plan, *, last: bool) -> graphviz.Digraph:
    """Rows below the names of the parties; the last of a run have the legend below them."""
    canvas, top = Canvas(PALETTE["ink"]), plan.head / 2
    bottom = place(drawn, top + 8)
    lifelines(canvas, plan, drawn, top, bottom)
    for row in drawn:
        row.draw(canvas, plan)
    headers(canvas, plan)
    if last:
        _legend(canvas, plan, bottom + 16)
    canvas.graph.attr(bgcolor=PALETTE["bg"])
    return _framed(canvas, plan, -top - 4, bottom + (28 if last else 8))


def lifelines(canvas: Canvas, plan: Plan, drawn: Sequence[Row], top: float, bottom: float) -> None:
    """The parties' lines from top to bottom, with bars where an exchange keeps one busy."""
    for party in plan.parties:
        colour = PALETTE["danger"] if plan.evil(party) else PALETTE["line"]
        canvas.line(plan.x(party), top, plan.x(party), bottom, colour, "lifeline", pen=1, style="dashed")
    for party, start, end in exchanges(drawn):
        y1, y2 = drawn[start].y - 3, drawn[end].y + 3
        kind = "danger" if plan.evil(party) else "bar"
        fill, border = PALETTE[f"{kind}-fill"], PALETTE["danger" if plan.evil(party) else "bar-line"]
        canvas.box(plan.x(party), (y1 + y2) / 2, 2 * BAR, max(y2 - y1, 6), fill, border, "lifeline", pen=0.9)


def headers(canvas: Canvas, plan: Plan, y: float = 0.0) -> None:
    """The names of the parties, around this height."""
    for party in plan.parties:
        x, evil, name, about = plan.x(party), plan.evil(party), plan.names[party], plan.about[party]
        fill, border, ink, soft = (
            PALETTE[c] for c in (("danger-fill", "danger", "danger", "danger") if evil else ("head-fill", "head-line", "ink", "soft"))
        )
        canvas.box(x, y, plan.box, plan.head, fill, border, "name", style="filled,rounded", pen=1.3)
        canvas.text(x, y - about.height / 2, name, ink, "name")
        if about:
            canvas.text(x, y + name.height / 2, about, soft, "name")


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
