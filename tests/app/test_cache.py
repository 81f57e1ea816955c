"""What is made of a case is made once, and shared by all visitors."""

from __future__ import annotations

import pytest

from sandbox.app import cache
from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.protocol.edits import Edit
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES

FLOW = Case.of(library.get("naive-jwt"))
ATTACK = library.get("missing-aud-replay")


def test_equal_cases_share_one_run_and_one_document() -> None:
    assert cache.run(FLOW) is cache.run(Case.of(library.get("naive-jwt")))
    assert cache.run(FLOW) == simulation.run_case(FLOW)
    assert cache.document(cache.run(FLOW)) is cache.document(simulation.run_case(FLOW))


def test_a_run_with_edits_is_shown_beside_the_one_without() -> None:
    edited = Case(FLOW.scenario, FLOW.settings, edits=(Edit("accounts/laptop>accounts:GET /accounts#1", "headers.x", "1"),))
    assert cache.plain(cache.run(edited)) is cache.run(FLOW)
    assert cache.plain(cache.run(FLOW)) is None
    assert cache.document(cache.run(edited)) != cache.document(cache.run(FLOW))


def test_every_profile_has_the_word_of_its_run() -> None:
    words = cache.by_profile(ATTACK)
    assert words == {p: simulation.run(ATTACK, Settings.of(p)).verdict.word for p in PROFILES}


@pytest.mark.slow
def test_several_runs_are_one_document() -> None:
    shown = tuple(cache.run(Case(ATTACK, Settings.of(p))) for p in ("naive-jwt", "oauth-bcp"))
    assert len(cache.compared(shown)["panes"]) == 2
    assert cache.compared(shown) is cache.compared(shown)
