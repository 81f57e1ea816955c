"""The values of arguments: references and fields of messages."""

from __future__ import annotations

import pytest

from sandbox.verbs.messages import Change
from sandbox.verbs.table import VERBS
from sandbox.verbs.values import is_reference, references


def test_fields_of_messages_become_text():
    change = Change.model_validate({"query": {"n": 7, "yes": True, "gone": None}})
    assert change.query == {"n": "7", "yes": "true", "gone": None}


def test_references_are_found_at_any_depth_and_a_double_dollar_is_not_one():
    value = {"a": ["$x.y", {"b": "$$5", "c": "$z"}], "d": "$ no", "e": 3}
    assert list(references(value)) == [("x", ("a", 0), "$x.y"), ("z", ("a", 1, "c"), "$z"), ("", ("d",), "$ no")]


def test_references_in_a_model_carry_the_names_of_the_file():
    args = VERBS["forge"].args.model_validate({"from": "$login.access_token", "key": "none"})
    assert list(references(args)) == [("login", ("from",), "$login.access_token")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$a", True), ("$a.b.0.x-y", True), ("$$a", False), ("$A", False), ("a", False), ("$a.", False), ("$a b", False), (3, False)],
)
def test_what_a_reference_is(text, expected):
    assert is_reference(text) is expected
