"""The rooms of a process: opened, found, changed by their logs, told of, ended."""

from __future__ import annotations

import pytest

from sandbox.core.clock import Clock
from sandbox.room import rooms as module
from sandbox.room.commands import Refused
from sandbox.room.log import DAY, Gone, InProcess
from sandbox.room.rooms import STILL_HERE, Held, Rooms, hashed
from tests.support.rooms import ASKED, FILES, RIGHT, command, rooms


def opened(house: Rooms) -> tuple[str, Held]:
    code, key = house.open("An hour", FILES)
    house.do(code, hashed("d", code), command(do="claim", proof=hashed(key)))
    held = house.find(code)
    assert held is not None
    return code, held


def test_a_room_has_a_code_and_a_key_that_say_nothing_of_each_other() -> None:
    house = rooms()
    codes = {house.open("An hour", FILES)[0] for _ in range(50)}
    code, key = house.open("An hour", FILES)
    assert len(codes | {code}) == 51
    assert len(key) == 32
    held = house.find(code)
    assert held is not None
    assert key not in held.room.model_dump_json()
    assert house.find("ABCDEFGH") is house.find("abcdefgh") is house.find("") is None


def test_there_must_be_something_to_show() -> None:
    for files in ({}, {"broken.yaml": "title: ["}):
        with pytest.raises(Refused, match="nothing to show"):
            rooms().open("x", files)


def test_another_process_reads_the_same_room_from_the_log() -> None:
    clock = Clock()
    log = InProcess(clock)
    one, other = rooms(log, clock), rooms(log, clock)
    code, held = opened(one)
    there = other.find(code)
    assert there is not None
    one.do(code, hashed("ana", code), command(do="join", name="Ana"))
    assert there.room == held.room
    assert there.room.present


def test_watchers_are_told_of_changes_and_of_the_end() -> None:
    house = rooms()
    code, held = opened(house)
    told: list[bool] = []
    held.watchers[lambda: told.append(held.gone)] = False
    house.do(code, hashed("ana", code), command(do="join", name="Ana"))
    with pytest.raises(Refused):
        house.do(code, hashed("nobody", code), command(do="see", item=1))
    house.end(code)
    assert told[-1] is True
    assert told.count(False) >= 1
    assert house.find(code) is None
    with pytest.raises(Gone):
        house.do(code, hashed("ana", code), command(do="join", name="Ana"))


def test_a_room_that_nobody_uses_is_gone_after_a_day_and_one_that_is_looked_at_is_not() -> None:
    clock = Clock()
    house = rooms(InProcess(clock), clock)
    (_, used), (_, unused) = opened(house), opened(house)
    clock.advance(DAY - 10)
    assert house.due(used)
    house.look(used)
    clock.advance(20)
    for held in (used, unused):
        house.look(held)
    assert (used.gone, unused.gone) == (False, True)


def test_where_people_are_is_heard_for_a_while_and_kept_nowhere() -> None:
    clock = Clock()
    house = rooms(InProcess(clock), clock)
    code, held = opened(house)
    for name in ("ana", "bo"):
        house.do(code, hashed(name, code), command(do="join", name=name))
    before = house.log.after(code, "")
    told: list[str] = []
    held.watchers |= {lambda: told.append("desk"): True, lambda: told.append("learner"): False}
    house.roam(held, 1, 2, 5, True)
    assert told == ["desk"]
    clock.advance(10)
    house.roam(held, 1, 2, 5, True)
    house.roam(held, 2, 1, 1, False)
    where = house.places(held)
    assert [(where[n].item, where[n].step, where[n].follows) for n in (1, 2)] == [(2, 5, True), (1, 1, False)]
    assert where[1].heard - where[1].moved == 10
    house.roam(held, 2, 0, 0, False)
    assert list(house.places(held)) == [1]
    clock.advance(STILL_HERE + 1)
    assert house.places(held) == {}
    assert house.log.after(code, "") == before


@pytest.mark.parametrize(
    "text",
    ["x", "[1]", '["1", 1, 1, true]', "[9, 1, 1, true]", "[1, 99, 1, true]", "[1, 1, 100000, true]", "[true, 1, 1, 1]", "null", "[" * 300],
)
def test_what_is_no_place_is_left_out(text: str) -> None:
    house = rooms()
    code, held = opened(house)
    house.do(code, hashed("ana", code), command(do="join", name="Ana"))
    house.log.call(code, text)
    assert house.places(held) == {}


def test_a_long_log_is_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ENTRIES", 10)
    house = rooms()
    code, held = opened(house)
    ana = hashed("ana", code)
    house.do(code, ana, command(do="join", name="Ana"))
    for n in range(30):
        house.do(code, ana, command(do="say", question=ASKED if n % 2 else "2.x", said=RIGHT))
    assert len(house.log.after(code, "")) <= 11
    fresh = rooms(house.log, house.clock).find(code)
    assert fresh is not None
    assert fresh.room == held.room


def test_only_so_many_are_held_and_those_that_are_watched_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROOMS", 3)
    house = rooms()
    code, held = opened(house)
    held.watchers[lambda: None] = False
    others = [opened(house)[0] for _ in range(5)]
    assert len(house._held) <= 3
    assert house.here(code) is held
    assert all(house.find(other) is not None for other in others)


def test_entries_that_others_have_spoilt_are_passed_over() -> None:
    house = rooms()
    code, held = opened(house)
    before = held.room
    for text in ("", "{}", '{"by": 1}'):
        house.log.add(code, text)
    assert held.room == before
    house.do(code, hashed("ana", code), command(do="join", name="Ana"))
    assert held.room.present
