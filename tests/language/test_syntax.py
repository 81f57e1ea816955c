"""Text that is not YAML, in our own words."""

from __future__ import annotations

import pytest

from sandbox.language.reading import read
from sandbox.language.source import ScenarioError, decode


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('a: "open', 1, "this quote is never closed"),
        ("a: [1, 2\nb: 3\n", 2, "a comma or a closing bracket is missing before this; the bracket was opened on line 1"),
        ("a: b: c", 1, "this `: ` cannot stand here"),
        ("a: 1\n  b: 2", 2, "this line does not fit the one above it"),
        ("a:\n\t- 1", 2, "a tab is used for indentation"),
        ('a: "\\q"', 1, "there is a wrong backslash in this text"),
        ("a: @b", 1, "text cannot begin with this character"),
    ],
    ids=["quote", "bracket", "colon", "line", "tab", "backslash", "sign"],
)
def test_each_complaint_is_said_with_its_line_and_a_cure(text, line, said):
    with pytest.raises(ScenarioError) as caught:
        read(decode(text, "f.yaml"))
    [problem] = caught.value.problems
    assert (problem.line, problem.message) == (line, said)
    assert problem.cure


def test_what_ends_too_early_is_shown_where_something_stands():
    with pytest.raises(ScenarioError) as caught:
        read(decode("a: {b: 1\n\n\n", "f.yaml"))
    assert caught.value.problems[0].line == 1
