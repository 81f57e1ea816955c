"""The matrix as one page of HTML: no script, nothing from the network, light and dark, readable without colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sandbox import __version__
from sandbox.core.text import plural
from sandbox.language.document import TARGETS, Myth, Scenario
from sandbox.protocol.defences import in_words
from sandbox.protocol.switches import PROFILES
from sandbox.studies import basis, weak_points
from sandbox.studies.adaptive import Looked
from sandbox.studies.matrix import Cell
from sandbox.views import weak_points as weak
from sandbox.views.html.frame import Document
from sandbox.views.outcomes import SHOWN

PAGE = Document("matrix.html.j2", ("report.css",))
HEADING = "Which attacks succeed where"
CLAIMS = {"own": "Own setting", "defence": "Defence", "limit": "Limit", "myth": "Believed"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A run beside what the file says about it."""

    kind: str
    name: str
    cell: Cell
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """What the page shows of one attack: `found` and `told` by profile, then the claims of its file."""

    scenario: Scenario
    cells: tuple[Cell, ...]
    looked: Mapping[str, Looked]  # profile -> how far an attacker who adapts has looked there

    @property
    def found(self) -> Mapping[str, Cell]:
        return {cell.profile: cell for cell in self.cells if cell.kind == "profile"}

    @property
    def told(self) -> Mapping[str, str]:
        return {profile: told(cell) for profile, cell in self.found.items()}

    @property
    def claims(self) -> Iterator[Claim]:
        return _claims(self.scenario, self.cells)

    @property
    def myths(self) -> Sequence[Myth]:
        """Those that no switch can show."""
        return [m for m in self.scenario.myths if not m.switches]

    @property
    def costs(self) -> Sequence[Cell]:
        """The runs that tell what each design pays."""
        return [cell for cell in self.cells if cell.kind == "profile" and cell.found != "not-applicable"]


def page(cells: Sequence[Cell], attacks: Sequence[Scenario], seed: int = 0, looked: Mapping[tuple[str, str], Looked] | None = None) -> str:
    """The whole page.  `looked`: attack and profile -> how far an attacker who adapts has looked there."""
    far = {} if looked is None else looked
    rows = [
        Row(
            attack,
            tuple(cell for cell in cells if cell.attack == attack.id),
            {p: far[attack.id, p] for p in PROFILES if (attack.id, p) in far},
        )
        for attack in attacks
    ]
    groups = ((name, [row for row in rows if row.scenario.target == target]) for target, name in (TARGETS | {None: "Other"}).items())
    return PAGE.render(
        f"{HEADING} - OAuth Sandbox",
        heading=HEADING,
        counted=_counted(cells, attacks),
        claimed=_claimed(cells),
        legend=SHOWN,
        basis=basis,
        searched=basis.counted(far.values()) if far else "",
        profiles=PROFILES,
        weak=weak,
        known=weak_points.shipped(),
        targets=[(name, group) for name, group in groups if group],
        attacks=rows,
        version=__version__,
        seed=seed,
        runs=len(cells),
        again=f"oauth-sandbox matrix{f' --seed {seed}' if seed else ''}{' --search' if far else ''} --html FILE",
    )


def _counted(cells: Sequence[Cell], attacks: Sequence[Scenario]) -> str:
    n = len(attacks)
    return f"{plural(n, 'attack')}, {plural(len(cells), 'run')}. Every outcome was observed in a run; none is asserted."


def _claimed(cells: Sequence[Cell]) -> str:
    claims = [cell for cell in cells if cell.expected is not None]
    wrong = [cell for cell in claims if cell.fault]
    if wrong:
        return f"{len(wrong)} of {plural(len(claims), 'claim')} differ from what is found."
    return f"Of {plural(len(claims), 'claim')} none differs from what is found."


def told(cell: Cell) -> str:
    """The line under an outcome: the check that stopped the attacker, or the exposure."""
    if cell.blocked_by:
        return basis.brief(cell.found, cell.blocked_by, cell.scripts)
    return f"worked for {cell.exposure:,} s" if cell.found == "succeeded" and cell.exposure else ""


def _claims(attack: Scenario, cells: Sequence[Cell]) -> Iterator[Claim]:
    words = {
        "own": iter([""]),
        "defence": iter([d.because for d in attack.blocked_by]),
        "limit": iter([limit.because for limit in attack.limited_by]),
        "myth": iter([f"“{m.believed}” {m.because}" for m in attack.myths if m.switches]),
    }
    own = " + ".join([attack.settings.profile, *(f"{k}={v}" for k, v in attack.settings.changes)])
    for cell in cells:
        if cell.kind != "profile":
            yield Claim(
                CLAIMS[cell.kind], own if cell.kind == "own" else f"{in_words(cell.named)} ({cell.named})", cell, next(words[cell.kind], "")
            )
