"""Real recordings and documents, each with what an expert concludes: nothing of it may be missing, and nothing may be claimed beyond it.

Trimmed copies lie in tests/data/reality; `REALITY_DIR=folder` reads a whole set instead, as it was recorded.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.reality import answers
from sandbox.reality.inspection import Inspection
from tests.support.outputs import outputs
from tests.support.reality import CALLED, about, inspected, keys, ticked, today, truth, writings

KEYS = [pytest.param(key, id=key.name.removesuffix(".truth.yaml")) for key in keys()]


def found_in(key: Path) -> Inspection:
    return inspected(about(key))


def test_there_are_answer_keys() -> None:
    assert len(KEYS) >= 7


@pytest.mark.parametrize("key", KEYS)
def test_what_an_expert_finds_is_found_at_the_same_places(key: Path) -> None:
    found = found_in(key)
    names = CALLED.get(found.files[0].kind, {})
    for wanted in truth(key).get("findings", []):
        id = names.get(wanted["id"], wanted["id"])
        mine = [f for f in found.findings if f.id == id]
        assert mine, f"{id} was not found: {wanted['says']}"
        places = {e.entry if e.entry is not None else e.at for f in mine for e in f.evidence}
        assert {e.get("entry", e.get("path")) for e in wanted["evidence"]} <= places, f"{id}: other places"
        assert mine[0].tone == wanted["tone"], id


@pytest.mark.parametrize("key", KEYS)
def test_what_follows_is_ticked_and_nothing_that_does_not(key: Path) -> None:
    said, mine = truth(key).get("answers", {}), ticked(found_in(key))
    for name, row in said.get("follow", {}).items():
        given = row.get("answer")
        wanted = [f"{name}.{a}" for a in given] if isinstance(given, list) else [name] if given is True else [f"{name}.{given}"]
        for old in wanted:
            assert set(today(old)) <= mine, f"{old} follows, and is not ticked"
    for drawer in ("refuted", "open"):
        for name in said.get(drawer, {}):
            whole = [t for t in mine if t.startswith(f"{name}-")]
            assert not (set(today(name)) & mine if "." in name else whole), f"{name} is {drawer}, and is ticked"


@pytest.mark.parametrize("key", KEYS)
def test_a_tick_has_its_evidence(key: Path) -> None:
    found = found_in(key)
    said = {s.id: s for s in answers.said(found.findings)}
    for id in ticked(found):
        assert said[id].drawer == "follows"
        assert any(f.evidence for f in said[id].findings), id


@pytest.mark.parametrize("key", KEYS)
def test_no_secret_and_nothing_personal_is_in_any_output(key: Path) -> None:
    everything = outputs(about(key).name, about(key).read_bytes())
    secrets = [s["value"] for s in truth(key).get("must_be_masked", [])]
    people = [p.split(" (")[0] for p in truth(key).get("personal_data", [])]
    for value in secrets:
        for text in writings(value):
            assert not [n for n, out in everything.items() if text in out], f"a secret of {len(value)} characters"
    for value in people:
        for text in writings(value) if len(value) > 5 else [value]:
            assert not [n for n, out in everything.items() if text in out], value
