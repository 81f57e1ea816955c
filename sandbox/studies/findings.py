"""Which attacks succeed in a system, the worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.engine.result import SEVERITY, Verdict, Word
from sandbox.language import library
from sandbox.language.document import Scenario, Target
from sandbox.studies import retelling
from sandbox.studies.changes import Delta
from sandbox.studies.questions import System
from sandbox.studies.trials import Tell, found_of, measured, scripts

LOSSES = {  # what an attacker is after, the worst first
    "credential": "Credentials are taken",
    "session": "Somebody is signed in as another",
    "write": "Data is changed",
    "read": "Data is read",
    "late": "What was revoked still works",
    "ssrf": "A server is sent where it should not go",
    "pii": "Personal data gets about",
    "denied": "Honest people are locked out",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One attack on the system.  `fixes`: the changes of which each alone stops it, the smallest first; `way`: the other known way
    that gave the verdict, '' if it is the attack's own script; `unsure`: it succeeds only if what is not known is at its worst;
    `scripts`: how many were run."""

    attack: str
    title: str
    target: Target | None
    loses: str
    verdict: Verdict
    fixes: tuple[Delta, ...] = ()
    way: str = ""
    unsure: bool = False
    another: Scenario | None = None
    scripts: int = 1

    @property
    def script(self) -> str:
        """The id of the scenario that gave the verdict: the attack, or another way to its goal."""
        return self.way or self.attack

    @property
    def word(self) -> Word:
        return self.verdict.word


def findings(system: System, tell: Tell = lambda *_: None) -> tuple[Finding, ...]:
    """Every attack that is shipped, run in the system's setting; the worst first."""
    attacks = library.attacks()
    found = []
    for number, attack in enumerate(attacks):
        tell(number, len(attacks), f"Running: {attack.title}")
        found.append(finding(system, attack))
    return ranked(found)


def ranked(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first."""
    return tuple(sorted(found, key=_rank))


def finding(system: System, attack: Scenario) -> Finding:
    """What comes of one attack in the system's setting."""
    result, way = measured(attack.id, system), found_of(attack.id, system).way
    another = next((s for _, s in system.found if s.id == way), None)
    known = measured(attack.id, system.under(system.at_best)).word if system.at_best else "succeeded"
    loses = min((g.predicate for g in attack.goal), key=list(LOSSES).index)
    return Finding(
        attack.id,
        retelling.title(attack.id, system),
        attack.target,
        loses,
        result,
        way="" if way == attack.id or another else way,
        another=another,
        unsure=result.word == "succeeded" and known != "succeeded",
        scripts=max(1, len(scripts(attack.id, system))),
    )


def _rank(finding: Finding) -> tuple[int, int, str]:
    return (SEVERITY.index(finding.word), list(LOSSES).index(finding.loses), finding.title)
