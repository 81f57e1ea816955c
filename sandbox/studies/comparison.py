"""The comparison table "OAuth or JWT?" and the picture of key card and front desk: what `comparison.yaml` says, checked at load.

Each side of a row names the run that proves it.  Whether the run finds what is claimed is for a test to find out, not for this module.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.engine.result import Word
from sandbox.language import library, table
from sandbox.language.document import Prose, Ref, Scenario, Switches
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import UnknownSetting

FILE = Path(__file__).with_suffix(".yaml")


class Proof(Form):
    """A link to a run: scenario and setting, and the verdict that it must find."""

    scenario: str
    profile: str
    switches: Switches = Field(default_factory=dict)
    finds: Word

    @model_validator(mode="after")
    def _is_there(self) -> Self:
        if self.scenario not in library.ids():
            raise refuse(f"there is no scenario `{self.scenario}`", suggestion(self.scenario, library.ids()) or "see oauth-sandbox list")
        try:
            Settings.of(self.profile).at_least(self.switches)
        except UnknownSetting as error:
            raise refuse(str(error), "see oauth-sandbox switches") from None
        return self

    @cached_property
    def story(self) -> Scenario:
        """The scenario that is run."""
        return library.get(self.scenario)

    @cached_property
    def settings(self) -> Settings:
        """The setting in which it is run: the pure profile, with switches raised to at least these values."""
        return Settings.of(self.profile).at_least(self.switches)


class Side(Form):
    """What one of the two designs gives."""

    says: Prose = Field(min_length=1, max_length=200)
    run: Proof


class Row(Form):
    """One aspect of the comparison."""

    aspect: Prose = Field(min_length=1, max_length=40)
    jwt: Side
    oauth: Side
    refs: tuple[Ref, ...] = Field(strict=False, min_length=1, max_length=4)


class Picture(Form):
    """A design as something that everybody knows."""

    name: Prose = Field(min_length=1, max_length=40)
    text: Prose = Field(min_length=1, max_length=400)


class Pictures(Form):
    """The key card, and the front desk."""

    jwt: Picture
    oauth: Picture


class Comparison(Form):
    """The whole table, with the text above it."""

    title: Prose = Field(min_length=1, max_length=60)
    about: Prose = Field(min_length=1, max_length=300)
    pictures: Pictures
    rows: tuple[Row, ...] = Field(strict=False, min_length=1, max_length=12)

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """All runs that the table rests on, row by row."""
        return tuple(side.run for row in self.rows for side in (row.jwt, row.oauth))


def loads(text: str | bytes, name: str = FILE.name) -> Comparison:
    """The table from text.  ScenarioError, with line and column."""
    return table.loads(Comparison, text, name)


@memo("table", 1)
def shipped() -> Comparison:
    """The table that comes with the sandbox."""
    return loads(FILE.read_bytes())
