"""Numbers as people write them, answered with the digits that were meant."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.language.numbers import cure


@pytest.mark.parametrize(
    ("given", "key", "said"),
    [
        ("1:30", "seconds", "write 90"),
        ("1:00:00", "window", "write 3600"),
        ("1:30", "minutes", "write 90"),
        ("1:30", "status", "write a whole number in digits, such as 60"),
        ("1_000", "seconds", "write 1000"),
        ("1,000", "seconds", "write 1000"),
        ("1 000", "seconds", "write 1000"),
        ("1\u202f000", "seconds", "write 1000"),
        ("10'000", "seconds", "write 10000"),
        (1000.0, "seconds", "write 1000"),
        (1.5, "seconds", "write 1 or 2"),
        ("60s", "seconds", "write 60"),
        ("2 Minutes", "grace", "write 120"),
        ("1h", "minutes", "write 60"),
        ("90s", "minutes", "write a whole number in digits, such as 60"),
        ("٦٠", "seconds", "write 60"),
        ("60", "seconds", "write the number without quotes"),
        ("yes", "status", "write a whole number in digits, such as 60"),
        (True, "status", "write a whole number in digits, such as 60"),
        ([60], "seconds", "write a whole number in digits, such as 60"),
        ("1" * 5000, "seconds", "write a whole number in digits, such as 60"),
        ("1" + ",000" * 2000, "seconds", "write a whole number in digits, such as 60"),
    ],
)
def test_the_cure_is_the_number_that_was_meant(given: Any, key: str, said: str) -> None:
    assert cure(given, key) == said
