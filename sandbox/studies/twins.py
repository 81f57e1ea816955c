"""Where a design has nothing to show of a story: the story of the same kind that it has something to show of."""

from __future__ import annotations

from sandbox.core.memo import memo
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.studies import path


@memo("run", 256)
def twin(scenario: Scenario, settings: Settings) -> Scenario | None:
    """The nearest shipped story that these settings can play: of attacks one with the same aim, of flows one that is at home in the
    design; of several the first on the way through.  None if there is no such story."""
    kind = library.attacks() if scenario.kind == "attack" else library.flows()
    way = [stop.id for stop in path.stops()]
    others = [s for s in kind if s.id != scenario.id and settings.lacks(s.needs) is None]
    near = [s for s in others if (s.target == scenario.target if scenario.kind == "attack" else s.settings.profile == settings.profile)]
    return min(near, key=lambda s: (way.index(s.id) if s.id in way else len(way), s.id), default=None)
