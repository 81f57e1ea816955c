"""Durations as people write them."""

from __future__ import annotations

import pytest

from sandbox.core.duration import LONGEST, seconds_of, written


@pytest.mark.parametrize(
    ("text", "seconds"), [("300", 300), ("300s", 300), ("5m", 300), (" 5 m ", 300), ("1h", 3600), ("30d", 2592000), ("3650d", LONGEST)]
)
def test_a_duration_is_read_in_its_unit(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "5 minutes", "-5", "1.5h", "0", "0s", "3651d", "9" * 10, "9" * 11, "٣m", "5w", "1h30m"])
def test_what_is_none_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write "):
        seconds_of(text)


@pytest.mark.parametrize(("seconds", "text"), [(300, "5m"), (301, "301s"), (3600, "1h"), (86400, "1d"), (90, "90s"), (1, "1s")])
def test_it_is_written_in_the_largest_unit_that_fits(seconds: int, text: str) -> None:
    assert (written(seconds), seconds_of(text)) == (text, seconds)
