"""The commands for workshops: offline pages from a playlist, a folder or one scenario; and how to write one."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sandbox.cli.main import main
from sandbox.language import library

pytestmark = pytest.mark.slow

AUD = library.get("missing-aud-replay").source
PLAYLIST = "title: T\nabout: A\nitems:\n  - {scenario: code-pkce, minutes: 10, note: Look.}\n  - scenario: missing-aud-replay\n    title: Mine\n    setting: {profile: oauth-bcp, switches: {rs.check_aud: off}}\n"


def test_the_command_writes_the_folder(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PLAYLIST.replace("code-pkce", "mine"), encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(AUD, encoding="utf-8")
    (tmp_path / "not-named.yaml").write_text("broken: [", encoding="utf-8")
    result = CliRunner().invoke(main, ["workshop", str(tmp_path / "p.yaml"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "01-mine.html").is_file()
    assert "wrote 7 files" in result.stderr


def test_what_an_earlier_workshop_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    out, told = tmp_path / "out", tmp_path / "p.yaml"
    one, two = (
        "title: T\nitems:\n" + "".join(f"  - {{scenario: {s}}}\n" for s in ids)
        for ids in (("code-pkce",), ("code-pkce", "naive-jwt", "alg-none"))
    )

    def written(text: str) -> str:
        told.write_text(text, encoding="utf-8")
        result = CliRunner().invoke(main, ["workshop", str(told), "--out", str(out)])
        assert result.exit_code == 0, result.output
        return result.stderr

    assert "removed" not in written(two)
    (out / "mine.html").write_text("kept", encoding="utf-8")
    (out / "03-alg-none.html").write_text("changed since", encoding="utf-8")
    assert "removed 3 of an earlier workshop" in written(one)
    assert sorted(f.name for f in out.glob("*.html")) == [
        "01-code-pkce.html",
        "03-alg-none.html",
        "handout.html",
        "index.html",
        "mine.html",
    ]
    assert sorted(f.name for f in (out / "scenarios").iterdir()) == ["code-pkce.yaml", "playlist.yaml"]
    (out / ".workshop.json").write_text('{"../p.yaml": 7, "x": {}}', encoding="utf-8")
    assert "removed" not in written(one)


def test_the_command_takes_a_folder_and_a_single_scenario(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "mine.yaml").write_text(AUD, encoding="utf-8")
    for given in (tmp_path / "in", tmp_path / "in" / "mine.yaml"):
        result = CliRunner().invoke(main, ["workshop", str(given), "--out", str(tmp_path / "out")])
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [("title: T\nitems:\n  - {scenario: nope}\n", ":3:16: there is no scenario `nope`"), ("steps: [", "never closed"), ("", "empty")],
)
def test_a_broken_file_is_said_and_nothing_is_written(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["workshop", str(tmp_path / "p.yaml"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "out").exists()


def test_the_how_to_is_printed() -> None:
    assert "# How to write a scenario" in CliRunner().invoke(main, ["howto"]).stdout
    assert CliRunner().invoke(main, ["howto", "--template"]).stdout.startswith("# A scenario")
