"""Which stories a newcomer meets first: the file names nothing that is not there."""

from __future__ import annotations

import pytest

from sandbox.app.parts import first_stories
from sandbox.app.parts.first_stories import FILE, Doors, flows, shipped
from sandbox.language import library, table
from sandbox.language.source import ScenarioError


def test_every_flow_is_shown_and_those_for_newcomers_first() -> None:
    assert {flow.id for flow in flows()} == {flow.id for flow in library.flows()}
    assert tuple(flow.id for flow in flows())[: len(shipped().flows)] == shipped().flows


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
