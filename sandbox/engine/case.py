"""The case: everything that decides how a run goes, as one frozen value.  The same case gives the same record, byte for byte."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sandbox.core.frozen import Frozen
from sandbox.language.document import Scenario
from sandbox.protocol.cast import CAST
from sandbox.protocol.edits import Edit
from sandbox.protocol.settings import Mechanism, Settings


@dataclass(frozen=True)
class Case(Frozen):
    """A scenario to be run: in which settings, with which seed of the world's randomness, and with which edits of its messages."""

    scenario: Scenario
    settings: Settings
    seed: int = 0
    edits: tuple[Edit, ...] = ()

    @classmethod
    def of(cls, scenario: Scenario, settings: Settings | None = None, seed: int = 0, edits: tuple[Edit, ...] = ()) -> Case:
        """The same with `settings` None for the setting of the scenario's own file."""
        return cls(scenario, settings or scenario.settings, seed, edits)

    @property
    def own(self) -> Case:
        """The same scenario and seed in the setting of its own file, without edits."""
        return self.under(self.scenario.settings)

    def under(self, settings: Settings) -> Case:
        """The same scenario and seed in other settings, without edits."""
        return Case(self.scenario, settings, self.seed)

    def at_least(self, switches: Mapping[str, str]) -> Case:
        """The same scenario and seed with these switches raised to at least these values, without edits."""
        return self.under(self.settings.at_least(switches))

    @property
    def plain(self) -> Case:
        """The same case without edits."""
        return self.under(self.settings)

    @property
    def lacking(self) -> Mechanism | None:
        """The first mechanism that the scenario needs and the settings do not have; None if it can be run."""
        return self.settings.lacks(self.scenario.needs)

    @cached_property
    def hers(self) -> frozenset[str]:
        """The parties under the attacker's control in this scenario."""
        return frozenset(name for name in CAST if self.scenario.is_hers(name))
