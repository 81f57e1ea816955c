"""The other side of “Your turn”: somebody turns switches until the attack stops, honest people still get on, and nothing else is found.

A stand is one setting, and what came of it: the attack by all known ways, the honest flows, and, where somebody refused her, how far an
attacker who adapts has looked.  Pure: no page; `cli/defend.py` plays it in a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sandbox.engine.case import Case
from sandbox.engine.result import Verdict
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES, Switch
from sandbox.studies import adaptive, ways
from sandbox.studies.adaptive import Looked, known
from sandbox.studies.trials import fails

HOLDS = "It holds.  She is refused, honest people are not, and an attacker who adapts has found no other way within that bound."
OPEN_END = "It does not hold yet: she was refused, but the search for another way did not come to the end of its bound."


@dataclass(frozen=True)
class Stand:
    """One setting.  `way`: the script that came furthest; `broken`: titles of the honest flows that fail; `looked`: None where nobody
    refused her, so that nothing else has to be looked for, and where nobody has looked yet."""

    settings: Settings
    way: str
    verdict: Verdict
    broken: tuple[str, ...]
    looked: Looked | None = None

    @property
    def holds(self) -> bool:
        """Whether the attack is refused, everybody else gets on, and the whole bound was looked at without finding another way."""
        looked = self.looked
        return self.refused and looked is not None and looked.exhausted and not looked.ways

    @property
    def refused(self) -> bool:
        """Whether all known ways are refused and honest people get on, so that another way has to be looked for."""
        return self.verdict.word == "blocked" and not self.broken


def stood(attack: Scenario, start: Settings, settings: Settings, seed: int = 0) -> Stand:
    """The stand in these settings: with what an attacker who adapts has found, if somebody has let her look here before."""
    tried = ways.tried(Case(attack, settings, seed))
    stand = Stand(settings, tried.worst.way, tried.worst.verdict, fails(start, settings))
    return replace(stand, looked=adaptive.already(*_asked(attack), settings)) if stand.refused else stand


def looking(attack: Scenario, settings: Settings) -> Iterator[Looked]:
    """Look for another way, a state at a time; the last one is the answer, which is kept for all who ask again."""
    return adaptive.looking(*_asked(attack), settings)


def _asked(attack: Scenario) -> tuple[str, tuple[Scenario, ...]]:
    scripts = known(attack)
    return scripts[0].id, scripts


class Defending:
    """One game: an attack, and the stands taken so far."""

    def __init__(self, attack: Scenario, settings: Settings | None = None, seed: int = 0) -> None:
        self.attack, self.seed = attack, seed
        self.start = settings or attack.settings
        self._stands = [self._stand(self.start)]

    @property
    def stand(self) -> Stand:
        """Where the defender stands now."""
        return self._stands[-1]

    @property
    def turned(self) -> tuple[tuple[str, str], ...]:
        """The switches that are not as they were at the start, with their values now."""
        return self.stand.settings.beyond(self.start)

    def switches(self) -> tuple[Switch, ...]:
        """Those that this design has."""
        return tuple(s for s in SWITCHES.values() if self.start.architecture in s.applies)

    def turn(self, change: Mapping[str, str]) -> Stand:
        """Set switches, or all those of a bundle.  Raises UnknownSetting, and then nothing has changed."""
        self._stands.append(self._stand(self.stand.settings.but(change)))
        return self.stand

    def take_back(self) -> bool:
        """Go back to the stand before; whether there was one."""
        if len(self._stands) == 1:
            return False
        self._stands.pop()
        return True

    def _stand(self, settings: Settings) -> Stand:
        stand = stood(self.attack, self.start, settings, self.seed)
        return replace(stand, looked=adaptive.looked_for(*_asked(self.attack), settings)) if stand.refused else stand
