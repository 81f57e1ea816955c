"""A run as a sequence diagram: lifelines, phases, numbered messages, checks, and what the attacker takes.

One pinned drawing for the whole run; stepping through it is a matter of CSS classes: everything of moment 14 has `step s14`, the
band behind it `band s14`, the heading of a phase `aside s12`, after its first moment.  Positions come from `moments` alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import graphviz

from sandbox.core.memo import memo
from sandbox.core.text import clean
from sandbox.engine.result import Run
from sandbox.protocol.cast import CAST, title
from sandbox.protocol.trace import StepStarted, of
from sandbox.views.diagram.canvas import LINE, SMALL, Canvas, clipped, measure, wrapped
from sandbox.views.diagram.render import NoRenderer, render, slim
from sandbox.views.timeline import LEFT_OUT, Moment, moments

__all__ = ["NARROW", "PALETTE", "WIDE", "Look", "NoRenderer", "draw", "drawings", "render", "slim"]

# Each colour once: slim() turns it into the CSS variable of that name, which has a dark twin in stepper.css.
PALETTE = {
    "bg": "#ffffff", "ink": "#1f2937", "line": "#aab4c3", "head-fill": "#eef2f9", "head-line": "#5b6b8c", "bar-fill": "#dfe7f5",
    "bar-line": "#7b8db0", "front": "#2563eb", "back": "#475569", "internal": "#7c8aa0", "danger": "#dc2626", "danger-fill": "#fde8e8",
    "ok": "#15803d", "ok-fill": "#e7f6ec", "edited": "#b45309", "note-fill": "#fff8db", "note-line": "#d9b84a", "note-ink": "#5c4a06",
    "band": "#e6f0ff", "phase-fill": "#f1f4f9", "phase-ink": "#4d5869", "soft": "#5b6678", "badge-ink": "#fffffe",
}  # fmt: skip
BAR = 4.5  # half the width of an activation bar
BADGE = 8.0  # radius of a number

Part = Literal["all", "head", "body"]


@dataclass(frozen=True, slots=True)
class Look:
    """How much room there is: the width that the lifelines share, the limits of their distance, and whether second lines are drawn."""

    room: float
    closest: float
    farthest: float
    details: bool


WIDE = Look(940, 118, 190, True)
NARROW = Look(670, 84, 140, False)


def draw(run: Run, look: Look = WIDE, part: Part = "all") -> graphviz.Digraph:
    """The run as DOT.  `head` and `body` are the two halves that the stepper stacks, so that the header can stay in view."""
    plan = Plan.of(run, look)
    canvas = Canvas(PALETTE["bg"], PALETTE["ink"])
    if part == "head":
        _headers(canvas, plan, 0.0)
        return _framed(canvas, plan, -plan.head / 2 - 1, plan.head / 2 + 2)
    rows = list(_rows(run, plan))
    top = plan.head / 2 if part == "all" else 0.0
    bottom = _place(rows, top + 8)
    if part == "body":
        for row in rows:
            row.band(canvas, plan)
    _lifelines(canvas, plan, rows, top, bottom)
    for row in rows:
        row.draw(canvas, plan)
    if part == "all":
        _headers(canvas, plan, 0.0)
        _legend(canvas, plan, bottom + 16)
        canvas.graph.attr(bgcolor=PALETTE["bg"])
        return _framed(canvas, plan, -top - 4, bottom + 28)
    return _framed(canvas, plan, 0, bottom)


def drawings(run: Run) -> list[dict[str, object]]:
    """A wide and a narrow picture, each as header and body; the browser takes the widest that is readable.  Raises NoRenderer."""
    out: list[dict[str, object]] = []
    for look in (WIDE, NARROW):
        parts = {part: _themed(render(draw(run, look, part))) for part in ("head", "body")}
        out.append({"width": round(Plan.of(run, look).width), **parts})
    return out


@memo("run", 256)
def _themed(svg: bytes) -> str:
    return slim(svg, {colour: name for name, colour in PALETTE.items()})


# ---------------------------------------------------------------- where things are


@dataclass(frozen=True)
class Plan:
    """Where the lifelines stand, and how the run's parties look."""

    look: Look
    parties: tuple[str, ...]
    hers: frozenset[str]
    spacing: float
    head: float
    names: dict[str, list[str]]
    size: float  # of the names
    about: dict[str, str]  # what stands below them

    @classmethod
    def of(cls, run: Run, look: Look) -> Plan:
        extra = (p for m in moments(run) for p in (m.sender, m.receiver) if p and p != "clock")
        parties = tuple(dict.fromkeys((*run.parties, *extra)))
        spacing = min(look.farthest, max(look.closest, look.room / max(1, len(parties))))
        size = _name_size(parties, spacing)
        names = {p: wrapped(title(p), spacing - 14, 2, size, bold=True) for p in parties}
        lines = max((len(n) for n in names.values()), default=1) + look.details
        about = {p: CAST[p].about for p in parties if p in CAST} | dict(run.places)
        return cls(look, parties, run.hers, spacing, 14 + lines * LINE, names, size, about)

    def x(self, party: str) -> float:
        return self.parties.index(party) * self.spacing if party in self.parties else self.middle

    @property
    def left(self) -> float:
        return -self.spacing / 2

    @property
    def right(self) -> float:
        return (max(1, len(self.parties)) - 0.5) * self.spacing

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def width(self) -> float:
        return self.right - self.left

    def evil(self, party: str) -> bool:
        return party in self.hers

    def inside(self, x: float, width: float) -> float:
        """The centre nearest to x at which something this wide stays in the picture."""
        half = width / 2 + 3
        return max(self.left + half, min(self.right - half, x)) if 2 * half < self.width else self.middle


