"""Values that never change are shared by copies of what holds them."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from sandbox.core.frozen import Frozen


@dataclass(frozen=True)
class Config(Frozen):
    name: str


@dataclass
class Party:
    config: Config
    log: list[str] = field(default_factory=list)


def test_a_copy_shares_the_frozen_part_and_nothing_else() -> None:
    party = Party(Config("a"))
    other = copy.deepcopy(party)
    assert other.config is party.config
    assert other.log is not party.log
