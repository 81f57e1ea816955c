"""A run as a picture for a link in a messenger: its title, its verdict, and the messages around the moment that decided.

Messengers show 1.91 to 1 and crop everything else, and they show it small: there is room for a handful of rows and four parties.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import graphviz

from sandbox.engine.result import Run
from sandbox.views.diagram.canvas import Canvas
from sandbox.views.diagram.label import label
from sandbox.views.diagram.layout import place, rows
from sandbox.views.diagram.metrics import FINE, PLAIN, Font
from sandbox.views.diagram.plan import Plan
from sandbox.views.diagram.rows import Numbered, Row
from sandbox.views.diagram.sequence import headers, lifelines
from sandbox.views.diagram.style import PALETTE
from sandbox.views.labels import setting_name
from sandbox.views.outcomes import SIGNS
from sandbox.views.stepper.rows import routine
from sandbox.views.timeline import Moment, decisive, moments

WIDTH, HEIGHT, DPI = 600.0, 315.0, 144  # points, and dots per inch: 1200 x 630 pixels
NAME = "OAuth Sandbox"
MOST = 4  # parties
_PIXEL = 72 / DPI
_MARGIN, _SIGN = 18.0, 9.0  # around everything; radius of the verdict's sign
_TITLE, _WORD, _STORY = Font(21, bold=True), Font(14, bold=True), Font(15)
_TONES = {"good": "ok", "bad": "danger", "warn": "edited", "info": "front", "none": "soft"}


def draw(run: Run) -> graphviz.Digraph:
    """The preview as DOT, exactly so large."""
    every = moments(run)
    head = _Head(run)
    shown, plan = _around(run, every, decisive(run), HEIGHT - head.height - 6)
    canvas, left = Canvas(PALETTE["ink"]), plan.middle - WIDTH / 2
    if shown:
        top = head.height + plan.head / 2
        place(shown, top + plan.head / 2 + 6)
        lifelines(canvas, plan, shown, top, HEIGHT - 3 * _PIXEL)
        for row in shown:
            row.draw(canvas, plan)
        headers(canvas, plan, top)
    else:
        story = label(run.scenario.story, WIDTH - 2 * _MARGIN, 4, _STORY)
        canvas.text(left + _MARGIN, (head.height + HEIGHT) / 2, story, PALETTE["soft"], anchor="start")
    head.draw(canvas, left)
    canvas.graph.attr(bgcolor=PALETTE["bg"], pad="0")
    canvas.dot(left, 0)
    canvas.dot(left + WIDTH - _PIXEL, HEIGHT - 3 * _PIXEL)  # what Graphviz adds
    return canvas.graph


class _Head:
    """What stands above the diagram: whose it is, the title, and how it ended."""

    def __init__(self, run: Run) -> None:
        room, self.sign = WIDTH - 2 * _MARGIN, SIGNS[run.verdict.word]
        self.title = label(run.scenario.title, room, 2, _TITLE)
        self.setting = label(setting_name(run.settings, run.scenario.settings), room - 120, 1, FINE)
        self.word = label(self.sign.banner, room, 1, _WORD)
        self.why = label(run.verdict.sentence, room - self.word.width - 3 * _SIGN - 12, 2, PLAIN)
        self.height = 30 + self.title.height + 8 + max(self.word.height, self.why.height) + 10

    def draw(self, canvas: Canvas, left: float) -> None:
        x, y = left + _MARGIN, 18.0
        canvas.text(x, y, label(NAME, 200, 1, Font(10, bold=True)), PALETTE["soft"], anchor="start")
        canvas.text(left + WIDTH - _MARGIN, y, self.setting, PALETTE["soft"], anchor="end")
        y = 30 + self.title.height / 2
        canvas.text(x, y, self.title, PALETTE["ink"], anchor="start")
        y += self.title.height / 2 + 8 + max(self.word.height, self.why.height) / 2
        self._verdict(canvas, x, y)

    def _verdict(self, canvas: Canvas, x: float, y: float) -> None:
        colour = PALETTE[_TONES[self.sign.tone]]
        mark = {"good": canvas.tick, "bad": canvas.cross}.get(self.sign.tone)
        if mark is not None:
            canvas.ring(x + _SIGN, y, 2 * _SIGN, colour, colour)
            mark(x + _SIGN, y, PALETTE["bg"])
        else:
            canvas.disc(x + _SIGN, y, _SIGN, "!" if self.sign.tone == "warn" else "i", colour, PALETTE["badge-ink"])
        x += 2 * _SIGN + 6
        canvas.text(x, y, self.word, colour, anchor="start")
        if self.why:
            canvas.text(x + self.word.width + 12, y, self.why, PALETTE["ink"], anchor="start")


# ---------------------------------------------------------------- the decisive part


def _around(run: Run, every: Sequence[Moment], at: int | None, room: float) -> tuple[list[Row], Plan]:
    """The rows around moment `at` that fit into so many points, with the plan of their parties."""
    fits: tuple[list[Row], Plan] = ([], Plan.among(run, (), WIDTH - 2 * _MARGIN))
    chosen: list[Moment] = []
    for moment in _nearest(every, at, routine(run, every)) if at else ():
        wanted = sorted((*chosen, moment), key=lambda m: m.n)
        plan = Plan.among(run, _between(run, wanted), WIDTH - 2 * _MARGIN)
        drawn: list[Row] = [row for row in rows(run, wanted, plan) if isinstance(row, Numbered)]
        if len(plan.parties) <= MOST and plan.head + 6 + sum(row.up + row.down + row.gap for row in drawn) <= room:
            chosen, fits = wanted, (drawn, plan)
        elif moment.n > (at or 0):
            continue
        else:
            break
    return fits


def _nearest(every: Sequence[Moment], at: int, left_out: frozenset[int]) -> Iterator[Moment]:
    """That moment, what came of it, and then what led to it, backwards."""
    here = every[at - 1]
    yield here
    yield from (m for m in every[at:] if m.step == here.step and m.n not in left_out)
    yield from (m for m in reversed(every[: at - 1]) if m.n not in left_out)


def _between(run: Run, shown: Sequence[Moment]) -> tuple[str, ...]:
    """The parties of these moments, in the order of the run."""
    there = {p for m in shown for p in (m.sender, m.receiver) if p and p != "clock"}
    return (*(p for p in run.parties if p in there), *sorted(there - set(run.parties)))
