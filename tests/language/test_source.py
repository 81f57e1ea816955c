"""The text of a file: what is not read at all, and how a place in it is shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.language.source import MAX_BYTES, MAX_LISTED, MAX_PROBLEMS, ScenarioError, Source, contents, decode


@pytest.mark.parametrize(
    ("raw", "line", "column", "said"),
    [
        (b"a: \xff", 1, 4, "the file is not UTF-8 text"),
        ("a: 1\nb: \u202ex", 2, 4, "there is an invisible character here, U+202E"),
        ("a" * (MAX_BYTES + 1), 1, 1, "the file is larger than 256 KiB"),
    ],
    ids=["not UTF-8", "invisible", "too large"],
)
def test_text_that_cannot_be_shown_is_not_read(raw, line, column, said):
    with pytest.raises(ScenarioError) as caught:
        decode(raw, "f.yaml")
    [problem] = caught.value.problems
    assert (problem.line, problem.column, problem.message) == (line, column, said)


def test_a_long_line_is_shown_around_its_problem():
    shown = str(Source("f.yaml", "x" * 500 + "Y" + "z" * 500).problem(1, 501, "this", "that")).split("\n")
    assert shown[1].startswith("  ...x")
    assert shown[1].endswith("z...")
    assert shown[1][shown[2].index("^")] == "Y"


def test_of_many_hidden_characters_some_are_shown_and_some_counted():
    with pytest.raises(ScenarioError) as caught:
        decode("\u200b" * 80_000, "f.yaml")
    assert (len(caught.value.problems), caught.value.more) == (MAX_PROBLEMS, MAX_LISTED - MAX_PROBLEMS)


def test_a_character_without_a_shape_has_one_in_the_excerpt():
    with pytest.raises(ScenarioError) as caught:
        decode("title: one\u00adtwo\tthree", "f.yaml")
    assert str(caught.value).split("\n")[1] == "  title: one\ufffdtwo→three"


def test_a_named_pipe_is_not_waited_for(tmp_path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="it is a pipe"):
        contents(pipe)


def test_a_pipe_of_the_shell_is_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"title: x")
    os.close(writing)
    assert contents(Path(f"/dev/fd/{reading}")) == b"title: x"
    os.close(reading)


def test_no_more_is_read_than_is_wanted(tmp_path) -> None:
    file = tmp_path / "long"
    file.write_bytes(b"x" * 100)
    assert len(contents(file, 10)) == 11
    assert contents(Path("/dev/null")) == b""
