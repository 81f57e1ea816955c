"""The architecture page cannot rot: it has the rows of the layer test, and what it names is where it says."""

from __future__ import annotations

import re

import pytest

from tests.project.test_layers import ROWS
from tests.support.paths import PACKAGE, ROOT

PAGE = (PACKAGE / "README.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURE = PAGE.partition("```text\n")[2].partition("```")[0]
PLACES = sorted(set(re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.\w+)?(?::\w+)?)`", PAGE)))


def test_the_picture_has_the_rows_of_the_layer_test() -> None:
    assert re.findall(r"│ (\w+)  ", PICTURE) == list(reversed(ROWS)), "draw the packages in sandbox/README.md in the order of ROWS"


def test_the_picture_is_straight() -> None:
    assert len({len(line) for line in PICTURE.splitlines()}) == 1


def test_each_package_has_a_paragraph() -> None:
    paragraphs = PAGE.partition("## The packages\n")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^### (\w+)$", paragraphs, re.MULTILINE)) == sorted(ROWS)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_named_is_there(place: str) -> None:
    """`engine/case.py:Case` is a name that the file defines, `app/pages/` a folder."""
    path, _, name = place.partition(":")
    file = next((root / path for root in (PACKAGE, ROOT) if (root / path).exists()), None)
    assert file is not None, f"sandbox/README.md names {path}, which does not exist; say where the thing is now"
    if name:
        defined = rf"^\s*(?:async )?(?:def|class|const|function) {name}\b|^{name}\b.* = "
        assert re.search(defined, file.read_text(encoding="utf-8"), re.MULTILINE), f"{path} defines no {name}; say where it is now"


def test_the_page_says_much() -> None:
    assert len(PLACES) > 60


def test_the_tour_of_the_readme_names_the_packages_in_their_order() -> None:
    tree = README.partition("```text\n")[2].partition("```")[0]
    assert re.findall(r"^  (\w+)/", tree, re.MULTILINE) == list(reversed(ROWS))


def test_every_module_that_our_files_mention_exists() -> None:
    """Docstrings and comments say `judge.py` or `sandbox/views/stepper/`; after a move they are not to lead astray."""
    files = [p for p in PACKAGE.rglob("*") if p.suffix in {".py", ".js", ".css", ".yaml", ".j2"}]
    names = {p.name for root in (PACKAGE, ROOT / "tests") for p in root.rglob("*.py")} | {"app.py"}
    lost = []
    for file in files:
        text = file.read_text(encoding="utf-8")
        lost += [f"{file}: {name}" for name in re.findall(r"\b\w+\.py\b", text) if name not in names]
        lost += [f"{file}: {path}" for path in re.findall(r"`(sandbox/[\w/.]+)`", text) if not (ROOT / path).exists()]
    assert not lost, "these are mentioned and do not exist; say where the thing is now:\n" + "\n".join(lost)
