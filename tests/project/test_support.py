"""The helpers that other tests rely on to fail."""

from __future__ import annotations

import re
from itertools import count

import pytest

from tests.support import cost
from tests.support.cost import bounded, calls
from tests.support.dice import dice
from tests.support.waiting import until


def test_calls_are_counted_those_of_c_too() -> None:
    few, many = (calls(lambda n=n: [len("") for _ in range(n)]) for n in (10, 1000))  # type: ignore[misc]
    assert many - few == 990


def test_a_block_with_too_many_calls_fails() -> None:
    with bounded("a few", 100):
        [len("") for _ in range(50)]
    with pytest.raises(AssertionError, match="many took"), bounded("many", 100):
        [len("") for _ in range(200)]


def test_an_error_inside_is_not_hidden_by_the_count() -> None:
    with pytest.raises(KeyError), bounded("a mistake", 0):
        {}["x"]


@pytest.mark.slow
def test_a_block_that_hangs_inside_one_call_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "STUCK", 0.2)
    with pytest.raises(AssertionError, match="hangs"), bounded("backtracking"):
        re.match(r"(a|a)*$", "a" * 60 + "b")


def test_dice_with_the_same_seed_roll_the_same() -> None:
    assert dice(1, "x").random() == dice(1, "x").random() != dice(2, "x").random()


def test_waiting_ends_with_the_condition_and_fails_without_it() -> None:
    turns = count()
    assert until(lambda: next(turns) > 2, "the third turn")
    with pytest.raises(AssertionError, match=r"in vain for nothing"):
        until(lambda: False, "nothing", seconds=0)
