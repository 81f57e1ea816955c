"""The scenarios that come with the sandbox, by id.  The gallery fills itself: a new file is there without being named anywhere."""

from __future__ import annotations

from sandbox.core.memo import memo
from sandbox.core.text import nearest
from sandbox.language.document import Scenario
from sandbox.language.loader import load
from sandbox.language.shipped import files as files
from sandbox.language.shipped import ids as ids


class UnknownScenario(ValueError):
    """There is no shipped scenario with this id; the message suggests the nearest one."""


@memo("table", 256)
def get(id: str) -> Scenario:
    """The scenario with this id.  UnknownScenario, or ScenarioError if its file is broken."""
    if id not in files():
        raise UnknownScenario(f"there is no scenario {id!r}{nearest(id, files())}")
    return load(files()[id])


def flows() -> tuple[Scenario, ...]:
    """Honest stories, without the controls."""
    return tuple(s for s in map(get, ids()) if s.kind == "flow")


def attacks() -> tuple[Scenario, ...]:
    """Stories in which somebody is after something."""
    return tuple(s for s in map(get, ids()) if s.kind == "attack")


def ways(attack: str) -> tuple[Scenario, ...]:
    """The other known ways to the goal of an attack."""
    return tuple(s for s in map(get, ids()) if s.way_of == attack)


def before(id: str) -> tuple[str, ...]:
    """All that a learner should know before this scenario, what comes first first; each once, even where files lead in a circle."""
    found: dict[str, None] = {}
    seen = {id}

    def visit(here: str) -> None:
        for first in get(here).after:
            if first not in seen:
                seen.add(first)
                visit(first)
                found[first] = None

    visit(id)
    return tuple(found)


def controls() -> tuple[Scenario, ...]:
    """What must go on working whatever the defence."""
    return tuple(s for s in map(get, ids()) if s.kind == "control")
