"""An edited run beside the same run without edits: the edited moments, and the first moment that differs otherwise.

A message that merely carries an edited value on is no difference; another message, another answer or another outcome of a check is.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.engine.result import Run
from sandbox.protocol.trace import Checked
from sandbox.views.timeline import Moment, moments


@dataclass(frozen=True, slots=True)
class Difference:
    """`edited`: the numbers of the edited moments; `first`: the number, in the edited run, of the first moment that differs otherwise.

    `first` is None where nothing else differs, or where the edited run simply ends earlier.  `was` is the title of what happens in
    its place without the edits, '' if nothing does.
    """

    edited: tuple[int, ...]
    first: int | None
    was: str = ""
    ends: bool = False

    @property
    def sentence(self) -> str:
        if self.ends:
            return f"Here the edited run ends. Without the edits it goes on: {self.was}."
        if self.first is None:
            return "Nothing else changes: nobody noticed." if self.edited else "Nothing changes."
        return f"Without the edits: {self.was}." if self.was else "Without the edits the run has ended here."


def difference(edited: Run, plain: Run) -> Difference:
    """Where the edited run first differs from the plain one, the edited messages themselves aside."""
    ours, theirs = moments(edited), moments(plain)
    changed = tuple(m.n for m in ours if m.edited)
    for mine, other in zip(ours, theirs, strict=False):
        if mine.edited and mine.id == other.id:
            continue
        if _look(edited, mine) != _look(plain, other):
            return Difference(changed, mine.n, _told(mine, other))
    if len(ours) > len(theirs):
        return Difference(changed, len(theirs) + 1)
    return Difference(changed, None, theirs[len(ours)].title, True) if len(theirs) > len(ours) else Difference(changed, None)


def _look(run: Run, m: Moment) -> tuple[object, ...]:
    return m.id, m.sender, m.receiver, m.title, m.blocked, _outcomes(run, m)


def _outcomes(run: Run, m: Moment) -> tuple[tuple[str, str], ...]:
    return tuple((e.check, e.outcome) for e in run.events[m.first : m.last + 1] if isinstance(e, Checked))


def _told(mine: Moment, other: Moment) -> str:
    """What happens instead, with who does it if that is somebody else."""
    return other.title if (mine.sender, mine.receiver) == (other.sender, other.receiver) else f"{other.title} ({other.sender})"
