"""The command mask."""

import json

from click.testing import CliRunner

from sandbox.cli.mask import Bar
from sandbox.cli.mask import mask as command
from tests.support.reality import NAIVE, OWN


def run(*args):
    return CliRunner().invoke(command, [str(a) for a in args])


def test_the_masked_file_is_printed_and_told_about():
    result = run(OWN / NAIVE, "--list")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["log"]["entries"]
    assert "rabbit-hole-42" not in result.output
    assert "password#1" in result.stderr
    assert "oauth-sandbox: masked 6 values" in result.stderr


def test_the_masked_file_is_written(tmp_path):
    out = tmp_path / "masked.har"
    assert run(OWN / NAIVE, "-o", out).stdout == ""
    assert "globex" in out.read_text(encoding="utf-8")


def test_what_cannot_be_read_is_said_in_a_line(tmp_path):
    bad = tmp_path / "bad.har"
    bad.write_bytes(b'{"log": {"entries": [ "rabbit-hole-42')
    result = run(bad)
    assert result.exit_code == 2
    assert "breaks off" in result.stderr
    assert "rabbit" not in result.stderr


def test_a_bar_takes_what_it_is_told():
    with Bar("Reading") as bar:
        bar.tell(1, 2)
    assert bar.bar.tasks[0].completed == 1