def _name_size(parties: Sequence[str], spacing: float) -> float:
    """The largest size at which no word of a name has to be broken."""
    words = [word for p in parties for word in title(p).split()]
    return next((s for s in (11.0, 10.0, 9.0) if all(measure(w, s, True) <= spacing - 14 for w in words)), 8.0)


# ---------------------------------------------------------------- rows


@dataclass
class Row(ABC):
    """One line of the diagram: a heading or a moment.  `up` and `down` are its extents around `y`; bars run beside it."""

    up: float
    down: float
    y: float = 0.0
    gap: float = 9.0
    bars: set[str] = field(default_factory=set)

    @abstractmethod
    def draw(self, canvas: Canvas, plan: Plan) -> None:
        """Put it on the canvas."""

    def band(self, canvas: Canvas, plan: Plan) -> None:  # noqa: B027 - a heading is never the current one
        """What lights up behind the row while it is the current one."""

    def edge(self, party: str) -> float:
        """Half the width of what stands on the lifeline here."""
        return BAR if party in self.bars else 0.0


@dataclass
class Heading(Row):
    """The scenario step's sentence, over the full width."""

    lines: Sequence[str] = ()
    first: int = 0

    def draw(self, canvas: Canvas, plan: Plan) -> None:
        cls = f"aside s{self.first}"
        canvas.box(
            plan.middle,
            self.y,
            plan.width - 4,
            self.up + self.down,
            PALETTE["phase-fill"],
            PALETTE["phase-fill"],
            cls,
            style="filled,rounded",
        )
        canvas.text(plan.left + 12, self.y, self.lines, PALETTE["phase-ink"], cls, bold=True, align="LEFT", halo=False)


@dataclass
class Numbered(Row):
    """What all rows of a moment have in common."""

    moment: Moment = None  # type: ignore[assignment]
    lines: Sequence[str] = ()
    small: Sequence[str] = ()

    @property
    def cls(self) -> str:
        return f"step s{self.moment.n}"

    @property
    def colour(self) -> str:
        m = self.moment
        return PALETTE["danger"] if m.attack else PALETTE[m.channel or "back"]

    @property
    def ink(self) -> str:
        return PALETTE["danger"] if self.moment.attack else PALETTE["ink"]

    def band(self, canvas: Canvas, plan: Plan) -> None:
        height = self.up + self.down + 5
        y = self.y + (self.down - self.up) / 2
        canvas.box(
            plan.middle, y, plan.width - 4, height, PALETTE["band"], PALETTE["band"], f"band s{self.moment.n}", style="filled,rounded"
        )

    def badge(self, canvas: Canvas, x: float) -> None:
        fill = PALETTE["edited"] if self.moment.edited else self.colour
        canvas.disc(x, self.y, str(self.moment.n), fill, PALETTE["badge-ink"], self.cls)


