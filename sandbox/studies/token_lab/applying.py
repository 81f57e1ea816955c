"""Which of the shipped attacks such claims are open to: found by running them, with what the claims show as the setting.

All attacks are run where everything that the claims do not show is as it should be, and where it is as weak as can be.  Those that
succeed even in the first are open by these claims, and which claim it is is found by running each without it.  The single runs are
remembered by their settings, which are few; of the claims nothing is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.core.memo import memo
from sandbox.engine import judge
from sandbox.engine.case import Case
from sandbox.engine.result import SEVERITY, Word
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import Architecture, expand, switch_of
from sandbox.studies import findings, trials, ways
from sandbox.studies.changes import named
from sandbox.studies.findings import Finding
from sandbox.studies.questions import System
from sandbox.studies.token_lab import showing
from sandbox.studies.token_lab.showing import Shown
from sandbox.studies.trials import Tell

HARM: tuple[Word, ...] = ("succeeded", "limited")
DESIGN = "the design, whatever the claims say"
TOGETHER = "several of these together"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attack, and the settings in which it was seen.

    `because`: what is shown without which it would not come to that; `gone`: the defences that stop it there and that the claims show
    not to be in force, each with what shows it.
    """

    finding: Finding
    settings: Settings
    because: tuple[str, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Applies:
    """What such claims are open to.  `design`: why they are taken for those of this architecture.

    `open`: even where all else is as it should be; `weaker`: if more is wrong, and a defence against it is shown to be missing;
    `undecided`: if more is wrong, and the claims say nothing about it; `closed`: in none of the settings; `pointless`: there is nothing
    to take here.
    """

    architecture: Architecture
    design: str
    rows: tuple[Shown, ...]
    at_best: Settings
    open: tuple[Outcome, ...] = ()
    weaker: tuple[Outcome, ...] = ()
    undecided: tuple[Outcome, ...] = ()
    closed: tuple[Outcome, ...] = ()
    pointless: tuple[Outcome, ...] = ()

    @property
    def answers(self) -> dict[str, tuple[str, ...]]:
        """What is shown, as answers of the questionnaire."""
        return showing.answers(self.architecture, self.rows)

    @property
    def unseen(self) -> tuple[str, ...]:
        """The questions that the claims leave open."""
        return showing.unseen(self.architecture, self.rows)


def applies(header: Mapping[str, Any] | None, claims: Mapping[str, Any], tell: Tell = lambda *_: None) -> Applies:
    """Run every attack in the settings that a header, if there is one, and claims show.  `tell` hears of progress."""
    architecture, design = showing.design(claims)
    rows = showing.shown(header, claims)
    absent = tuple(sorted((attack, why) for row in rows for attack, why in row.pointless.items()))
    best = showing.at_best(architecture, rows)
    strong = _outcomes([best], absent, tell)
    rest = [attack for attack, outcome in strong.items() if outcome.finding.word not in HARM]
    found = _sorted(strong, _outcomes(showing.at_worst(architecture, rows), absent, tell, rest), rows)
    opened = (Outcome(o.finding, best, because=_because(o.finding, architecture, rows, absent)) for o in found["open"])
    return Applies(
        architecture,
        design,
        rows,
        best,
        tuple(opened),
        tuple(o for o in found["undecided"] if o.gone),
        tuple(o for o in found["undecided"] if not o.gone),
        tuple(found["closed"]),
        tuple(found["pointless"]),
    )


def _outcomes(
    settings: Sequence[Settings], absent: tuple[tuple[str, str], ...], tell: Tell, only: Collection[str] | None = None
) -> dict[str, Outcome]:
    """What comes of each attack, or of these only: the worst that is seen in any of the settings, tried until it harms; the worst first."""
    attacks = [a for a in library.attacks() if only is None or a.id in only]
    found: dict[str, Outcome] = {}
    for number, attack in enumerate(attacks):
        tell(number, len(attacks), f"Running: {attack.title}")
        found[attack.id] = _outcome(attack, settings, absent)
    return {f.attack: found[f.attack] for f in findings.ranked(o.finding for o in found.values())}


def _outcome(attack: Scenario, settings: Sequence[Settings], absent: tuple[tuple[str, str], ...]) -> Outcome:
    seen = []
    for each in settings:
        seen.append(Outcome(findings.finding(System(each, absent), attack), each))
        if seen[-1].finding.word in HARM:
            break
    return min(seen, key=lambda o: SEVERITY.index(o.finding.word))


def _sorted(strong: Mapping[str, Outcome], weak: Mapping[str, Outcome], rows: tuple[Shown, ...]) -> dict[str, list[Outcome]]:
    """The outcomes by what they say; the worst first, as they come."""
    found: dict[str, list[Outcome]] = {"open": [o for o in strong.values() if o.finding.word in HARM]}
    found |= {name: [] for name in ("undecided", "closed", "pointless")}
    for attack, outcome in weak.items():
        if outcome.finding.word in HARM:
            found["undecided"].append(_weakened(outcome, rows))
        elif {strong[attack].finding.word, outcome.finding.word} == {"not-applicable"}:
            found["pointless"].append(outcome)
        else:
            found["closed"].append(outcome)
    return found


def _because(finding: Finding, architecture: Architecture, rows: tuple[Shown, ...], absent: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """What is shown without which, the rest as it is, the attack comes to less; the design if that alone is enough for it."""

    def as_bad(left: tuple[Shown, ...]) -> bool:
        word = trials.measured(finding.attack, System(showing.at_best(architecture, left), absent)).word
        return SEVERITY.index(word) <= SEVERITY.index(finding.word)

    if as_bad(()):
        return (DESIGN,)
    return tuple(row.what for row in rows if not as_bad(tuple(r for r in rows if r is not row))) or (TOGETHER,)


def _weakened(outcome: Outcome, rows: tuple[Shown, ...]) -> Outcome:
    """The outcome, with each principal defence of its file that the claims show not to be in force."""
    return Outcome(
        outcome.finding,
        outcome.settings,
        gone=tuple(dict.fromkeys(_gone(library.get(outcome.finding.attack), rows, outcome.settings.architecture))),
    )


def _gone(attack: Scenario, rows: tuple[Shown, ...], architecture: Architecture) -> Iterator[tuple[str, str]]:
    """The defences that stop the attack's script in its own setting, or limit it, and what shows that they are missing here."""
    stopping = [(expand(d.switches), "blocked") for d in attack.blocked_by if d.kind == "principal"]
    for wanted, word in [*stopping, *((expand(d.switches), "limited") for d in attack.limited_by)]:
        missing = next((row for row in rows if _rules_out(row, wanted)), None)
        here = all(architecture in switch_of(name).applies for name in wanted)
        if missing and here and _comes_to(attack, tuple(wanted.items())) == word:
            yield named(frozenset(wanted.items())), missing.what


def _rules_out(row: Shown, wanted: Mapping[str, str]) -> bool:
    """Whether something that is shown fixes a switch below the value that a defence needs."""

    def below(name: str, value: str) -> bool:
        fixed, values = row.switches.get(switch_of(name).name), switch_of(name).values
        return fixed is not None and values.index(fixed) < values.index(value)

    return any(below(name, value) for name, value in wanted.items())


@memo("run", 512)
def _comes_to(attack: Scenario, defence: tuple[tuple[str, str], ...]) -> Word:
    """What the attack's own script comes to in its own setting with a defence added."""
    case = Case(attack, attack.settings.at_least(dict(defence)))
    verdict = ways.verdict_of(case)
    return judge.timed(verdict, case).word if verdict.word == "succeeded" else verdict.word
