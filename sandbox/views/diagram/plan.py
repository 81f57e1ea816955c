"""The places of the lifelines of a run, and the texts at their heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.engine.result import Run
from sandbox.protocol.cast import CAST, title
from sandbox.views.diagram.label import Label, label
from sandbox.views.diagram.metrics import TINY, Font, measure
from sandbox.views.timeline import Moment

_ROOM = 940.0  # points that the lifelines share
_CLOSEST, _FARTHEST = 118.0, 190.0  # from one lifeline to the next
_BETWEEN = 6  # between the boxes of two parties
_WIDEST = 164.0  # of such a box
_PADDING = 4  # left and right of the text in it

# From the best to the least: a name whose longest word is too wide for one is written in the next.
_NAMES = (Font(11, bold=True), Font(10, bold=True), Font(10), Font(9), Font(8))


@dataclass(frozen=True)
class Plan:
    """Where the lifelines stand, and how the run's parties look."""

    parties: tuple[str, ...]
    hers: frozenset[str]
    spacing: float
    names: dict[str, Label]
    about: dict[str, Label]  # what stands below the names

    @classmethod
    def of(cls, run: Run, every: Sequence[Moment]) -> Plan:
        """The plan of all parties of a run."""
        return cls.among(run, _parties(run, every), _ROOM)

    @classmethod
    def among(cls, run: Run, parties: tuple[str, ...], room: float) -> Plan:
        """The plan of these parties of a run, in so many points if that is enough for all of them."""
        spacing = min(_FARTHEST, max(_CLOSEST, room / max(1, len(parties))))
        inside = _box(spacing) - 2 * _PADDING
        font = _name_font(parties, inside)
        names = {p: label(title(p), inside, 2, font) for p in parties}
        known = {p: run.case.settings.about(p) for p in parties if p in CAST} | dict(run.places)
        about = {p: label(known.get(p, ""), inside, 3, TINY) for p in parties}
        return cls(parties, run.hers, spacing, names, about)

    def x(self, party: str) -> float:
        return self.parties.index(party) * self.spacing if party in self.parties else self.middle

    @property
    def box(self) -> float:
        """Width of the box around a name."""
        return _box(self.spacing)

    @property
    def head(self) -> float:
        """Height of the row of names."""
        return 14 + max((self.names[p].height + self.about[p].height for p in self.parties), default=0.0)

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


def _parties(run: Run, every: Sequence[Moment]) -> tuple[str, ...]:
    extra = (p for m in every for p in (m.sender, m.receiver) if p and p != "clock")
    return tuple(dict.fromkeys((*run.parties, *extra)))


def _box(spacing: float) -> float:
    return min(_WIDEST, spacing - _BETWEEN)


def _name_font(parties: Sequence[str], room: float) -> Font:
    """The best font in which no word of a name has to be broken, and no name to be cut."""
    words = [word for p in parties for word in title(p).split()]
    return next((f for f in _NAMES if all(measure(w, f) <= room for w in words)), _NAMES[-1])
