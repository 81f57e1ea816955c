"""Which stories Start and Compare begin with: what `first_stories.yaml` says, checked at load.  No page names a scenario itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sandbox.core.forms import Form, refuse, suggestion
from sandbox.core.memo import memo
from sandbox.language import library, table
from sandbox.language.document import Prose
from sandbox.protocol.switches import PROFILES

FILE = Path(__file__).with_suffix(".yaml")


def _story(id: str) -> str:
    if id not in library.ids():
        raise refuse(f"there is no scenario `{id}`", suggestion(id, library.ids()) or "see oauth-sandbox list")
    return id


def _profile(name: str) -> str:
    if name not in PROFILES:
        raise refuse(f"there is no profile `{name}`", suggestion(name, PROFILES) or "see oauth-sandbox switches")
    return name


Story = Annotated[str, AfterValidator(_story)]
Design = Annotated[str, AfterValidator(_profile)]


class Film(Form):
    """The run that plays by itself on the page Start, in the file's own setting."""

    scenario: Story


class Door(Form):
    """A way in beside the path: its label, and its destination."""

    label: Prose
    page: Literal["play", "attacks", "flows", "compare", "matrix", "system"]
    params: dict[str, str] = Field(default_factory=dict)


class Opening(Form):
    """What Compare begins with."""

    scenario: Story
    settings: tuple[Design, ...] = Field(strict=False, min_length=2, max_length=3)


class Doors(Form):
    """The whole file."""

    film: Film
    doors: tuple[Door, ...] = Field(strict=False, min_length=1, max_length=4)
    compare: Opening
    yardstick: Story


@memo("table", 1)
def shipped() -> Doors:
    """The file that comes with the app."""
    return table.loads(Doors, FILE.read_bytes(), FILE.name)
