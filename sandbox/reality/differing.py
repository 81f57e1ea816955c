"""What differs between two recordings of one system, before and after a change: findings that are new, gone, or said otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.reality.finding import TONES, Finding

Sign = Literal["+", "-", "~"]


@dataclass(frozen=True, slots=True)
class Difference:
    """`+` is there now, `-` was there before, `~` is there in other words; `better`: whether it is a change for the better, if either."""

    sign: Sign
    id: str
    says: str
    better: bool | None


def differences(old: Sequence[Finding], new: Sequence[Finding]) -> list[Difference]:
    """The differences: what became worse first."""
    before, after = ({f.id: f for f in reversed(findings)} for findings in (old, new))
    out = [Difference("+", id, f"now: {f.says}", _better(f, True)) for id, f in after.items() if id not in before]
    out += [Difference("-", id, f"no longer seen: {f.says}", _better(f, False)) for id, f in before.items() if id not in after]
    out += [
        Difference(
            "~",
            id,
            f"{before[id].says} → {f.says}",
            None if f.tone == before[id].tone else TONES.index(f.tone) > TONES.index(before[id].tone),
        )
        for id, f in after.items()
        if id in before and f.says != before[id].says
    ]
    return sorted(out, key=lambda d: (d.better is not False, d.better is None, d.id))


def _better(finding: Finding, came: bool) -> bool | None:
    return None if finding.tone == "note" else (finding.tone == "good") == came
