"""The scenario that a command is given: the id of a shipped one, or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.views.terminal import Unusable, UnusableFile

if TYPE_CHECKING:
    from sandbox.language.document import Scenario


def find(name: str) -> Scenario:
    """The scenario of that id, or in that file."""
    from sandbox.core.text import nearest
    from sandbox.language import library
    from sandbox.language.loader import load
    from sandbox.language.source import ScenarioError

    path = Path(name)
    if name in library.ids() and not path.is_file():
        return library.get(name)
    if path.is_file():
        try:
            return load(path)
        except ScenarioError as error:
            raise UnusableFile(str(error)) from None
    if path.suffix in (".yaml", ".yml") or "/" in name:
        raise Unusable(f"there is no file {name}")
    raise Unusable(f"there is no scenario {name!r}{nearest(name, library.ids())}")
