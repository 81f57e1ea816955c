"""What a visitor of the workshop looks at, and what a link says of it."""

from __future__ import annotations

import pytest

from sandbox.app.parts.workshop_view import WorkshopView, parse
from sandbox.language import library
from sandbox.protocol.settings import Settings


def test_an_answer_can_be_changed_by_a_link_only() -> None:
    view = (
        WorkshopView(item=2)
        .answered(2, "replay", "refused")
        .answered(1, "x", "accepted")
        .answered(2, "replay", "accepted")
        .answered(2, "replay.1", "ac")
    )
    assert view.answers_of(2) == {"replay": "accepted", "replay.1": "ac"}
    again, problems = parse(view.params())
    assert (again.answers, problems) == (view.answers, [])


@pytest.mark.parametrize(
    ("params", "item", "said"),
    [
        ({}, 1, []),
        ({"item": "3"}, 3, []),
        ({"item": "0"}, 1, ["There is no entry '0'; this is the first."]),
        ({"item": "٣"}, 1, ["There is no entry '٣'; this is the first."]),
        ({"item": "9" * 50}, 1, [f"There is no entry '{'9' * 50}'; this is the first."]),
    ],
)
def test_an_entry_that_is_not_there_is_the_first(params: dict[str, str], item: int, said: list[str]) -> None:
    view, problems = parse(params)
    assert (view.item, view.fresh, problems) == (item, True, said)


def test_answers_that_mean_nothing_are_left_out_and_said() -> None:
    view, problems = parse({"answers": "2.replay.r,,x.replay.r,1.replay.q,1.replay.1.r,1.replay.0.a,1..a," + f"1.{'s' * 41}.a"})
    assert view.answers == ((2, "replay", "refused"),)
    assert len(problems) == 6


def test_an_entry_has_its_own_setting_until_another_is_chosen() -> None:
    scenario = library.get("missing-aud-replay")
    own = Settings.of("oauth-bcp", {"rs.check_aud": "off"})
    view = WorkshopView(own=own)
    assert view.base(scenario) == own
    assert WorkshopView().base(scenario) == scenario.settings
    assert WorkshopView(own=own, profile="naive-jwt").base(scenario) == Settings.of("naive-jwt")
    assert view.at(2) == WorkshopView(item=2)
