"""Tables of ours that come as YAML files are read as carefully as scenario files."""

from __future__ import annotations

import pytest

from sandbox.core.forms import Form
from sandbox.language.source import ScenarioError
from sandbox.language.table import loads


class Row(Form):
    name: str
    weight: int = 1


def test_a_table_is_read_into_its_model() -> None:
    assert loads(Row, "name: n\nweight: 3\n", "row.yaml") == Row(name="n", weight=3)


def test_every_problem_is_said_with_file_line_column_and_cure() -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(Row, "name: 5\nwieght: 3\n", "row.yaml")
    assert [(p.file, p.line, p.column, p.cure) for p in caught.value.problems] == [
        ("row.yaml", 1, 7, "put it in quotes"),
        ("row.yaml", 2, 1, "did you mean `weight`?"),
    ]
