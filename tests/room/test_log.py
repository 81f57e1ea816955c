"""The logs of rooms in the process; Redis keeps the same promises (test_redis_log.py)."""

from __future__ import annotations

import pytest

from sandbox.core.clock import Clock
from sandbox.room.log import DAY, MOST_LOGS, Changed, Full, Gone, InProcess, Log


def promises(log: Log) -> None:
    """What every log keeps."""
    heard: list[tuple[str, str]] = []
    log.listen(lambda code, text: heard.append((code, text)))
    assert log.begin("ABCDEFGH", "one")
    assert not log.begin("ABCDEFGH", "other")
    two = log.add("ABCDEFGH", "two")
    three = log.add("ABCDEFGH", "drei 3 ü")
    every = log.after("ABCDEFGH", "")
    assert [text for _, text in every] == ["one", "two", "drei 3 ü"]
    assert [mark for mark, _ in every[1:]] == [two, three]
    assert log.after("ABCDEFGH", two) == every[2:]
    assert log.after("ABCDEFGH", three) == []
    with pytest.raises(Changed):
        log.instead("ABCDEFGH", two, "all")
    mark = log.instead("ABCDEFGH", three, "all")
    assert log.after("ABCDEFGH", "") == log.after("ABCDEFGH", three) == [(mark, "all")]
    assert log.keep("ABCDEFGH")
    log.call("ABCDEFGH", "[1, 2]")
    log.drop("ABCDEFGH")
    assert (log.after("ABCDEFGH", ""), log.keep("ABCDEFGH")) == ([], False)
    for gone in (lambda: log.add("ABCDEFGH", "x"), lambda: log.instead("ABCDEFGH", mark, "x")):
        with pytest.raises(Gone):
            gone()
    assert log.after("22222222", "") == []


def test_in_the_process() -> None:
    promises(InProcess(Clock()))


def test_what_is_called_out_is_heard() -> None:
    log, heard = InProcess(Clock()), list[tuple[str, str]]()
    log.begin("ABCDEFGH", "one")
    log.listen(lambda code, text: heard.append((code, text)))
    mark = log.add("ABCDEFGH", "two")
    log.instead("ABCDEFGH", mark, "all")
    log.call("ABCDEFGH", "said")
    log.drop("ABCDEFGH")
    assert heard == [("ABCDEFGH", text) for text in ("", "", "said", "")]


def test_a_day_after_the_last_use_it_is_gone() -> None:
    clock = Clock()
    log = InProcess(clock)
    log.begin("ABCDEFGH", "one")
    for use in (lambda: log.add("ABCDEFGH", "two"), lambda: log.keep("ABCDEFGH")):
        clock.advance(DAY - 1)
        use()
    clock.advance(DAY)
    assert log.after("ABCDEFGH", "") == []
    assert not log.keep("ABCDEFGH")
    assert log.begin("ABCDEFGH", "again")


def test_a_process_keeps_so_many_and_no_more() -> None:
    log = InProcess(Clock())
    for n in range(MOST_LOGS):
        log.begin(str(n), "one")
    with pytest.raises(Full, match="200 rooms"):
        log.begin("more", "one")
