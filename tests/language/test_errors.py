"""What is wrong with data of any kind, in our own words: a finding for each mistake, at its place, with a cure."""

from __future__ import annotations

from typing import ClassVar, Self

import pytest
from pydantic import model_validator

from sandbox.core.forms import Form, refuse, refuse_at
from sandbox.language.errors import Finding, checked, errors
from sandbox.language.source import ScenarioError, decode


class Inner(Form):
    count: int
    on: bool = False


class Outer(Form):
    name: str
    inner: Inner | None = None
    words: tuple[str, ...] = ()


GOOD = {"name": "n", "inner": {"count": 1}}


def found(change: dict[str, object]) -> list[tuple[object, str, str]]:
    return [(f.loc, f.message, f.cure) for f in errors(Outer, GOOD | change)]


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert found({}) == []


@pytest.mark.parametrize(
    ("change", "loc", "message", "cure"),
    [
        ({"nmae": "x"}, ("nmae",), "there is no key `nmae` here", "did you mean `name`?"),
        ({"x": 1}, ("x",), "there is no key `x` here", "the keys here are name, inner, words"),
        ({"name": 5}, ("name",), "`name` must be text, not the number 5", "put it in quotes"),
        ({"name": None}, ("name",), "`name` is empty", "write a value, or remove the key"),
        ({"inner": {}}, ("inner", "count"), "`count` is missing", "add `count:` (it is required)"),
        (
            {"inner": {"count": "1"}},
            ("inner", "count"),
            "`count` must be a whole number, not the text `1`",
            "write the number without quotes",
        ),
        ({"inner": {"count": 1, "on": "no"}}, ("inner", "on"), "`on` must be true or false, not the text `no`", "write false"),
        ({"inner": []}, ("inner",), "`inner` must be a map, not a list", "write `key: value` below it, or {key: value}"),
    ],
)
def test_a_mistake_is_said_with_its_cure(change: dict[str, object], loc: object, message: str, cure: str) -> None:
    assert found(change) == [(loc, message, cure)]


def test_several_keys_that_are_missing_are_one_mistake() -> None:
    class Pair(Form):
        left: str
        right: str

    assert [f.message for f in errors(Pair, {})] == ["`left`, `right` are missing"]


def test_a_key_that_is_misspelt_is_not_missing_too() -> None:
    assert [f.message for f in errors(Outer, {"nmae": "x"})] == ["there is no key `nmae` here"]


def test_findings_become_problems_at_their_places_and_one_place_has_one() -> None:
    source = decode("a: 1\nb: 2\n", "f.yaml")
    both = [Finding(("b",), "wrong", "right it"), Finding(("b",), "wrong again", "right it")]
    with pytest.raises(ScenarioError) as caught:
        checked(source, lambda data: both if data == {"a": 1, "b": 2} else [])
    assert [(p.line, p.column, p.message) for p in caught.value.problems] == [(2, 4, "wrong")]
    assert checked(source, lambda _: ()).value == {"a": 1, "b": 2}


class Renamed(Form):
    retired: ClassVar[dict[str, str]] = {"old": "write new"}

    new: dict[str, int] | None = None

    @model_validator(mode="after")
    def _no_sevens(self) -> Self:
        for key, value in (self.new or {}).items():
            if value == 7:
                raise refuse_at(("new", key), "no sevens", "write eight")
            if value == 9:
                raise refuse("no nines", "write eight")
        return self


class Holder(Form):
    inner: Renamed


@pytest.mark.parametrize(
    ("inner", "loc", "message", "cure"),
    [
        ({"new": {"a": 7}}, ("inner", "new", "a"), "no sevens", "write eight"),
        ({"new": {"a": 9}}, ("inner",), "no nines", "write eight"),
        ({"old": 1}, ("inner", "old"), "there is no `old` any more", "write new"),
        ({"knew": {}}, ("inner", "knew"), "there is no key `knew` here", "did you mean `new`?"),
    ],
)
def test_a_refusal_of_a_model_stands_at_its_place(inner: object, loc: tuple[str, ...], message: str, cure: str) -> None:
    (finding,) = errors(Holder, {"inner": inner})
    assert (finding.loc, finding.message, finding.cure) == (loc, message, cure)
