"""The command line, as it is typed: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from click.testing import CliRunner, Result

from sandbox.cli.main import main
from sandbox.language import library
from sandbox.protocol.switches import PROFILES, SWITCHES
from sandbox.verbs.table import VERBS
from tests.support.claims import checked_for_real

AUD = library.get("missing-aud-replay").source


def typed(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == code, result.output
    return result


def found(*words: str) -> dict[str, Any]:
    """The one object that `run ... --json` prints."""
    said: dict[str, Any] = json.loads(typed("run", *words, "--json").stdout)
    return said


# ---------------------------------------------------------------- what is there


def test_list_names_every_scenario() -> None:
    said = typed("list").stdout
    assert [line.split()[1] for line in said.splitlines()] == list(library.ids())


def test_list_as_json() -> None:
    said = json.loads(typed("list", "--json").stdout)["scenarios"]
    assert {
        "id": "missing-aud-replay",
        "kind": "attack",
        "title": library.get("missing-aud-replay").title,
        "difficulty": "beginner",
        "minutes": 7,
        "after": ["code-flow"],
    } in said


def test_show_tells_the_story_the_steps_and_the_claims() -> None:
    said = typed("show", "missing-aud-replay").stdout
    for part in (
        "A token for accounts opens transactions",
        "budget.sign_in",
        "Blocked by",
        "Not blocked by",
        "We put an audience into the token.",
    ):
        assert part in said


def test_switches_names_every_switch_and_profile() -> None:
    said = typed("switches").stdout
    assert all(name in said for name in [*SWITCHES, *PROFILES])
    assert [s["name"] for s in json.loads(typed("switches", "--json").stdout)["switches"]] == list(SWITCHES)


def test_words_says_what_a_word_means_and_lists_all() -> None:
    said = typed("words", "state").stdout
    assert "state (parameter)" in said
    assert "state (check)" in said
    assert "oauth-sandbox run csrf-redirect-uri, step deliver" in said
    assert all(word in typed("words").stdout for word in ("code_verifier", "bearer", "AUD", "Authorization server"))
    assert "did you mean 'code_verifier'" in typed("words", "code_verifer", code=2).stderr


def test_verbs_names_every_verb() -> None:
    said = typed("verbs").stdout
    assert all(f"{verb.name}  {verb.doc[:20]}" in said for verb in VERBS.values())
    assert [v["name"] for v in json.loads(typed("verbs", "--json").stdout)["verbs"]] == list(VERBS)


@pytest.mark.slow
def test_schema_is_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(typed("schema").stdout))


@pytest.mark.parametrize("command", ["check", "list", "run", "schema", "show", "switches", "verbs", "words"])
def test_every_command_has_help(command: str) -> None:
    assert command in typed("--help").stdout
    assert "Usage" in typed(command, "--help").stdout


def test_help_does_not_wait_for_streamlit_or_the_engine() -> None:
    heavy = "import sys; from sandbox.cli.main import main; print([m for m in ('streamlit', 'authlib', 'pydantic') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", heavy], capture_output=True, check=True, text=True).stdout == "[]\n"


# ---------------------------------------------------------------- run


def test_a_run_is_a_table_of_moments_and_a_verdict() -> None:
    said = typed("run", "missing-aud-replay").stdout
    assert "oauth-basic, client.code_flow=on, client.referrer_policy=on" in said
    assert "Alice's browser → Budget" in said
    assert "SUCCEEDED" in said
    assert "\x1b" not in said


def test_naive_jwt_falls() -> None:
    said = found("missing-aud-replay", "--profile", "naive-jwt")
    assert (said["verdict"], said["profile"], said["blocked_by"]) == ("succeeded", "naive-jwt", None)


def test_best_practice_names_who_blocks() -> None:
    said = found("missing-aud-replay", "--profile", "oauth-bcp")
    assert said["verdict"] == "blocked"
    assert (said["blocked_by"]["party"], said["blocked_by"]["check"]) == ("transactions", "audience")


def test_one_api_that_does_not_look_is_enough() -> None:
    off = ("client.dpop=off", "as.dpop_bind=off", "rs.dpop=off", "transactions.check_aud=off")
    said = found("missing-aud-replay", "--profile", "oauth-bcp", *(word for change in off for word in ("--set", change)))
    assert said["verdict"] == "succeeded"


def test_a_change_without_a_profile_is_added_to_the_files_own_setting() -> None:
    said = found("missing-aud-replay", "--set", "AUD=on")
    assert (said["profile"], said["verdict"]) == ("oauth-basic", "blocked")


def test_a_profile_replaces_the_files_own_switches() -> None:
    assert found("missing-aud-replay", "--profile", "oauth-basic")["switches"]["client.code_flow"] == "off"


def test_the_same_seed_is_the_same_record_and_another_is_another() -> None:
    assert found("code-pkce", "--seed", "5") == found("code-pkce", "--seed", "5")
    assert found("code-pkce", "--seed", "5")["events"] != found("code-pkce", "--seed", "6")["events"]


def test_one_step_with_its_message() -> None:
    said = typed("run", "missing-aud-replay", "--step", "1").stdout
    assert "1. GET /login" in said
    assert "GET https://budget.example/login" in said
    assert said.splitlines()[-1] == typed("run", "missing-aud-replay").stdout.splitlines()[-1]  # what is needed to repeat it


def test_a_step_that_is_not_there() -> None:
    assert "there is no step 999: this run has" in typed("run", "code-pkce", "--step", "999", code=2).stderr


def test_mermaid_goes_to_standard_output() -> None:
    assert typed("run", "code-pkce", "--mermaid").stdout.startswith("sequenceDiagram")


@pytest.mark.slow
def test_files_are_written(tmp_path: Path) -> None:
    files = {form: tmp_path / f"run.{form}" for form in ("svg", "png", "html")}
    result = typed("run", "code-pkce", *(word for form, file in files.items() for word in (f"--{form}", str(file))))
    assert result.stdout == ""
    assert "<svg" in files["svg"].read_text(encoding="utf-8")
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    assert files["html"].read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "run.svg"
    said = typed("run", "code-pkce", "--svg", str(missing), code=2).stderr
    assert f"Invalid value for '--svg': {missing} cannot be written: there is no folder {missing.parent}\n" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "missing-aud-reply"), "there is no scenario 'missing-aud-reply'; did you mean 'missing-aud-replay'?"),
        (("show", "./nothing.yaml"), "there is no file ./nothing.yaml"),
        (("run", "code-pkce", "--profile", "oauth-bpc"), "did you mean 'oauth-bcp'?"),
        (("run", "code-pkce", "--set", "rs.check_aut=on"), "there is no switch 'rs.check_aut'; did you mean 'rs.check_aud'?"),
        (("run", "code-pkce", "--set", "rs.check_aud=maybe"), "rs.check_aud has no value 'maybe': it is one of off, on"),
        (("run", "code-pkce", "--set", "rs.check_aud"), "--set rs.check_aud: write it as SWITCH=VALUE"),
        (("runn",), "Did you mean 'run'?"),
        (("run",), "Missing argument 'SCENARIO'"),
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest_one(words: tuple[str, ...], said: str) -> None:
    result = typed(*words, code=2)
    assert said in result.stderr
    assert result.stdout == ""


# ---------------------------------------------------------------- check


def test_without_files_the_claims_of_all_that_are_shipped_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    checked_for_real(monkeypatch, "code-pkce")
    said = [line.split(maxsplit=2) for line in typed("check").stdout.splitlines()]
    assert [id for _, id, _ in said] == list(library.ids())
    assert {sign for sign, _, _ in said} == {"✓"}
    assert {words for _, id, words in said if id != "code-pkce"} == {"0 claims are true"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "wrong", "instead"),
    [
        ("by: transactions.audience", "by: transactions.scope", "transactions.audience"),
        ("answer: 401 invalid_dpop_proof", "answer: 403", "401 invalid_dpop_proof"),
        ("- switches: {rs.check_scope: on}", "- switches: {AUD: on}", "blocked"),
        (
            '{read: "alice:transaction-7", at: replay}',
            '{read: "alice:transaction-7", at: login}',
            "at the step “replay”",
        ),
    ],
)
def test_a_lie_is_found_out(tmp_path: Path, right: str, wrong: str, instead: str) -> None:
    assert right in AUD
    file = tmp_path / "missing-aud-replay.yaml"
    file.write_text(AUD.replace(right, wrong, 1), encoding="utf-8")
    said = typed("check", str(file), code=1).stdout
    assert "✗" in said
    assert instead in said.partition("found:")[2]


@pytest.mark.slow
def test_a_broken_file_is_said_with_position_and_cure(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(AUD.replace("difficulty:", "dificulty:"), encoding="utf-8")
    (tmp_path / "good.yaml").write_text(AUD, encoding="utf-8")
    result = typed("check", str(tmp_path), code=2)
    assert f"{file}:6:1: there is no key `dificulty` here" in result.stderr
    assert "cure: did you mean `difficulty`?" in result.stderr
    assert "good.yaml" in result.stdout
    assert f"{file}:6:1" in typed("run", str(file), code=2).stderr


@pytest.mark.slow
def test_junit_has_a_case_for_each_claim(tmp_path: Path) -> None:
    file, report = tmp_path / "missing-aud-replay.yaml", tmp_path / "report.xml"
    file.write_text(AUD.replace("by: transactions.audience", "by: transactions.scope"), encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("title: [", encoding="utf-8")
    typed("check", str(tmp_path), "--junit", str(report), code=2)
    suites = ElementTree.parse(report).getroot().findall("testsuite")
    assert [(s.get("errors"), s.get("failures")) for s in suites] == [("1", "0"), ("0", "1")]
    assert len(suites[1].findall("testcase")) == int(suites[1].get("tests", ""))


@pytest.mark.parametrize("nothing", ["missing", "empty"])
def test_nothing_to_check_is_wrong_usage(tmp_path: Path, nothing: str) -> None:
    (tmp_path / "empty").mkdir()
    assert "there " in typed("check", str(tmp_path / nothing), code=2).stderr


def test_escape_codes_in_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "escape.yaml"
    file.write_text(
        AUD.replace("A token for", '"\\e[31mA \\u202e token for', 1).replace("opens transactions", 'opens [bold]"', 1), encoding="utf-8"
    )
    for command in ("show", "run", "check"):
        result = CliRunner().invoke(main, [command, str(file)])
        assert "\x1b" not in result.output
        assert "\u202e" not in result.output


# ---------------------------------------------------------------- edits and HAR

CALL = "accounts/laptop>accounts:GET /accounts#1"


def test_a_message_is_edited_on_its_way() -> None:
    said = found("naive-jwt", "--profile", "jwt-done-properly", "--edit", f"{CALL}~headers.authorization.claims.aud~https://print.example")
    assert (said["verdict"], said["blocked_by"]["check"]) == ("failed", "signature")
    assert said["edits"][0]["value"] == "https://print.example"


def test_an_edit_that_does_not_fit_is_said_and_left_out() -> None:
    done = typed("run", "naive-jwt", "--edit", f"{CALL}~json.x~1")
    assert done.stderr.startswith(f"not edited: json.x of {CALL}: there is no JSON in this message")
    assert "COMPLETED" in done.stdout


def test_what_is_no_edit_is_refused() -> None:
    assert "'nonsense' is not MESSAGE~FIELD~VALUE" in typed("run", "naive-jwt", "--edit", "nonsense", code=2).stderr


def test_har_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "run.har"
    typed("run", "naive-jwt", "--har", str(file))
    assert json.loads(file.read_text())["log"]["version"] == "1.2"