class Message(Numbered):
    """An arrow from lifeline to lifeline; it stops at a cross if it was refused."""

    def draw(self, canvas: Canvas, plan: Plan) -> None:
        m = self.moment
        a, b = plan.x(m.sender), plan.x(m.receiver)
        way = 1 if b > a else -1
        start, end = a + way * self.edge(m.sender), b - way * self.edge(m.receiver)
        if m.blocked:
            end = self._cross(canvas, end, way)
        canvas.line(
            start,
            self.y,
            end,
            self.y,
            self.colour,
            self.cls,
            style=self._style(),
            arrow="none" if m.blocked else "vee" if m.kind == "answer" else "normal",
        )
        self._labels(canvas, plan, (a + b) / 2, abs(b - a))
        self.badge(canvas, a - way * (BAR + BADGE + 1))

    def _style(self) -> str:
        return {"answer": "dashed", "taken": "dotted"}.get(self.moment.kind, "dotted" if self.moment.channel == "internal" else "solid")

    def _cross(self, canvas: Canvas, end: float, way: int) -> float:
        x = end - way * 14
        canvas.ring(x, self.y, 15, PALETTE["danger-fill"], PALETTE["danger"], self.cls)
        canvas.cross(x, self.y, PALETTE["danger"], self.cls)
        return x - way * 7.5

    def _labels(self, canvas: Canvas, plan: Plan, middle: float, span: float) -> None:
        width = max(measure(line) for line in self.lines)
        lift = _lift(self.moment, width, span)
        y = self.y - len(self.lines) * LINE / 2 - 3 - lift
        canvas.text(plan.inside(middle, width), y, self.lines, self.ink, self.cls)
        if self.small:
            width = max(measure(line, SMALL) for line in self.small)
            canvas.text(
                plan.inside(middle, width), self.y + len(self.small) * (LINE - 1) / 2 + 3, self.small, PALETTE["soft"], self.cls, size=SMALL
            )


@dataclass
class Beside(Numbered):
    """Something at one lifeline, told beside it: right of it (`way` 1), or left (-1) where the picture ends."""

    way: int = 1

    def tell(self, canvas: Canvas, plan: Plan, distance: float) -> None:
        way = self.way
        x = plan.x(self.moment.sender) + way * distance
        align = "LEFT" if way > 0 else "RIGHT"
        tall = len(self.lines) * LINE
        y = self.y - len(self.small) * (LINE - 1) / 2
        canvas.text(x, y, self.lines, self.ink, self.cls, align=align)
        if self.small:
            canvas.text(x, y + tall / 2 + len(self.small) * (LINE - 1) / 2, self.small, PALETTE["soft"], self.cls, size=SMALL, align=align)
        self.badge(canvas, plan.x(self.moment.sender) - way * (BAR + BADGE + 8))


class Checks(Beside):
    """A tick, a cross or a dash on the lifeline: what this party looked at before it answered."""

    @property
    def colour(self) -> str:
        return {"fail": PALETTE["danger"], "pass": PALETTE["ok"], "skipped": PALETTE["soft"]}[self.moment.outcome]

    @property
    def ink(self) -> str:
        return PALETTE["danger"] if self.moment.outcome == "fail" else PALETTE["ink"]

    def draw(self, canvas: Canvas, plan: Plan) -> None:
        x = plan.x(self.moment.sender)
        fill = {"fail": PALETTE["danger-fill"], "pass": PALETTE["ok-fill"], "skipped": PALETTE["phase-fill"]}[self.moment.outcome]
        self.tell(canvas, plan, 13)
        canvas.ring(x, self.y, 16, fill, self.colour, self.cls)
        if self.moment.outcome == "fail":
            canvas.cross(x, self.y, self.colour, self.cls)
        elif self.moment.outcome == "pass":
            canvas.tick(x, self.y, self.colour, self.cls)
        else:
            canvas.line(x - 4, self.y, x + 4, self.y, self.colour, self.cls, pen=2)


