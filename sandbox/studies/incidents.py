"""Real incidents behind the attacks: what `incidents.yaml` says, checked at load.

An attack has one only if something is known that shows this very attack.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.language import library, table
from sandbox.language.document import Id, Prose

FILE = Path(__file__).with_suffix(".yaml")


class Incident(Form):
    """Something that happened, or was published: the year, one sentence, and where to read about it."""

    year: int = Field(ge=2005, le=2100)
    what: Prose = Field(min_length=20, max_length=180)
    source: Prose = Field(min_length=10, max_length=140, description="title and organisation")
    cve: Annotated[str, StringConstraints(pattern=r"^(CVE-\d{4}-\d{4,7})?$")] = ""


class Incidents(Form):
    """All of them, by the id of the attack that they show."""

    looked_up: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
    incidents: dict[Id, Incident] = Field(max_length=200)

    @model_validator(mode="after")
    def _of_attacks(self) -> Self:
        known = [a.id for a in library.attacks()]
        for attack in self.incidents:
            if attack not in known:
                raise refuse(f"there is no attack `{attack}`", suggestion(attack, known) or "see oauth-sandbox list")
        return self


def loads(text: str | bytes, name: str = FILE.name) -> Incidents:
    """The table from text.  ScenarioError, with line and column."""
    return table.loads(Incidents, text, name)


@memo("table", 1)
def shipped() -> Incidents:
    """The incidents that come with the sandbox."""
    return loads(FILE.read_bytes())


def of(attack: str) -> Incident | None:
    """The incident that shows an attack, if one is known."""
    return shipped().incidents.get(attack)
