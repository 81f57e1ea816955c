"""The galleries Flows and Attacks fill themselves from the library."""

from __future__ import annotations

import pytest

from sandbox.app import cache
from sandbox.app.parts import first_stories
from sandbox.language import library
from tests.support.apps import fine, links_to, opened, page_text

pytestmark = pytest.mark.slow


def test_attacks_is_a_gallery_with_the_verdict_of_each_profile() -> None:
    at = opened("attacks")
    assert sorted(links_to(at)) == [f"scenario={s.id}" for s in library.attacks()]
    assert page_text(at).count('class="verdicts"') == len(library.attacks())
    found = [word for attack in library.attacks() for word in cache.by_profile(attack).values()]
    assert page_text(at).count('class="succeeded"') == found.count("succeeded")


@pytest.mark.parametrize("level", ["beginner", "intermediate", "advanced"])
def test_attacks_are_shown_by_level_and_a_link_can_say_which(level: str) -> None:
    """A level of which there are no attacks is not offered, and a link that asks for it gets them all."""
    there = {s.difficulty for s in library.attacks()}
    wanted = [f"scenario={s.id}" for s in library.attacks() if s.difficulty == level or level not in there]
    at = opened("attacks", difficulty=level.capitalize())
    assert sorted(links_to(at)) == sorted(wanted)
    assert (level.capitalize() in at.segmented_control(key="difficulty").options) == (level in there)
    at.segmented_control(key="difficulty").set_value("all").run()
    assert len(links_to(fine(at))) == len(library.attacks())


def test_flows_is_a_gallery() -> None:
    shown = links_to(opened("flows"))
    assert sorted(shown) == sorted(f"scenario={s.id}" for s in library.flows())
    assert shown[: len(first_stories.shipped().flows)] == [f"scenario={id}" for id in first_stories.shipped().flows]
