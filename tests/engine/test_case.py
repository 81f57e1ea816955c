"""The case: everything that decides how a run goes, as one value."""

from __future__ import annotations

import copy

from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.protocol.edits import Edit
from sandbox.protocol.settings import Settings

ATTACK = library.get("missing-aud-replay")
EDITS = (Edit("m", "path", "/x"),)


def test_without_settings_it_is_in_the_files_own() -> None:
    assert Case.of(ATTACK) == Case(ATTACK, ATTACK.settings)
    assert Case.of(ATTACK, Settings.of("oauth-bcp")).own == Case.of(ATTACK)


def test_other_settings_keep_the_seed_and_leave_the_edits() -> None:
    case = Case.of(ATTACK, seed=3, edits=EDITS)
    assert case.under(Settings.of("oauth-bcp")) == Case(ATTACK, Settings.of("oauth-bcp"), 3)
    assert case.plain == Case.of(ATTACK, seed=3)
    assert case.at_least({"AUD": "on"}).settings == ATTACK.settings.at_least({"AUD": "on"})


def test_equal_cases_are_one_key_and_copies_are_the_same_object() -> None:
    assert {Case.of(ATTACK): 1}[Case.of(ATTACK)] == 1
    case = Case.of(ATTACK)
    assert copy.deepcopy(case) is case


def test_it_knows_what_is_hers_and_what_is_missing() -> None:
    assert {"mallory", "mallory_browser", "accounts"} <= Case.of(ATTACK).hers
    assert "transactions" not in Case.of(ATTACK).hers
    lacking = Case.of(library.get("code-interception"), Settings.of("naive-jwt")).lacking
    assert lacking is not None
    assert lacking.name == "oauth"
    assert Case.of(ATTACK).lacking is None


def test_record_and_run_belong_to_a_case() -> None:
    case = Case.of(ATTACK, seed=5)
    run = simulation.run_case(case)
    assert run == simulation.run(ATTACK, seed=5)
    assert run.case is case
    assert (run.scenario, run.settings, run.seed, run.edits) == (ATTACK, ATTACK.settings, 5, ())
