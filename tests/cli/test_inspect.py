"""The command inspect."""

import json

import pytest
from click.testing import CliRunner

from sandbox.cli.inspect import inspect as command
from tests.support.reality import NAIVE, OWN, SPA, WEB


def run(*args):
    return CliRunner().invoke(command, [str(a) for a in args])


def test_words():
    result = run(OWN / SPA)
    assert result.exit_code == 0
    for part in (
        "4 weak points in 1 file",
        "[code_to_third_party]",
        "entry 37",
        "curl -i",
        "access_token#1",
        "oauth-sandbox audit --answers design-oauth",
    ):
        assert part in result.stdout
    assert "\x1b" not in result.stdout


def test_json_and_html(tmp_path):
    page = tmp_path / "login.html"
    result = run(OWN / SPA, OWN / "oidc-provider.json", "--json", "--html", page)
    assert [f["kind"] for f in json.loads(result.stdout)["files"]] == ["recording", "metadata"]
    assert json.loads(result.stdout)["resembles"]["lesson"] == "code-pkce"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("word", "code"), [("hs256", 1), ("bad", 1), ("weak-hmac-secret", 1), ("no_pkce", 0), ("alg-none", 1), ("nothing-like-it", 2)]
)
def test_it_fails_on_what_is_wished(word, code):
    result = run(OWN / NAIVE, "--fail-on", word)
    assert result.exit_code == code
    assert ("oauth-sandbox: " in result.stderr) == bool(code)


def test_before_and_after():
    result = run(OWN / SPA, "--before", OWN / WEB)
    assert "What differs" in result.stdout
    assert "no longer seen: No code_challenge" in result.stdout


def test_what_cannot_be_read_is_said_in_a_line(tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text('{"password": "rabbit-hole-42"')
    result = run(bad)
    assert result.exit_code == 2
    assert result.stderr.lstrip().startswith("bad.json: it begins like JSON")
    assert "rabbit" not in result.stderr
    assert run(tmp_path / "absent.har").exit_code == 2
