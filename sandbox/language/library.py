"""The scenarios that come with the sandbox, by id.  The gallery fills itself: a new file is there without being named anywhere."""

from __future__ import annotations

from pathlib import Path

from sandbox.core.memo import memo
from sandbox.core.text import nearest
from sandbox.language.document import Scenario
from sandbox.language.loader import load


class UnknownScenario(ValueError):
    """There is no shipped scenario with this id; the message suggests the nearest one."""


def folder() -> Path:
    """Where the files are: inside the package once it is installed, beside it in the repository."""
    package = Path(__file__).parent.parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


@memo("table", 1)
def files() -> dict[str, Path]:
    """Id -> file: flows, attacks, ways, each in the order of their names."""
    return {path.stem: path for kind in ("flows", "attacks", "ways") for path in sorted((folder() / kind).glob("*.yaml"))}


def ids() -> tuple[str, ...]:
    """The ids of all shipped scenarios."""
    return tuple(files())


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


def controls() -> tuple[Scenario, ...]:
    """What must go on working whatever the defence."""
    return tuple(s for s in map(get, ids()) if s.kind == "control")
