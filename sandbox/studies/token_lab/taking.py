"""Attacks that take something out of the claims themselves, from `taking.yaml`, checked at load."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.language import library, table
from sandbox.language.document import Id, Prose

FILE = Path(__file__).with_suffix(".yaml")
Kind = Literal["personal", "rights", "lists"]


class Taking(Form):
    """An attack, the kind of claim that it takes, and what is said where there is none of that kind."""

    attack: Id
    what: Kind
    because: Prose = Field(min_length=1, max_length=120)

    @model_validator(mode="after")
    def _exists(self) -> Self:
        known = [a.id for a in library.attacks()]
        if self.attack not in known:
            raise refuse(f"there is no `{self.attack}`", suggestion(self.attack, known) or "see oauth-sandbox list")
        return self


class Takings(Form):
    """All of them."""

    attacks: tuple[Taking, ...] = Field(strict=False, max_length=50)


def loads(text: str | bytes, name: str = FILE.name) -> Takings:
    """The table from text.  ScenarioError, with line and column."""
    return table.loads(Takings, text, name)


@memo("table", 1)
def shipped() -> tuple[Taking, ...]:
    """The table that comes with the sandbox."""
    return loads(FILE.read_bytes()).attacks
