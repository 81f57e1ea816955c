"""What commands can be given: ids, files, folders, playlists, standard input."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sandbox.cli.main import main
from sandbox.language import library

STORY = library.get("control-mobile").source
PLAYLIST = "title: W\nitems:\n  - scenario: ./story.yaml\n  - {scenario: alg-none, minutes: 07}\n  - scenario: .\\story.yaml\n"


def typed(*words: str, code: int = 0, given: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(main, words, input=given)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "story.yaml").write_text(STORY, encoding="utf-8")
    (tmp_path / "playlist.yaml").write_text(PLAYLIST, encoding="utf-8")
    return tmp_path


# ---------------------------------------------------------------- check


@pytest.mark.slow
def test_check_takes_ids_and_files_each_once(folder: Path) -> None:
    story = str(folder / "story.yaml")
    said = typed("check", "alg-none", story, "alg-none", story).stdout.splitlines()
    assert [line.split()[1] for line in said] == ["alg-none", story]


@pytest.mark.slow
def test_check_recognises_a_playlist_and_checks_all_that_it_names(folder: Path) -> None:
    said = typed("check", str(folder / "playlist.yaml"), "-v").stdout.splitlines()
    heads = [line.split()[1] for line in said if not line.startswith(" ")]
    assert heads == [str(folder / "playlist.yaml"), str(folder / "story.yaml"), "alg-none"]
    assert said[1:4] == ["    ✓ item 1 is story", "    ✓ item 2 is alg-none", "    ✓ item 3 is story"]


@pytest.mark.slow
def test_check_of_a_folder_takes_its_playlists_too(folder: Path) -> None:
    assert len(typed("check", str(folder)).stdout.splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("alg-nune", "playlist.yaml:3:15: there is no scenario `alg-nune`"),
        ("sub/story.yaml", "put the file beside the playlist, and write `story.yaml`"),
        ("/tmp/story.yaml", "put the file beside the playlist, and write `story.yaml`"),
        ("C:\\story.yaml", "put the file beside the playlist, and write `story.yaml`"),
        ("sub/", "`sub/` is neither an id nor the name of a file"),
        ("..", "there is no scenario `..`"),
        ("“alg-none”", "playlist.yaml:3:15: this quote is curly, U+201C"),
    ],
)
def test_what_a_playlist_names_wrongly_is_a_broken_file(folder: Path, name: str, says: str) -> None:
    (folder / "playlist.yaml").write_text(f"title: W\nitems:\n  - scenario: {name}\n", encoding="utf-8")
    assert says in typed("check", str(folder / "playlist.yaml"), code=2).stderr


def test_a_broken_file_of_a_playlist_is_shown_at_its_place(folder: Path) -> None:
    (folder / "story.yaml").write_text(STORY.replace("do: ", "do:", 1), encoding="utf-8")
    said = typed("check", str(folder / "playlist.yaml"), code=2).stderr
    assert "a space is missing after `do:`" in said
    assert "the file `story.yaml` has problems of its own" in said


@pytest.mark.slow
def test_check_reads_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert typed("check", "-", given=STORY).stdout.startswith("✓ stdin  ")
    assert typed("check", "-", given="title: [", code=2).stderr.lstrip().startswith("stdin:1:9: a bracket is never closed")
    assert "stdin:1:1: the file is empty" in typed("check", "-", given="", code=2).stderr
    assert "stdin:1:1: this is a zip" in typed("check", "-", given=b"PK\x03\x04\xff", code=2).stderr
    monkeypatch.chdir(folder)
    assert len(typed("check", "-", given=PLAYLIST).stdout.splitlines()) == 3


def test_check_of_nothing_that_exists() -> None:
    assert "did you mean 'alg-none'?" in typed("check", "alg-nune", code=2).stderr
    assert "there is no file alg-none.yaml; did you mean 'alg-none', which is shipped?" in typed("check", "alg-none.yaml", code=2).stderr
    assert "there is no file no/such.yaml" in typed("check", "no/such.yaml", code=2).stderr


# ---------------------------------------------------------------- run, show, matrix


@pytest.mark.parametrize("command", ["run", "show"])
def test_a_scenario_comes_from_standard_input(command: str) -> None:
    assert library.get("control-mobile").title in typed(command, "-", given=STORY).stdout


def test_the_matrix_of_an_attack_from_standard_input() -> None:
    assert "stdin" in typed("matrix", "-", "--jobs", "1", given=library.get("alg-none").source).stdout


@pytest.mark.parametrize("command", ["run", "show", "matrix"])
def test_a_playlist_is_named_where_one_scenario_is_wanted(folder: Path, command: str) -> None:
    said = typed(command, str(folder / "playlist.yaml"), code=2).stderr
    assert "playlist.yaml:2:1: this is a playlist, and not a scenario" in said
    assert "oauth-sandbox workshop" in said


def test_a_folder_is_named_where_one_scenario_is_wanted(folder: Path) -> None:
    assert "is a folder; name one file in it" in typed("run", str(folder), code=2).stderr


def test_a_workshop_of_a_file_that_is_none_speaks_of_that_file_only(folder: Path) -> None:
    (folder / "broken.yaml").write_text("title: [", encoding="utf-8")
    (folder / "story.docx").write_bytes(b"PK\x03\x04 word/document.xml")
    said = typed("workshop", str(folder / "story.docx"), "--out", str(folder / "out"), code=2).stderr
    assert said.startswith("story.docx: this is a Word document, and not YAML\n  cure: ")
    assert "broken.yaml" not in said


@pytest.mark.parametrize("words", [("run",), ("check",), ("audit", "--answers")])
@pytest.mark.parametrize("name", ["x" * 300, "x" * 5000, "a\0b"])
def test_what_can_be_no_name_of_a_file_is_refused_with_a_sentence(words: tuple[str, ...], name: str) -> None:
    said = typed(*words, name, code=2).stderr
    assert said.startswith("oauth-sandbox: ")
    assert "Traceback" not in said
