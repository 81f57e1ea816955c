"""Where commands write is looked at before they work, and looking changes nothing."""

from __future__ import annotations

import os

import click
import pytest
from click.testing import CliRunner

from sandbox.cli.main import main
from sandbox.cli.writable import Writable, unfit

WRITING = [
    (command, option)
    for command in main.commands.values()
    for option in command.params
    if isinstance(option, click.Option) and (isinstance(option.type, click.Path) or option.metavar in ("FILE", "FOLDER"))
]


def test_every_option_that_writes_is_looked_at_first() -> None:
    reads = {("audit", "--baseline"), ("audit", "--answers"), ("audit", "--seen"), ("inspect", "--before"), ("serve", "--config")}
    unchecked = {(c.name, o.opts[0]) for c, o in WRITING if not isinstance(o.type, Writable)} - reads
    assert not unchecked, "give an option that names what is written the type Writable of cli/writable.py"
    assert {c.name for c, o in WRITING if isinstance(o.type, Writable)} == {
        "run",
        "check",
        "matrix",
        "audit",
        "search",
        "workshop",
        "inspect",
        "mask",
    }


@pytest.mark.parametrize(("command", "option"), [(c.name, o) for c, o in WRITING if isinstance(o.type, Writable)], ids=str)
def test_it_is_wrong_usage_and_said_before_the_work(command: str, option: click.Option) -> None:
    result = CliRunner().invoke(main, [command, option.opts[0], "/dev/null/there/is/none"])
    assert result.exit_code == 2
    assert "/dev/null/there/is/none cannot be written: " in result.output


def test_looking_makes_and_empties_nothing(tmp_path) -> None:
    file, missing, folder = tmp_path / "a", tmp_path / "b", tmp_path / "c" / "d"
    file.write_text("kept")
    assert [unfit(file), unfit(missing), unfit(folder, folder=True)] == [None, None, None]
    assert sorted(os.listdir(tmp_path)) == ["a"]
    assert file.read_text() == "kept"


def test_why_it_cannot_be_written_is_said(tmp_path) -> None:
    file = tmp_path / "a"
    file.write_text("")
    assert unfit(tmp_path / "no" / "a") == f"there is no folder {tmp_path / 'no'}"
    assert unfit(file / "b", folder=True) == f"{file} is no folder"
    assert unfit(tmp_path / "no" / "a", folder=True) is None
