"""Virtual time, and real time where parties are served."""

from __future__ import annotations

import time

import pytest

from sandbox.core.clock import START, Clock, Stopwatch, WallClock, clock_time, clock_times, moment
from tests.support.worlds import world


def test_time_does_not_run_backwards():
    with pytest.raises(ValueError, match="backwards"):
        world().net.clock.advance(-1)


def test_the_wall_clock_is_real_time_and_can_be_put_ahead() -> None:
    clock = WallClock()
    assert abs(clock.now() - time.time()) < 2
    clock.advance(3600)
    assert abs(clock.now() - 3600 - time.time()) < 2


def test_virtual_time_stands_still_until_it_is_moved() -> None:
    clock = Clock()
    assert [clock.now(), clock.now()] == [START, START]
    clock.advance(90)
    assert clock.now() == START + 90


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(START, "2027-01-15 08:00:00"), (START + 0.9, "2027-01-15 08:00:00"), (0, "1970-01-01 00:00:00"), (-1, "-1"), (1e300, "1e+300"), ("soon", "soon"), (True, "True"), (None, "None")],
)  # fmt: skip
def test_a_numeric_date_is_written_as_people_write_it_and_anything_else_as_it_is(seconds: object, text: str) -> None:
    assert clock_time(seconds) == text


def test_times_are_found_in_a_text_again() -> None:
    assert clock_times(f"later than {clock_time(START)}, found {clock_time(START + 300)} and soon") == [START, START + 300]


def test_a_stopwatch_runs_forwards() -> None:
    watch = Stopwatch()
    assert 0 <= watch.seconds <= watch.seconds


@pytest.mark.parametrize("text", ["2027-01-15T08:00:00Z", "2027-01-15 08:00:00", "2027-01-15T09:00:00+01:00", "1800000000"])
def test_a_moment_is_read_in_utc_unless_it_names_a_zone(text: str) -> None:
    assert moment(text) == START


@pytest.mark.parametrize("text", ["", "soon", "0", "-5", "1969-01-01", "2100-01-02", "9" * 400, "1e9", "٣", "2027-13-01"])
def test_what_is_no_moment_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write a time"):
        moment(text)
