"""What a player reads and types."""

from __future__ import annotations

import io

import pytest

from sandbox.cli.turns import asked, say


def test_a_line_is_words_and_the_end_is_the_wish_to_stop(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("s  a.yaml\n\n"))
    assert [asked(), asked(), asked()] == [["s", "a.yaml"], [], ["q"]]
    assert capsys.readouterr().out == "> > > \n"


def test_what_is_hidden_in_a_text_is_spelled(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[2J")
    assert "\x1b" not in capsys.readouterr().out
