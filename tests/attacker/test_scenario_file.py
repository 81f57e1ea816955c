"""A way as a file: it loads, and replays to the same verdict, whatever the attack that it was found for."""

from __future__ import annotations

import pytest

from sandbox.attacker.question import of_scenario
from sandbox.engine.simulation import run
from sandbox.language import library
from sandbox.language.loader import load, loads
from tests.support.effort import some
from tests.support.questions import answer

pytestmark = pytest.mark.slow

ATTACKS = [s.id for s in library.attacks()]


@pytest.mark.parametrize("id", some(ATTACKS, 8))
def test_a_file_replays_to_the_same_verdict(id: str, tmp_path) -> None:
    for number, way in enumerate(answer(of_scenario(library.get(id))).found):
        path = tmp_path / f"way-{number}.yaml"
        path.write_text(way.scenario.source, encoding="utf-8")
        assert run(load(path)).verdict == way.verdict


def test_a_file_states_the_powers_and_facts_that_it_takes_and_no_others() -> None:
    (way,) = answer(of_scenario(library.get("redirect-uri-loose-match"))).found
    attacker = loads(way.scenario.source, "x.yaml").attacker
    assert attacker is not None
    assert (attacker.can, attacker.knows) == (("lures",), {"pkce": "mallory.pkce"})


def test_what_a_change_removes_stays_removed() -> None:
    (session, *_) = answer(of_scenario(library.get("csrf-challenge-stripped")), 3).found
    assert '"code_challenge": null' in session.scenario.source
