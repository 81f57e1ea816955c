"""What is given away: the handout and the folder of offline pages, and the command that writes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from sandbox.cli.main import main
from sandbox.engine import simulation
from sandbox.language import library
from sandbox.workshop.handout import file_names, folder, handout, playlist_of
from sandbox.workshop.program import Workshop, opened, runs
from tests.support.hostile import BAD

AUD = library.get("missing-aud-replay").source
PLAYLIST = "title: T\nabout: A\nitems:\n  - {scenario: code-pkce, minutes: 10, note: Look.}\n  - scenario: missing-aud-replay\n    title: Mine\n    setting: {profile: oauth-bcp, switches: {rs.check_aud: off}}\n"


def made(**files: str) -> tuple[Workshop, dict[str, bytes]]:
    shown = opened({f"{name}.yaml": text for name, text in files.items()})
    assert not shown.broken
    return shown, dict(folder(shown, runs(shown)))


def test_a_folder_has_a_page_for_each_entry_an_index_a_handout_and_the_sources() -> None:
    shown, files = made(p=PLAYLIST)
    assert list(files) == [
        "01-code-pkce.html", "02-missing-aud-replay.html", "handout.html", "index.html",
        "scenarios/code-pkce.yaml", "scenarios/missing-aud-replay.yaml", "scenarios/playlist.yaml",
    ]  # fmt: skip
    index = files["index.html"].decode()
    assert all(f'href="{name}"' in index for name in (*file_names(shown), "handout.html"))
    assert "2 scenarios, 10 minutes" in index


def test_the_exported_sources_are_the_same_workshop() -> None:
    shown, files = made(p=PLAYLIST)
    again = opened({name.removeprefix("scenarios/"): raw for name, raw in files.items() if name.startswith("scenarios/")})
    assert [(e.title, e.scenario, e.settings, e.minutes, e.note) for e in again.entries] == [
        (e.title, e.scenario, e.settings, e.minutes, e.note) for e in shown.entries
    ]
    assert playlist_of(again) == playlist_of(shown)


def test_every_page_has_a_policy_and_asks_the_network_for_nothing() -> None:
    for name, raw in made(p=PLAYLIST)[1].items():
        if name.endswith(".html"):
            text = raw.decode()
            assert "default-src 'none'" in text
            assert not re.findall(r'(?:src|href)="(?!data:|[\w-]+\.html")', text)


def test_the_handout_has_stories_diagrams_questions_and_the_answers_at_the_end() -> None:
    shown = opened({"a.yaml": AUD})
    played = [(e, simulation.run(e.scenario)) for e in shown.entries]
    text = handout(shown, played, {(1, "replay"): "refused"})
    assert text.count('<img src="data:image/svg+xml;base64,') == 1
    assert "Will transactions accept a token" in text
    assert "<li class='mine'>No: something ties it" in text
    assert "What the runs say" in text
    assert "What the runs say" not in handout(shown, played, key=False)


@pytest.mark.parametrize("bad", [b for b in BAD if b.isprintable() and len(b) < 120])
def test_hostile_texts_are_texts(bad: str) -> None:
    import json

    source = AUD.replace("A token for accounts opens transactions", json.dumps(bad)).replace(
        "A signature proves who issued a token, not where it may be spent.", json.dumps(bad)[1:-1]
    )
    told = f"title: {json.dumps(bad)}\nabout: {json.dumps(bad)}\nitems:\n  - scenario: a\n    title: {json.dumps(bad)}\n    note: {json.dumps(bad)}\n"
    _, files = made(p=told, a=source)
    for name in ("index.html", "handout.html"):
        text = files[name].decode()
        assert re.findall(r"<(script|svg|link|iframe)\b", text) == []
        assert text.count("<img") == (0 if name == "index.html" else 1)
        assert text.count("<style>") == 1


def test_the_command_writes_the_folder(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PLAYLIST.replace("code-pkce", "mine"), encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(AUD, encoding="utf-8")
    (tmp_path / "not-named.yaml").write_text("broken: [", encoding="utf-8")
    result = CliRunner().invoke(main, ["workshop", str(tmp_path / "p.yaml"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "01-mine.html").is_file()
    assert "wrote 7 files" in result.stderr


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
