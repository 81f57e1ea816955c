"""What an attack is called, and its story, in a system that lacks the clients of its file: `retelling.yaml`, checked at load."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.language import library, table
from sandbox.language.document import Id, Prose
from sandbox.protocol.cast import instances
from sandbox.studies.questions import System

FILE = Path(__file__).with_suffix(".yaml")


class Retold(Form):
    """An attack in other words, for systems that lack all of these clients."""

    attack: Id
    without: tuple[str, ...] = Field(strict=False, min_length=1, max_length=3)
    title: Prose = Field(min_length=1, max_length=60)
    story: Prose = Field(min_length=20, max_length=300)

    @model_validator(mode="after")
    def _exists(self) -> Self:
        attacks = [a.id for a in library.attacks()]
        for name, known in ((self.attack, attacks), *((client, list(instances("client"))) for client in self.without)):
            if name not in known:
                raise refuse(f"there is no `{name}`", suggestion(name, known) or "see oauth-sandbox list")
        return self


class Retelling(Form):
    """All of them; the first that fits counts."""

    stories: tuple[Retold, ...] = Field(strict=False, max_length=100)


def loads(text: str | bytes, name: str = FILE.name) -> Retelling:
    """The table from text.  ScenarioError, with line and column."""
    return table.loads(Retelling, text, name)


@memo("table", 1)
def shipped() -> Retelling:
    """The table that comes with the sandbox."""
    return loads(FILE.read_bytes())


def title(attack: str, system: System) -> str:
    """What the attack is called in this system."""
    found = _retold(attack, system)
    return found.title if found else library.get(attack).title


def story(attack: str, system: System) -> str:
    """What happens in it there."""
    found = _retold(attack, system)
    return found.story if found else library.get(attack).story


def _retold(attack: str, system: System) -> Retold | None:
    fits = (r for r in shipped().stories if r.attack == attack and not set(r.without) & set(system.clients))
    return next(fits, None)
