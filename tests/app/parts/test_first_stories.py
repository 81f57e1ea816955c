"""Which stories a newcomer meets first: the file names nothing that is not there."""

from __future__ import annotations

import pytest

from sandbox.app.parts import first_stories
from sandbox.app.parts.first_stories import FILE, Doors, shipped
from sandbox.language import table
from sandbox.language.source import ScenarioError


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (f"scenario: {shipped().film.scenario}", "scenario: no-such-story", "there is no scenario `no-such-story`"),
        (f"[{shipped().compare.settings[0]}", "[naive", "there is no profile `naive`"),
    ],
)
def test_a_name_that_is_not_there_is_said_with_its_place(old: str, new: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ScenarioError, match=said) as caught:
        table.loads(Doors, text.replace(old, new, 1), FILE.name)
    assert caught.value.problems[0].file == FILE.name == first_stories.FILE.name
