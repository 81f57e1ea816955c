"""The galleries Flows and Attacks fill themselves from the library."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app import cache
from sandbox.language import library
from sandbox.studies import path
from tests.support.apps import opened

pytestmark = pytest.mark.slow


def listed(at: AppTest) -> Any:
    """What the list got."""
    return json.loads(next(e.proto.json for e in at.get("bidi_component") if e.proto.component_name == "gallery"))


def test_attacks_has_every_attack_with_what_each_profile_finds() -> None:
    cards = listed(opened("attacks"))["cards"]
    assert [each["id"] for each in cards] == [s.id for s in path.ordered(library.attacks())]
    for each in cards:
        found = cache.by_profile(library.get(each["id"]))
        assert {d["profile"]: d["word"] for d in each["designs"]} == found
        assert {d["profile"] for d in each["designs"] if d["to"]} == {p for p, word in found.items() if word != "not-applicable"}


def test_flows_has_every_flow_and_no_outcome() -> None:
    cards = listed(opened("flows"))["cards"]
    assert [each["id"] for each in cards] == [s.id for s in path.ordered(library.flows())]
    assert all(each["designs"] == [] for each in cards)


def test_play_without_a_scenario_offers_all_of_them() -> None:
    assert len(listed(opened("play"))["cards"]) == len(library.flows()) + len(library.attacks())
