"""The scenario that a command is given."""

from __future__ import annotations

import pytest

from sandbox.cli.given import find
from sandbox.language import library
from sandbox.views.terminal import Unusable


def test_an_id_and_a_file_are_found(tmp_path) -> None:
    scenario = library.get("alg-none")
    file = tmp_path / "mine.yaml"
    file.write_text(scenario.source, encoding="utf-8")
    assert find("alg-none") is scenario
    assert find(str(file)).id == "mine"


@pytest.mark.parametrize(("name", "said"), [("alg-nome", "alg-none"), ("x/y.yaml", "no file")])
def test_what_is_not_there_is_refused(name: str, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        find(name)
