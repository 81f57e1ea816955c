"""The command audit: JSON, words, files, and its exit code."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sandbox.cli.audit import audit as command
from sandbox.language import library
from sandbox.language.goals import PREDICATES
from sandbox.language.source import ScenarioError
from sandbox.studies import answers, questions
from sandbox.studies.audit import as_json
from tests.support.studied import ANSWERS, answered

BEST = ("--profile", "oauth-bcp", "--set", "client.bff=on")


def run(*args):
    return CliRunner().invoke(command, args)


def test_the_command_prints_json_and_fails_if_an_attack_succeeds():
    result = run("--json", "--answers", questions.written(ANSWERS))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == json.loads(json.dumps(as_json(answered()) | {"answers": questions.sensible(ANSWERS)}))


def test_the_command_takes_switches_and_prints_words():
    result = run("--profile", "naive-jwt", "--set", "AUD=on")
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
    assert "On Monday" in result.stdout
    assert "☑ Keep tokens" not in result.stdout


@pytest.mark.slow
def test_the_command_is_content_with_the_best_profile():
    result = run(*BEST)
    assert result.exit_code == 0
    assert "Nothing has to be changed" in result.stdout


@pytest.mark.slow
def test_the_command_writes_files(tmp_path):
    file = tmp_path / "a.html"
    assert run(*BEST, "--html", str(file)).stdout == ""
    assert file.read_text().startswith("<!doctype html>")
    assert run(*BEST, "--markdown").stdout.startswith("# 0 of ")


@pytest.mark.parametrize(
    "args",
    [
        ["--set", "x"],
        ["--set", "rs.check_aud=maybe"],
        ["--profile", "none"],
        ["--answers", "a-b"],
        ["--answers", "", "--profile", "oauth-bcp"],
        ["--answers", "no/such.json"],
        ["--fail-on", "reed"],
        ["--baseline", "no-such.json"],
    ],
)
def test_the_command_refuses_what_does_not_exist(args):
    result = run(*args)
    assert result.exit_code == 2
    assert result.stderr.startswith("oauth-sandbox: ")


# ---------------------------------------------------------------- answers from a file

LINK = questions.written(ANSWERS)


def as_file(tmp_path, data):
    file = tmp_path / "answers.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    "data",
    [
        {q: list(a) for q, a in ANSWERS.items()},
        {"format": 2, "answers": {q: list(a) for q, a in ANSWERS.items()}},
        {q: a[0] if len(a) == 1 else list(a) for q, a in ANSWERS.items()},
        LINK,
    ],
    ids=["map", "report", "words", "link"],
)
def test_answers_in_a_file_mean_what_the_link_means(data):
    assert answers.loads(json.dumps(data), "a.json") == questions.parse(LINK)[0]


def test_answers_of_an_earlier_version_are_understood():
    assert (
        answers.loads('{"signing": "shared", "signin": ["pkce", "exact"]}', "a.json")
        == (questions.parse("signing-shared.signin-pkce-exact")[0])
    )


@pytest.mark.parametrize("text", ["-", "FILE"])
def test_the_command_takes_a_file_and_standard_input(tmp_path, text):
    data = json.dumps({q: list(a) for q, a in ANSWERS.items()})
    words = ["--json", "--answers", as_file(tmp_path, data) if text == "FILE" else text]
    assert json.loads(CliRunner().invoke(command, words, input=data).stdout)["attacks"] == as_json(answered())["attacks"]


@pytest.mark.parametrize(
    ("data", "says", "cure"),
    [
        ('{"desing": "oauth"}', "a.json:1:2: there is no question `desing`", "did you mean `design`?"),
        ('{"design": "oath"}', "a.json:1:12: `design` has no answer `oath`", "did you mean `oauth`?"),
        ('{"design": ["oauth", "login"]}', "a.json:1:12: `design` has one answer", "keep one of them"),
        ('{"api": ["alg", 7]}', "a.json:1:17: an answer to `api` is a word", "write one of "),
        ('{"api": {"alg": true}}', "a.json:1:9: an answer to `api` is a word", "write one of "),
        ('{"answers": {"desing": "oauth"}}', "a.json:1:14: there is no question `desing`", "did you mean"),
        ("[]", "a.json:1:1: this is no set of answers", '{"design"'),
        ("7", "a.json:1:1: this is no set of answers", '{"design"'),
        ('"design-oath"', "a.json:1:1: Part of the link was left out", "see the link"),
        ("{", "a.json:1:2: a bracket is never closed", "close it"),
        ("", "a.json:1:1: the file is empty", ""),
        ('{"a.b": "c-d"}', "a.json:1:2: there is no question `a.b`", ""),
    ],
)
def test_what_is_wrong_with_answers_has_a_place_and_a_cure(data, says, cure):
    with pytest.raises(ScenarioError) as caught:
        answers.loads(data, "a.json")
    assert says in str(caught.value)
    assert cure in str(caught.value)


# ---------------------------------------------------------------- what it fails on


@pytest.fixture
def audited(monkeypatch):
    """The command with an audit that has been made already."""
    monkeypatch.setattr("sandbox.cli.audit._run", lambda system: answered())
    return lambda *words: run("--json", *words)


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
