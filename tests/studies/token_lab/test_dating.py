"""Dates in words, from a now that the caller gives; text and milliseconds are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.clock import START
from sandbox.studies.token_lab.dating import dates, in_words, life

DAY, YEAR = 86_400, 31_557_600


@pytest.mark.parametrize(
    ("claim", "ahead", "words"),
    [
        ("exp", 300, "expires in 5 minutes"),
        ("exp", -3 * YEAR, "expired about 3 years ago"),
        ("exp", 0, "expires at this very second"),
        ("iat", -3 * YEAR - 5, "issued about 3 years ago"),
        ("iat", 0, "issued just now"),
        ("iat", 7200, "issued 2 hours from now: that is in the future"),
        ("nbf", 60, "not good for another 1 minute"),
        ("nbf", -90, "good since 90 seconds ago"),
        ("auth_time", -DAY, "signed in 1 day ago"),
    ],
)
def test_a_date_is_said_in_words(claim: str, ahead: int, words: str) -> None:
    (found,) = dates({claim: START + ahead, "sub": "alice"}, START)
    assert (found.words, found.fault) == (words, "")


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat", "auth_time"])
def test_text_and_milliseconds_are_named(claim: str) -> None:
    text, milli, true, huge = (dates({claim: v}, START)[0] for v in (str(START), START * 1000, True, 10**40))
    assert text.fault == "text, not a number"
    assert "Without the quotes it would be 2027-01-15 08:00:00." in text.words
    assert milli.fault == "milliseconds, not seconds"
    assert f"{START} would be 2027-01-15 08:00:00." in milli.words
    assert (true.fault, huge.fault) == ("not a number", "far beyond any date")
    assert all("RFC 7519 §2" in found.words for found in (text, milli, true, huge))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (90, "90 seconds"),
        (300, "5 minutes"),
        (5400, "90 minutes"),
        (3600, "1 hour"),
        (7260, "about 2 hours"),
        (DAY, "1 day"),
        (400 * DAY, "about 13 months"),
        (2 * YEAR, "about 2 years"),
        (0, "0 seconds"),
    ],
)
def test_a_span_in_words(seconds: int, words: str) -> None:
    assert in_words(seconds) == words


def test_a_life_needs_two_dates() -> None:
    assert life({"iat": 5, "exp": 305}) == 300
    assert [life(c) for c in ({"exp": 5}, {"iat": 5}, {"iat": "5", "exp": 305}, {"iat": 5, "exp": 305_000_000_000}, {})] == [None] * 5


@given(
    st.dictionaries(
        st.sampled_from(["exp", "nbf", "iat"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.integers()),
    )
)
def test_any_value_gets_words(claims) -> None:
    assert all(d.words and d.ref for d in dates(claims, START))
    life(claims)