class Own(Beside):
    """A loop back to the same lifeline: what the party did by itself."""

    def draw(self, canvas: Canvas, plan: Plan) -> None:
        way = self.way
        near, far = plan.x(self.moment.sender) + way * self.edge(self.moment.sender), plan.x(self.moment.sender) + way * 24
        self.tell(canvas, plan, 29)
        canvas.path(((near, self.y - 6), (far, self.y - 6), (far, self.y + 6), (near, self.y + 6)), self.colour, self.cls, arrow="normal")


class Across(Numbered):
    """Time that passes, or a step that was not taken: a line over all lifelines with a label in its middle."""

    def draw(self, canvas: Canvas, plan: Plan) -> None:
        skipped = self.moment.kind == "skipped"
        fill, border, ink = (
            (PALETTE["phase-fill"], PALETTE["line"], PALETTE["soft"])
            if skipped
            else (PALETTE["note-fill"], PALETTE["note-line"], PALETTE["note-ink"])
        )
        width = max(measure(line) for line in self.lines) + 24
        x = plan.middle
        canvas.line(plan.left + 4, self.y, plan.right - 4, self.y, border, self.cls, pen=1, style="dashed")
        canvas.box(
            x,
            self.y,
            width,
            len(self.lines) * LINE + 8,
            fill,
            border,
            self.cls,
            style="filled,rounded,dashed" if skipped else "filled,rounded",
        )
        canvas.text(x, self.y, self.lines, ink, self.cls, halo=False)
        self.badge(canvas, x - width / 2 - BADGE - 4)


# ---------------------------------------------------------------- moments -> rows


def _rows(run: Run, plan: Plan) -> Iterator[Row]:
    says = {e.step: e.say or e.step.replace("_", " ") for e in of(run.events, StepStarted)}
    step = None
    for m in moments(run):
        if m.step != step and m.step in says:
            lines = wrapped(says[m.step], plan.width - 30, 2, bold=True)
            half = len(lines) * LINE / 2 + 5
            yield Heading(half, half, gap=8, lines=lines, first=m.n)
        step = m.step
        yield _row(m, plan)


def _row(m: Moment, plan: Plan) -> Numbered:
    if m.kind in ("time", "skipped"):
        text = f"{m.title}: {m.detail}" if m.detail and m.title == LEFT_OUT else m.title
        lines = wrapped(text, plan.width - 110, 3)
        half = len(lines) * LINE / 2 + 5
        return Across(half, half, moment=m, lines=lines)
    if m.local:
        return _beside(m, plan)
    span = abs(plan.x(m.receiver) - plan.x(m.sender))
    room = max(span - 24, min(plan.width - 20, 150))
    text = m.title.replace(".connectsphere.example/", "…/")  # the full address is in the panel beside the picture
    lines = wrapped(f"edited: {text}" if m.edited else text, room, 3)
    small = _small(m, plan, max(span - 16, 150))
    lift = _lift(m, max(measure(line) for line in lines), span)
    return Message(len(lines) * LINE + 4 + lift, max(len(small) * (LINE - 1) + 4, 7), moment=m, lines=lines, small=small)


def _beside(m: Moment, plan: Plan) -> Numbered:
    checks = m.kind == "checks"
    start = 18 if checks else 34
    right, left = plan.right - plan.x(m.sender) - start, plan.x(m.sender) - plan.left - start
    way = 1 if right >= min(left, max(measure(m.title), 110)) else -1
    room = min(max(right if way > 0 else left, 40), max(plan.spacing * 1.6, 130))
    lines = wrapped(m.title, room, 3)
    small = wrapped(m.detail, room, 2, SMALL) if plan.look.details and m.detail else []
    half = max(10.0, (len(lines) * LINE + len(small) * (LINE - 1)) / 2 + 2)
    return (Checks if checks else Own)(half, half, moment=m, lines=lines, small=small, way=way)


def _small(m: Moment, plan: Plan, room: float) -> list[str]:
    """The second line of a message: as many whole parameters as fit."""
    if not plan.look.details or not m.detail:
        return []
    first, *parts = clean(m.detail).split("  ")
    line = clipped(first, room, SMALL)
    for part in parts:
        left = room - measure(f"{line}  ", SMALL)
        if measure(f"{part} …", SMALL) > left:
            return [f"{line}  {clipped(part, left, SMALL)}" if left > 60 else f"{line.removesuffix('…')}…"]
        line = f"{line}  {part}"
    return [line]


