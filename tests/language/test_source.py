"""YAML text as data in which every value knows its place."""

from __future__ import annotations

import pytest

from sandbox.language.source import MAX_BYTES, ScenarioError, Source, decode, plain, read


def test_on_and_off_are_text_and_numbers_are_numbers():
    assert [plain(t) for t in ("on", "yes", "012", "1:30", "0x1f", "0o17", "1.5", "~", "True")] == [
        "on",
        "yes",
        12,
        "1:30",
        31,
        15,
        1.5,
        None,
        True,
    ]


@pytest.mark.parametrize("text", ["9" * 19, "1e999", ".inf", "-.INF", ".nan"])
def test_a_number_that_json_cannot_carry_is_none(text):
    with pytest.raises(ValueError, match=r"."):
        plain(text)


def test_every_value_and_every_key_knows_its_place():
    node, problems = read(decode("title: T\nsteps:\n  - id: a\n    with: {x: 1}\n", "f.yaml"))
    assert (node.value, problems) == ({"title": "T", "steps": [{"id": "a", "with": {"x": 1}}]}, [])
    assert node.find(("steps", 0, "with", "x")) == (4, 15)
    assert node.find(("steps", 0, "with", "x"), on_key=True) == (4, 12)
    assert node.find(("steps", 0, "say")) == (3, 5)  # it is not there: the step is


def test_what_is_doubtful_is_reported_and_the_rest_read():
    node, problems = read(decode("a: 1\na: 2\nb: .inf\n", "f.yaml"))
    assert node.value == {"a": 2, "b": 0}
    assert [(p.line, p.message) for p in problems] == [
        (2, "`a` is written twice, first on line 1"),
        (3, "`.inf` is not a number that a message can carry"),
    ]


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
