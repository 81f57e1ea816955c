"""The comparison table "OAuth or JWT?" and the picture of key card and front desk: what `comparison.yaml` says, checked at load.

Each row has a cell for each profile, with the run that proves it.  Whether the run finds what is claimed is for a test to find
out, not for this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.engine.result import Word
from sandbox.language import library, table
from sandbox.language.document import Prose, Ref, Scenario, Switches
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, UnknownSetting

FILE = Path(__file__).with_suffix(".yaml")


class Run(Form):
    """The run that proves a cell: a scenario, what is switched on beside the design's own defences, and the verdict that it must find."""

    scenario: str
    switches: Switches = Field(default_factory=dict)
    finds: Word

    @model_validator(mode="after")
    def _is_there(self) -> Self:
        known_scenario(self.scenario)
        try:
            Settings.of(next(iter(PROFILES))).at_least(self.switches)
        except UnknownSetting as error:
            raise refuse(str(error), "see oauth-sandbox switches") from None
        return self


class Cell(Form):
    """What one of the designs gives, in one aspect."""

    says: Prose = Field(min_length=1, max_length=200)
    run: Run


def known_scenario(name: str) -> str:
    """The name, if a scenario is called so.  Refuses any other."""
    if name not in library.ids():
        raise refuse(f"there is no scenario `{name}`", suggestion(name, library.ids()) or "see oauth-sandbox list")
    return name


def known_profile(profile: str) -> str:
    """The name, if a profile is called so.  Refuses any other."""
    if profile not in PROFILES:
        raise refuse(f"there is no profile `{profile}`", suggestion(profile, PROFILES) or "see oauth-sandbox switches")
    return profile


class Row(Form):
    """One aspect of the comparison, in each of the designs, which are the profiles."""

    aspect: Prose = Field(min_length=1, max_length=40)
    refs: tuple[Ref, ...] = Field(strict=False, min_length=1, max_length=4)
    cells: dict[Annotated[str, AfterValidator(known_profile)], Cell]

    @model_validator(mode="after")
    def _every_design(self) -> Self:
        if missing := [name for name in PROFILES if name not in self.cells]:
            raise refuse(f"`cells` has nothing about {', '.join(missing)}", "say something about every profile")
        return self

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """The row's runs, in the order of the profiles."""
        return tuple(Proof(name, self.cells[name]) for name in PROFILES)


@dataclass(frozen=True)
class Proof:
    """A cell in its design: what is claimed, and the case that is run for it."""

    profile: str
    cell: Cell

    @property
    def finds(self) -> Word:
        """The verdict that the run must find."""
        return self.cell.run.finds

    @property
    def story(self) -> Scenario:
        """The scenario that is run."""
        return library.get(self.cell.run.scenario)

    @property
    def settings(self) -> Settings:
        """The setting in which it is run: the pure profile, with the cell's switches raised to at least these values."""
        return Settings.of(self.profile).at_least(self.cell.run.switches)


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
        return tuple(proof for row in self.rows for proof in row.proofs)


def loads(text: str | bytes, name: str = FILE.name) -> Comparison:
    """The table from text.  ScenarioError, with line and column."""
    return table.loads(Comparison, text, name)


@memo("table", 1)
def shipped() -> Comparison:
    """The table that comes with the sandbox."""
    return loads(FILE.read_bytes())
