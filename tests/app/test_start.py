"""The page Start, run by AppTest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.app import cache
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.studies import comparison
from tests.support.apps import opened, unpacked

pytestmark = pytest.mark.slow


def component(at: AppTest, name: str) -> Any:
    proto = next(e.proto for e in at.get("bidi_component") if e.proto.component_name == name)
    return unpacked(proto.bytes) if proto.bytes else json.loads(proto.json)


def test_the_film_is_a_real_run_that_succeeds() -> None:
    film = component(opened("start"), "stepper")
    assert film["film"] is True
    assert film["panes"][0]["verdict"]["word"] == "Attack succeeded"
    assert len(film["timeline"]) > 10


def test_three_doors_lead_to_the_path_an_attack_and_your_system() -> None:
    """The first door is the next stop, which only the browser knows."""
    doors = component(opened("start"), "path")["doors"]
    assert [door["to"]["page"] for door in doors] == ["play", "system"]
    assert library.get(doors[0]["to"]["params"]["scenario"]).kind == "attack"


def test_the_two_pictures_have_the_articles_words() -> None:
    pictures = component(opened("start"), "keys")
    assert [p["name"] for p in pictures] == ["The key card", "The front desk"]


def test_every_side_of_the_comparison_leads_to_the_run_that_proves_it() -> None:
    table = component(opened("start"), "verdict_table")
    proofs = comparison.shipped().proofs
    items = [cell["items"][0] for row in table["rows"] for cell in row["cells"]]
    assert len(items) == len(proofs) == 28
    for item, proof in zip(items, proofs, strict=True):
        at = opened("play", **item["to"]["params"])
        assert component(at, "stepper")["panes"][0]["verdict"]["word"] == item["word"]
        assert cache.run(Case(proof.story, proof.settings)).verdict.word == proof.finds
