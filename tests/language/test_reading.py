"""YAML text as data in which every value knows its place."""

from __future__ import annotations

import pytest

from sandbox.language.reading import MAX_DEPTH, MAX_NODES, read
from sandbox.language.source import ScenarioError, decode


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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), f"this is nested more than {MAX_DEPTH} deep"),
        ("- a\n" * (MAX_NODES + 1), f"the file has more than {MAX_NODES} values"),
        ("a: &b 1\nc: *b", "anchors such as &b are not used here"),
        ("a: !!str 1", "tags (words that begin with !) are not used here"),
        ("a: 1\n---\nb: 2", "a second document begins here"),
        ("[a, b]: 1", "a key must be text"),
        ("", "the file is empty"),
    ],
    ids=["deep", "many", "anchor", "tag", "second", "key", "empty"],
)
def test_what_a_scenario_never_needs_is_refused(text, said):
    with pytest.raises(ScenarioError) as caught:
        read(decode(text, "f.yaml"))
    assert caught.value.problems[-1].message == said


def test_an_escape_makes_no_hidden_character():
    _, problems = read(decode('a: "x\\u202ey"\n"b\\xad": 1\nc: "\\r\\n"\n', "f.yaml"))
    assert [(p.line, p.message[-6:]) for p in problems] == [(1, "U+202E"), (2, "U+00AD")]