def _lift(m: Moment, width: float, span: float) -> float:
    """How much higher a label stands so that it does not cover the number or the cross beside the arrow."""
    return 7.0 if width > span - 2 * (24 if m.blocked else BADGE) else 0.0


def _place(rows: Sequence[Row], top: float) -> float:
    """Give each row its y and the lifelines that are active there; returns the bottom."""
    y = top
    for row in rows:
        row.y = y + row.up
        y = row.y + row.down + row.gap
    for exchange, (start, end) in _exchanges(rows).items():
        for row in rows[start : end + 1]:
            row.bars.add(exchange[1])
    return y + 4


def _exchanges(rows: Sequence[Row]) -> dict[tuple[int, str], tuple[int, int]]:
    """From which row to which row each exchange keeps its receiver busy."""
    out: dict[tuple[int, str], tuple[int, int]] = {}
    for i, row in enumerate(rows):
        m = row.moment if isinstance(row, Numbered) else None
        if m is None or m.about is None:
            continue
        if m.kind == "request":
            out[m.about, m.receiver] = (i, i)
        elif (m.about, m.sender) in out:
            out[m.about, m.sender] = (out[m.about, m.sender][0], i)
    return out


# ---------------------------------------------------------------- behind and around the rows


def _lifelines(canvas: Canvas, plan: Plan, rows: Sequence[Row], top: float, bottom: float) -> None:
    for party in plan.parties:
        colour = PALETTE["danger"] if plan.evil(party) else PALETTE["line"]
        canvas.line(plan.x(party), top, plan.x(party), bottom, colour, "lifeline", pen=1, style="dashed")
    for (_, party), (start, end) in _exchanges(rows).items():
        y1, y2 = rows[start].y - 3, rows[end].y + 3
        fill, border = (PALETTE["danger-fill"], PALETTE["danger"]) if plan.evil(party) else (PALETTE["bar-fill"], PALETTE["bar-line"])
        canvas.box(plan.x(party), (y1 + y2) / 2, 2 * BAR, max(y2 - y1, 6), fill, border, "lifeline", pen=0.9)


def _headers(canvas: Canvas, plan: Plan, y: float) -> None:
    width = min(164.0, plan.spacing - 8)
    for party in plan.parties:
        evil = plan.evil(party)
        ink = PALETTE["danger"] if evil else PALETTE["ink"]
        fill, border = (PALETTE["danger-fill"], PALETTE["danger"]) if evil else (PALETTE["head-fill"], PALETTE["head-line"])
        canvas.box(plan.x(party), y, width, plan.head, fill, border, "name", style="filled,rounded", pen=1.3)
        about = [clipped(clean(plan.about.get(party, "")), width - 12, 9)] if plan.look.details else []
        about = [line for line in about if line]
        canvas.text(plan.x(party), y - len(about) * LINE / 2, plan.names[party], ink, "name", bold=True, size=plan.size, halo=False)
        if about:
            canvas.text(
                plan.x(party), y + len(plan.names[party]) * LINE / 2, about, ink if evil else PALETTE["soft"], "name", size=9, halo=False
            )


def _legend(canvas: Canvas, plan: Plan, y: float) -> None:
    """What the lines mean, in one row at the bottom."""
    entries = (
        ("front channel", "front", "solid"),
        ("back channel", "back", "solid"),
        ("internal", "internal", "dotted"),
        ("attacker", "danger", "solid"),
    )
    width = sum(measure(text, SMALL) + 46 for text, _, _ in entries)
    if width > plan.width:
        return
    x = plan.middle - width / 2
    for text, colour, style in entries:
        canvas.line(x, y, x + 24, y, PALETTE[colour], style=style, arrow="normal")
        canvas.text(x + 28, y, [text], PALETTE["soft"], size=SMALL, align="LEFT", halo=False)
        x += measure(text, SMALL) + 46


def _framed(canvas: Canvas, plan: Plan, top: float, bottom: float) -> graphviz.Digraph:
    """Points in the corners: the picture is as wide as the plan, whatever is in it."""
    canvas.dot(plan.left, top)
    canvas.dot(plan.right, bottom)
    return canvas.graph
