"""How commands speak: what comes from outside is text, and what goes wrong is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.views.terminal import Unusable, UnusableFile, pairs, plain, print_all, say, store, write


def test_what_cannot_be_seen_is_spelled_out(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[31mb\u202e")
    print_all([plain("[bold]\x1b[0m")])
    out, err = capsys.readouterr()
    assert err == "a⟦U+001B⟧[31mb⟦U+202E⟧\n"
    assert out == "[bold]⟦U+001B⟧[0m\n"


def test_what_was_given_wrongly_is_said_by_whom_or_where(capsys: pytest.CaptureFixture[str]) -> None:
    Unusable("there is no such thing").show()
    UnusableFile("f.yaml:1:2: it is empty").show()
    assert capsys.readouterr().err == "oauth-sandbox: there is no such thing\nf.yaml:1:2: it is empty\n"
    assert Unusable("x").exit_code == 2


def test_a_file_is_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.txt", "é")
    store(tmp_path / "deep" / "b.bin", b"\x00", folders=True)
    assert ((tmp_path / "a.txt").read_bytes(), (tmp_path / "deep" / "b.bin").read_bytes()) == ("é".encode(), b"\x00")
    assert capsys.readouterr().err == f"wrote {tmp_path / 'a.txt'}\n"
    with pytest.raises(Unusable, match="cannot write"):
        store(tmp_path / "nothing" / "c.txt", "x")


def test_switches_come_in_pairs() -> None:
    assert pairs(["rs.check_aud = off", "a=b=c"]) == {"rs.check_aud": "off", "a": "b=c"}
    with pytest.raises(Unusable, match="write it as SWITCH=VALUE"):
        pairs(["rs.check_aud"])
