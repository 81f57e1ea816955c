"""The longest wait after which something still works: found whatever is guessed, and never believed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.waiting import HORIZON, last_second

SECONDS = st.integers(0, HORIZON + 100)


@given(SECONDS, st.lists(SECONDS))
def test_the_search_finds_the_last_good_second_whatever_the_guesses(last, guesses):
    found = last_second(lambda s: s <= last, guesses)
    assert found == (None if last >= HORIZON else last)


def test_a_right_guess_needs_two_tries():
    tried = []
    assert last_second(lambda s: tried.append(s) or s <= 299, (299,)) == 299
    assert tried == [299, 300]


def test_a_guess_is_not_believed():
    assert last_second(lambda s: s <= 17, (299, 3599)) == 17
