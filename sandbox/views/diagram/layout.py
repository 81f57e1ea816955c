"""Moments -> rows with their labels, and each row's place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sandbox.core.text import clean
from sandbox.engine.result import Run
from sandbox.protocol.trace import StepStarted, of
from sandbox.views.diagram.label import Label, clipped, label
from sandbox.views.diagram.metrics import FINE, STRONG, measure
from sandbox.views.diagram.plan import Plan
from sandbox.views.diagram.rows import Across, Beside, Checks, Heading, Message, Numbered, Own, Row
from sandbox.views.diagram.style import BADGE, STOP
from sandbox.views.timeline import LEFT_OUT, Moment

LEAST = 130  # points that a message's labels get, however close the lifelines are
BESIDE = 150  # that a text beside a lifeline gets, if there is room


def rows(run: Run, every: Sequence[Moment], plan: Plan) -> Iterator[Row]:
    """A row for each moment, and a heading before the first of each step."""
    says = {e.step: e.say or e.step.replace("_", " ") for e in of(run.events, StepStarted)}
    step = None
    for m in every:
        if m.step != step and m.step in says:
            said = label(says[m.step], plan.width - 30, 3, STRONG)
            half = said.height / 2 + 5
            yield Heading(half, half, gap=8, label=said, first=m.n)
        step = m.step
        yield _row(m, plan)


def place(every: Sequence[Row], top: float) -> float:
    """Give each row its y and the lifelines that are active there; returns the bottom."""
    y = top
    for row in every:
        row.y = y + row.up
        y = row.y + row.down + row.gap
    for party, start, end in exchanges(every):
        for row in every[start : end + 1]:
            row.bars.add(party)
    return y + 4


def exchanges(every: Sequence[Row]) -> list[tuple[str, int, int]]:
    """Each exchange's receiver, and from which row to which row the exchange keeps it busy."""
    out: dict[tuple[int, str], tuple[int, int]] = {}
    for i, row in enumerate(every):
        m = row.moment if isinstance(row, Numbered) else None
        if m is None or m.about is None:
            continue
        if m.kind == "request":
            out[m.about, m.receiver] = (i, i)
        elif (m.about, m.sender) in out:
            out[m.about, m.sender] = (out[m.about, m.sender][0], i)
    return [(party, start, end) for (_, party), (start, end) in out.items()]


# ---------------------------------------------------------------- one moment


def _row(m: Moment, plan: Plan) -> Numbered:
    if m.kind in ("time", "skipped"):
        return _across(m, plan)
    return _beside(m, plan) if m.local else _message(m, plan)


def _across(m: Moment, plan: Plan) -> Across:
    text = f"{m.title}: {m.detail}" if m.detail and m.title == LEFT_OUT else m.title
    said = label(text, plan.width - 110, 3)
    half = said.height / 2 + 5
    return Across(half, half, moment=m, label=said)


def _message(m: Moment, plan: Plan) -> Message:
    span = abs(plan.x(m.receiver) - plan.x(m.sender))
    most = plan.width - 20
    text = m.title.replace(".connectsphere.example/", "…/")  # the hosts of ConnectSphere end alike
    said = label(f"edited: {text}" if m.edited else text, min(most, max(span - 24, LEAST)), 3)
    small = _parameters(m, min(most, max(span - 16, LEAST)))
    lift = 0 if Message.clears(m, plan, said) else BADGE - 1
    drop = 0 if not small or Message.clears(m, plan, small) else STOP - 1
    down = max(small.height + drop + 4, STOP)
    return Message(said.height + lift + 4, down, moment=m, label=said, small=small, lift=lift, drop=drop)


def _parameters(m: Moment, room: float) -> Label:
    """The second line of a message: as many whole parameters as fit."""
    first, *parts = clean(m.detail).split("  ")
    line = clipped(first, room, FINE)
    for part in parts:
        left = room - measure(f"{line}  ", FINE)
        if measure(f"{part} …", FINE) > left:
            line = f"{line}  {clipped(part, left, FINE)}" if left > 60 else f"{line.removesuffix('…')}…"
            break
        line = f"{line}  {part}"
    return Label([line] if line else [], FINE)


def _beside(m: Moment, plan: Plan) -> Beside:
    kind = Checks if m.kind == "checks" else Own
    x = plan.x(m.sender)
    right, left = plan.right - x - kind.START - 3, x - plan.left - kind.START - 3
    on_the_right = right >= min(left, max(measure(m.title) / 2, 110))
    room = min(right if on_the_right else left, max(plan.spacing * 1.6, BESIDE))
    said = label(m.title, room, 3)
    small = label(m.detail, room, 2, FINE)
    half = max(10.0, (said.height + small.height) / 2 + 2)
    return kind(half, half, moment=m, label=said, small=small, way=1 if on_the_right else -1)
