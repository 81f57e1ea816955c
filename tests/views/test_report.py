"""Runs, scenarios and claims in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES
from sandbox.studies import basis
from sandbox.studies.claims import Claim
from sandbox.views.report import claim_words, junit, run_words, scenario_words, setting_words, switch_data, verdict_words
from sandbox.views.terminal import print_all
from tests.support import sample_runs as samples


def printed(capsys: pytest.CaptureFixture[str], lines: Iterable[Any]) -> str:
    print_all(lines)
    return capsys.readouterr().out


def test_a_run_is_its_steps_its_verdict_and_its_stamp(capsys: pytest.CaptureFixture[str]) -> None:
    run = samples.blocked()
    said = printed(capsys, run_words(run))
    assert said.startswith(f"{run.scenario.title}\n{setting_words(run.settings)}\n")
    assert "✗ audience: expected https://transactions.connectsphere.example" in said
    assert (
        said.index("leak  Mallory reads") < said.index("replay  The compromised") < said.index("BLOCKED  This script: Transactions refused")
    )
    assert said.endswith(f"{run.stamp}\n")


@pytest.mark.parametrize("make", [samples.blocked, samples.succeeded, samples.completed, samples.nothing])
def test_a_verdict_says_its_word_and_its_sentence(make: Any, capsys: pytest.CaptureFixture[str]) -> None:
    verdict = make().verdict
    said = printed(capsys, [verdict_words(make())])
    assert said.startswith(f"{verdict.word.upper().replace('-', ' ')}  {basis.said(verdict.word, verdict.sentence)}")
    assert ("stopped at replay by transactions.audience: 401 invalid_token" in said) == (verdict.blocked_by is not None)


def test_how_long_a_credential_still_worked_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    run = simulation.run(library.get("thief-keeps-her-browser"), Settings.of("oauth-bcp"))
    assert "the credential still worked for 299 s" in printed(capsys, [verdict_words(run)])


def test_a_scenario_is_told_with_its_steps_and_claims(capsys: pytest.CaptureFixture[str]) -> None:
    scenario = library.get("missing-aud-replay")
    said = printed(capsys, scenario_words(scenario))
    assert all(step.id in said for step in scenario.steps)
    assert [said.index(head) for head in ("Steps", "Blocked by", "Not blocked by")] == sorted(
        said.index(h) for h in ("Steps", "Blocked by", "Not blocked by")
    )


FALSE = Claim("x", "it blocks", False, "succeeded", "write another switch")
TRUE = Claim("x", "it is repeatable", True)


def test_a_false_claim_is_followed_by_what_was_found_and_the_cure(capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, claim_words("x.yaml", [TRUE, FALSE]))
    assert said == "✗ x.yaml  1 of 2 claims are false\n    ✗ it blocks\n      found: succeeded\n      cure: write another switch\n"
    assert printed(capsys, claim_words("x.yaml", [TRUE])) == "✓ x.yaml  1 claim is true\n"
    assert "✓ it is repeatable" in printed(capsys, claim_words("x.yaml", [TRUE], every=True))


def test_claims_and_broken_files_are_cases_of_junit() -> None:
    top = ElementTree.fromstring(junit([("x.yaml", [TRUE, FALSE], ""), ("y.yaml", [], "y.yaml:1:1: it is empty")]))
    assert [(s.get("tests"), s.get("failures"), s.get("errors")) for s in top] == [("2", "1", "0"), ("1", "0", "1")]
    assert [f.get("message") for f in top.iter("failure")] == ["found: succeeded; cure: write another switch"]
    assert [e.text for e in top.iter("error")] == ["y.yaml:1:1: it is empty"]


def test_the_table_of_switches_is_data() -> None:
    assert [row["name"] for row in switch_data()] == list(SWITCHES)
    assert all(set(row["profiles"].values()) <= set(row["values"]) for row in switch_data())
