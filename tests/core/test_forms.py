"""Forms: strict and frozen models, refusals with a cure, and the nearest word."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sandbox.core.forms import Form, refuse, suggestion


class Person(Form):
    name: str
    age: int = 0


@pytest.mark.parametrize("data", [{}, {"name": 1}, {"name": "a", "age": "1"}, {"name": "a", "size": 1}, {"name": "a", "age": True}])
def test_a_form_takes_nothing_but_what_it_names(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Person.model_validate(data)


def test_a_form_does_not_change() -> None:
    person = Person(name="a")
    with pytest.raises(ValidationError):
        person.age = 2
    assert person == Person(name="a", age=0)


def test_a_refusal_carries_its_cure() -> None:
    error = refuse("`x` is no name", "write one")
    assert (error.type, error.context) == ("refused", {"message": "`x` is no name", "cure": "write one"})


def test_the_nearest_word_is_suggested_and_a_far_one_is_not() -> None:
    assert suggestion("acounts", ["accounts", "transactions"]) == "did you mean `accounts`?"
    assert suggestion("xyz", ["accounts"]) == ""
