"""Rooms in a real Redis: two processes' worth of rooms, one log; a store that is killed and started again loses no answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from sandbox.room.log import DAY, Gone
from sandbox.room.redis_log import RedisLog
from sandbox.room.rooms import Rooms, hashed
from sandbox.serve.redis_store import RedisStore
from sandbox.serve.store import Away
from tests.room.test_log import promises
from tests.support.redis_server import RedisServer, redis_server
from tests.support.rooms import ASKED, FILES, RIGHT, WRONG, command, rooms
from tests.support.waiting import until


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture
def raw(server: RedisServer) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(server.url) as client:
        client.flushall()
        yield client


@pytest.fixture
def logs(server: RedisServer, raw: redis.Redis) -> Iterator[list[RedisLog]]:
    """Two of them, as two processes have them."""
    stores = [RedisStore(server.url, "test") for _ in range(2)]
    made = [RedisLog(store) for store in stores]
    yield made
    for log in made:
        log.close()
    for store in stores:
        store.close()


def test_it_keeps_the_promises_of_every_log(logs: list[RedisLog], raw: redis.Redis) -> None:
    promises(logs[0])
    logs[0].begin("ABCDEFGH", "one")
    assert DAY - 5 <= int(raw.ttl("test:room:ABCDEFGH")) <= DAY  # type: ignore[arg-type]


def test_what_others_have_written_there_is_no_room(logs: list[RedisLog], raw: redis.Redis) -> None:
    house = rooms(logs[0])
    raw.set("test:room:ABCDEFGH", "text")
    assert house.find("ABCDEFGH") is None
    raw.delete("test:room:ABCDEFGH")
    raw.xadd("test:room:ABCDEFGH", {"e": '{"do": "state", "room": {}}'})
    raw.xadd("test:room:ABCDEFGH", {"other": b"\xff\xfe"})
    assert house.find("ABCDEFGH") is None


def two(logs: list[RedisLog]) -> tuple[Rooms, Rooms, str, str]:
    one, other = (rooms(log) for log in logs)
    code, key = one.open("An hour", FILES)
    desk = hashed("d", code)
    one.do(code, desk, command(do="claim", proof=hashed(key)))
    return one, other, code, desk


def test_two_processes_see_the_same_room_at_once(logs: list[RedisLog]) -> None:
    one, other, code, desk = two(logs)
    held, there = one.find(code), other.find(code)
    assert held is not None
    assert there is not None
    assert there.room == held.room
    until(lambda: one.log.call(code, "[]") or logs, "a listener")  # type: ignore[func-returns-value]
    other.do(code, hashed("ana", code), command(do="join", name="Ana"))
    until(lambda: held.room.present, "Ana in the other process")
    other.do(code, hashed("ana", code), command(do="say", question=ASKED, said=RIGHT))
    one.do(code, desk, command(do="reveal", question=ASKED))
    until(lambda: there.room.revealed, "the question to be revealed there")
    other.roam(there, 1, 2, 5, True)
    until(lambda: one.places(held), "where Ana is")
    assert held.room == there.room
    one.end(code)
    until(lambda: there.gone, "the end of the room")


def test_an_answer_that_comes_after_the_reveal_of_another_process_is_refused_there_too(logs: list[RedisLog]) -> None:
    """Even where nothing was heard yet: the order of the log decides, in both processes alike."""
    one, other, code, desk = two(logs)
    ana = hashed("ana", code)
    other.do(code, ana, command(do="join", name="Ana"))
    there = other.find(code)
    assert there is not None
    other.do(code, ana, command(do="say", question=ASKED, said=WRONG))
    logs[1].close()  # it hears nothing any more
    one.do(code, desk, command(do="reveal", question=ASKED))
    with pytest.raises(Exception, match="revealed"):
        other.do(code, ana, command(do="say", question=ASKED, said=RIGHT))
    assert there.room.spread(ASKED) == {WRONG: 1}


def test_a_process_that_dies_and_a_store_that_is_started_again_lose_nothing(server: RedisServer, logs: list[RedisLog]) -> None:
    one, other, code, _ = two(logs)
    for n in range(20):
        house, who = (one, other)[n % 2], hashed(f"p{n}", code)
        house.do(code, who, command(do="join", name=f"P {n}"))
        house.do(code, who, command(do="say", question=ASKED, said=(RIGHT, WRONG)[n % 3 == 0]))
    server.kill()
    with pytest.raises(Away):
        one.do(code, hashed("p1", code), command(do="say", question=ASKED, said=RIGHT))
    held = one.find(code)
    assert held is not None  # pages go on
    server.start()
    fresh = rooms(logs[1]).find(code)
    assert fresh is not None
    assert fresh.room.spread(ASKED) == {RIGHT: 13, WRONG: 7}
    one.do(code, hashed("p1", code), command(do="say", question=ASKED, said=WRONG))


def test_who_has_left_is_in_the_store_no_more(logs: list[RedisLog], raw: redis.Redis) -> None:
    one, _, code, _ = two(logs)
    one.do(code, hashed("ana", code), command(do="join", name="Anastasia"))
    assert b"Anastasia" in str(raw.xrange(f"test:room:{code}")).encode()
    one.do(code, hashed("ana", code), command(do="leave"))
    assert b"Anastasia" not in str(raw.xrange(f"test:room:{code}")).encode()
    one.end(code)
    with pytest.raises(Gone):
        one.do(code, hashed("ana", code), command(do="join", name="Ana"))
