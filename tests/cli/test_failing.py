"""What `audit` fails on: attacks, goals, and what is new since a baseline."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sandbox.cli.audit import audit as command
from sandbox.language import library
from sandbox.language.goals import PREDICATES
from sandbox.views.audit.record import as_json
from tests.support.studied import answered

pytestmark = pytest.mark.slow


@pytest.fixture
def audited(monkeypatch):
    """The command with an audit that has been made already."""
    monkeypatch.setattr("sandbox.cli.audit._run", lambda system: answered())
    return lambda *words: CliRunner().invoke(command, ["--json", *words])


def test_it_fails_on_what_was_said_only(audited):
    certain = [f.attack for f in answered().certain]
    goals = {a: {g.predicate for g in library.get(a).goal} for a in certain}
    assert {a: audited("--fail-on", a).exit_code for a in (s.id for s in library.attacks())} == {
        s.id: int(s.id in certain) for s in library.attacks()
    }
    assert {g: audited("--fail-on", g).exit_code for g in PREDICATES} == {g: int(any(g in of for of in goals.values())) for g in PREDICATES}
    assert audited("--fail-on", "any").exit_code == 1
    calm = next(s.id for s in library.attacks() if s.id not in certain)
    said = audited("--fail-on", calm, "--fail-on", certain[0])
    assert said.exit_code == 1
    assert said.stderr == f"oauth-sandbox: 1 attack succeeds: {certain[0]}\n"


def test_a_baseline_excuses_what_is_not_new(audited, tmp_path):
    old = as_json(answered())
    everything = tmp_path / "old.json"
    everything.write_text(json.dumps(old), encoding="utf-8")
    assert audited("--baseline", str(everything)).exit_code == 0
    first = answered().certain[0].attack
    for change in ({"found": "blocked"}, {"unsure": True}):  # what was not certain is new now
        attacks = [f | change if f["attack"] == first else f for f in old["attacks"]]
        everything.write_text(json.dumps(old | {"attacks": attacks}), encoding="utf-8")
        said = audited("--baseline", str(everything))
        assert (said.exit_code, said.stderr) == (1, f"oauth-sandbox: 1 new attack succeeds: {first}\n")
    of_010 = [{k: v for k, v in f.items() if k != "unsure"} for f in old["attacks"]]
    everything.write_text(json.dumps({"attacks": of_010}), encoding="utf-8")
    assert audited("--baseline", str(everything)).exit_code == 0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"attacks": 7}', '{"attacks": [7]}', '{"attacks": [{"attack": []}]}', "[" * 9000, "\x00"]
)
def test_a_baseline_that_is_none_is_refused(audited, tmp_path, text):
    file = tmp_path / "old.json"
    file.write_text(text, encoding="utf-8")
    said = audited("--baseline", str(file))
    assert said.exit_code == 2
    assert "oauth-sandbox audit --json" in said.stderr
