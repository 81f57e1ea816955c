"""The command audit: JSON, words, files, and its exit code."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from click.testing import CliRunner

from sandbox.cli.audit import _run as work_out
from sandbox.cli.audit import audit as command
from sandbox.studies import questions
from sandbox.views.audit import record
from tests.support.reality import OWN, SPA
from tests.support.studied import ANSWERS, answered, audited

pytestmark = pytest.mark.slow

BEST = ("--profile", "oauth-bcp")


@pytest.fixture(autouse=True)
def made(monkeypatch):
    """The command prints audits that this test run has made already, whoever asked for them first."""
    monkeypatch.setattr("sandbox.cli.audit._run", audited)


def run(*args):
    return CliRunner().invoke(command, args)


def test_the_command_prints_json_and_fails_if_an_attack_succeeds():
    result = run("--json", "--answers", questions.written(ANSWERS))
    assert result.exit_code == 1
    assert result.stdout == record.text(answered(), questions.sensible(ANSWERS))


def test_the_command_takes_switches_and_prints_words(monkeypatch):
    monkeypatch.setattr("sandbox.cli.audit._run", work_out)
    result = run("--profile", "naive-jwt", "--set", "AUD=on")
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
    assert "On Monday" in result.stdout
    assert "☑ Keep tokens" not in result.stdout


def test_the_command_writes_files(tmp_path):
    file = tmp_path / "a.html"
    assert run(*BEST, "--html", str(file)).stdout == ""
    assert file.read_text().startswith("<!doctype html>")
    assert re.match(r"# \d+ of \d+ attacks succeed", run(*BEST, "--markdown").stdout)


def test_the_best_profile_has_little_left_to_change():
    """A sign-in of today for what matters, and a client that keeps no secret: what oauth-bcp leaves to choose."""
    result = run(*BEST, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert {c["switch"] for c in told["plan"]["changes"]} <= {
        *("client.bff", "client.step_up", "client.auth", "rs.step_up", "rs.key_cache", "as.loopback", "as.self_registered")
    }
    assert all(t["state"] == "done" for t in told["monday"] if t["item"] != "revoke"), told["monday"]


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


def as_file(tmp_path, data):
    file = tmp_path / "answers.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("text", ["-", "FILE"])
def test_the_command_takes_a_file_and_standard_input(tmp_path, text):
    data = json.dumps({q: list(a) for q, a in ANSWERS.items()})
    words = ["--json", "--answers", as_file(tmp_path, data) if text == "FILE" else text]
    assert json.loads(CliRunner().invoke(command, words, input=data).stdout)["attacks"] == record.as_json(answered())["attacks"]


def test_an_answer_that_is_not_asked_for_is_named(tmp_path):
    data = {"design": "login", "sender": "dpop", "api": ["scope", "alg", "aud", "iss"], "clients": "mobile"}
    result = run("--answers", as_file(tmp_path, data), "--json")
    assert "not asked for sender: dpop, api: scope; left out" in result.stderr
    assert json.loads(result.stdout)["answers"] == {"design": ["login"], "clients": ["mobile"], "api": ["alg", "iss", "aud"]}


def test_a_file_that_cannot_be_answers_says_so(tmp_path):
    import os

    pipe, empty = tmp_path / "pipe.json", tmp_path / "empty.json"
    os.mkfifo(pipe)
    empty.write_text(" \n")
    for path, said in ((pipe, "it is a pipe"), (tmp_path, "Is a directory"), (empty, 'write {"design"'), ("/dev/null", 'write {"design"')):
        result = run("--answers", str(path))
        assert result.exit_code == 2
        assert said in result.output


def test_what_files_show_is_answered_and_a_person_answers_the_rest(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr("sandbox.cli.audit._run", lambda system: asked.append(system) or answered())
    page = tmp_path / "report.html"
    result = run("--seen", str(OWN / SPA), "--answers", "life-hours.revoke-none", "--json", "--html", str(page))
    data = json.loads(result.stdout)
    assert (data["answers"]["browser"], data["answers"]["life"], data["answers"]["revoke"]) == (["page"], ["hours"], ["none"])
    assert asked == [questions.system({q: tuple(given) for q, given in data["answers"].items()})]
    assert {"code_to_third_party", "no_nonce"} <= {f["id"] for f in data["seen"]["findings"]}
    text = page.read_text(encoding="utf-8")
    for part in (
        "What was seen in your files",
        "Seen: The page itself calls the token endpoint: a single-page app, as far as this recording goes (from entry 26, request.url)",
        "The files show the contrary of “An hour or longer”: ",
        "Not in the files: “We cannot” is what you say",
    ):
        assert part in unescape(text), part


def test_words_have_the_findings_and_a_file_stands_for_a_whole_setting(monkeypatch):
    monkeypatch.setattr("sandbox.cli.audit._run", lambda _: answered())
    assert "[code_to_third_party]" in run("--seen", str(OWN / SPA)).stdout
    assert "Seen: " in run("--seen", str(OWN / SPA), "--markdown").stdout
    assert run("--seen", str(OWN / SPA), *BEST).exit_code == 2
