"""The rows of the diagram, and how each is drawn: a heading, an arrow, checks, a party's own work, time that passes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Literal

from sandbox.views.diagram.canvas import Canvas
from sandbox.views.diagram.label import Label
from sandbox.views.diagram.plan import Plan
from sandbox.views.diagram.style import BADGE, BAR, GAP, PALETTE, RING, STOP, STOP_AT
from sandbox.views.timeline import Moment

LOOP = 24  # how far a party's own work reaches out from its lifeline


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

    def edge(self, party: str) -> float:
        """Half the width of the symbol on the lifeline here."""
        return BAR if party in self.bars else 0.0


@dataclass
class Heading(Row):
    """The scenario step's sentence, over the full width."""

    label: Label = field(default_factory=Label)
    first: int = 0

    def draw(self, canvas: Canvas, plan: Plan) -> None:
        cls, fill = f"aside s{self.first}", PALETTE["phase-fill"]
        canvas.box(plan.middle, self.y, plan.width - 4, self.up + self.down, fill, fill, cls, style="filled,rounded")
        canvas.text(plan.left + 12, self.y, self.label, PALETTE["phase-ink"], cls, anchor="start")


@dataclass
class Numbered(Row):
    """What all rows of a moment have in common: a label, a second one in small letters, and a number."""

    moment: Moment = None  # type: ignore[assignment]
    label: Label = field(default_factory=Label)
    small: Label = field(default_factory=Label)

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

    def badge(self, canvas: Canvas, x: float) -> None:
        fill = PALETTE["edited"] if self.moment.edited else self.colour
        canvas.disc(x, self.y, BADGE, str(self.moment.n), fill, PALETTE["badge-ink"], self.cls)


@dataclass
class Message(Numbered):
    """An arrow from lifeline to lifeline; it stops at a cross if it was refused.  `lift` and `drop` move labels clear of symbols."""

    lift: float = 0.0
    drop: float = 0.0

    def draw(self, canvas: Canvas, plan: Plan) -> None:
        m = self.moment
        a, b = plan.x(m.sender), plan.x(m.receiver)
        way = 1 if b > a else -1
        start, end = a + way * self.edge(m.sender), b - way * self.edge(m.receiver)
        if m.blocked:
            end = self._stop(canvas, b - way * STOP_AT, way)
        arrow = "" if m.blocked else "vee" if m.kind == "answer" else "normal"
        canvas.line(start, self.y, end, self.y, self.colour, self.cls, style=self._style(), arrow=arrow)
        self._labels(canvas, plan, (a + b) / 2)
        self.badge(canvas, a - way * (BAR + BADGE + 1))

    def _style(self) -> str:
        return {"answer": "dashed", "taken": "dotted"}.get(self.moment.kind, "dotted" if self.moment.channel == "internal" else "")

    def _stop(self, canvas: Canvas, x: float, way: int) -> float:
        """The cross; returns where the arrow ends before it."""
        canvas.ring(x, self.y, 2 * STOP, PALETTE["danger-fill"], PALETTE["danger"], self.cls)
        canvas.cross(x, self.y, PALETTE["danger"], self.cls)
        return x - way * STOP

    def _labels(self, canvas: Canvas, plan: Plan, middle: float) -> None:
        back = PALETTE["bg"]
        y = self.y - self.label.height / 2 - GAP - self.lift
        canvas.text(plan.inside(middle, self.label.width), y, self.label, self.ink, self.cls, back=back)
        if self.small:
            y = self.y + self.small.height / 2 + GAP + self.drop
            canvas.text(plan.inside(middle, self.small.width), y, self.small, PALETTE["soft"], self.cls, back=back)

    @staticmethod
    def clears(m: Moment, plan: Plan, label: Label) -> bool:
        """Whether the label, close to the arrow, stands clear of the number at its beginning and the cross at its end."""
        a, b = plan.x(m.sender), plan.x(m.receiver)
        way = 1 if b > a else -1
        symbols = [(a - way * (BAR + BADGE + 1), BADGE), *([(b - way * STOP_AT, STOP)] if m.blocked else [])]
        x, half = plan.inside((a + b) / 2, label.width), label.width / 2
        return all(abs(x - middle) > half + radius + 1 for middle, radius in symbols)


@dataclass
class Beside(Numbered):
    """Something at one lifeline, told beside it: right of it (`way` 1), or left (-1) where the picture ends."""

    way: Literal[1, -1] = 1

    def tell(self, canvas: Canvas, plan: Plan, distance: float) -> None:
        x = plan.x(self.moment.sender) + self.way * distance
        y = self.y - (self.label.height + self.small.height) / 2
        for text, ink in ((self.label, self.ink), (self.small, PALETTE["soft"])):
            if text:
                anchor: Literal["start", "end"] = "start" if self.way > 0 else "end"
                canvas.text(x, y + text.height / 2, text, ink, self.cls, anchor=anchor, back=PALETTE["bg"])
                y += text.height
        self.badge(canvas, plan.x(self.moment.sender) - self.way * (RING + BADGE + 4.5))


class Checks(Beside):
    """A tick, a cross or a dash on the lifeline: what this party looked at before it answered."""

    START = RING + GAP + 2  # of the text, from the lifeline

    @property
    def colour(self) -> str:
        return {"fail": PALETTE["danger"], "pass": PALETTE["ok"], "skipped": PALETTE["soft"]}[self.moment.outcome]

    @property
    def ink(self) -> str:
        return PALETTE["danger"] if self.moment.outcome == "fail" else PALETTE["ink"]

    def draw(self, canvas: Canvas, plan: Plan) -> None:
        x = plan.x(self.moment.sender)
        fill = {"fail": PALETTE["danger-fill"], "pass": PALETTE["ok-fill"], "skipped": PALETTE["phase-fill"]}[self.moment.outcome]
        self.tell(canvas, plan, self.START)
        canvas.ring(x, self.y, 2 * RING, fill, self.colour, self.cls)
        if self.moment.outcome == "fail":
            canvas.cross(x, self.y, self.colour, self.cls)
        elif self.moment.outcome == "pass":
            canvas.tick(x, self.y, self.colour, self.cls)
        else:
            canvas.line(x - 4, self.y, x + 4, self.y, self.colour, self.cls, pen=2)


class Own(Beside):
    """A loop back to the same lifeline: what the party did by itself."""

    START = LOOP + GAP + 2

    def draw(self, canvas: Canvas, plan: Plan) -> None:
        x, way = plan.x(self.moment.sender), self.way
        near, far = x + way * self.edge(self.moment.sender), x + way * LOOP
        self.tell(canvas, plan, self.START)
        canvas.path(((near, self.y - 6), (far, self.y - 6), (far, self.y + 6), (near, self.y + 6)), self.colour, self.cls, arrow="normal")


class Across(Numbered):
    """Time that passes, or a step that was not taken: a line over all lifelines with a label in its middle."""

    def draw(self, canvas: Canvas, plan: Plan) -> None:
        skipped = self.moment.kind == "skipped"
        names = ("phase-fill", "line", "soft") if skipped else ("note-fill", "note-line", "note-ink")
        fill, border, ink = (PALETTE[name] for name in names)
        style = "filled,rounded,dashed" if skipped else "filled,rounded"
        width, x = self.label.width + 24, plan.middle
        canvas.line(plan.left + 4, self.y, plan.right - 4, self.y, border, self.cls, pen=1, style="dashed")
        canvas.box(x, self.y, width, self.label.height + 8, fill, border, self.cls, style=style)
        canvas.text(x, self.y, self.label, ink, self.cls)
        self.badge(canvas, x - width / 2 - BADGE - 4)
