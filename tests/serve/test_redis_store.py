"""The set-ups of live worlds in a real Redis: kept, expired, altered by others; killed and started again while clients run."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import redis

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import Request
from sandbox.protocol.settings import Settings
from sandbox.serve.blueprint import Unreadable
from sandbox.serve.inside import Door
from sandbox.serve.redis_store import RedisStore
from sandbox.serve.store import Away
from sandbox.serve.worlds import Worlds
from tests.support.live_worlds import ORIGIN
from tests.support.redis_server import PASSWORD, RedisServer, redis_server
from tests.support.stores import BROWSER, blueprint
from tests.support.waiting import until

KEY = "k" * 24
JWT = Settings.of("naive-jwt")


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture
def raw(server: RedisServer) -> Iterator[redis.Redis]:
    """The database itself, empty."""
    with redis.Redis.from_url(server.url) as client:
        client.flushall()
        yield client


@pytest.fixture
def store(server: RedisServer, raw: redis.Redis) -> Iterator[RedisStore]:
    made = RedisStore(server.url, "test")
    yield made
    made.close()


def test_what_is_put_is_there_until_it_is_dropped(store: RedisStore, raw: redis.Redis) -> None:
    first, other = blueprint(), blueprint("o", browser="")
    assert (store.get(first.key), store.of(BROWSER), store.keep(first, 9)) == (None, "", False)
    store.put(first, 9)
    store.put(other, 9)
    assert (store.get(first.key), store.get(other.key), store.of(BROWSER)) == (first, other, first.key)
    assert set(raw.keys()) == {b"test:world:" + KEY.encode(), b"test:world:" + b"o" * 24, f"test:browser:{BROWSER}".encode()}
    store.drop(first)
    assert (store.get(first.key), store.get(other.key)) == (None, other)


def test_all_that_is_there_expires(store: RedisStore, raw: redis.Redis) -> None:
    store.put(blueprint(), 9)
    assert all(0 < raw.ttl(key) <= 9 for key in raw.scan_iter())
    assert store.keep(blueprint(), 900)
    assert all(9 < raw.ttl(key) <= 900 for key in raw.scan_iter())


@pytest.mark.parametrize("altered", [b"{}", b"\xff\xfe", b"null", b"\x80\x04]\x94."], ids=["empty", "bytes", "null", "pickle"])
def test_what_others_have_written_is_refused(store: RedisStore, raw: redis.Redis, altered: bytes) -> None:
    raw.set(f"test:world:{KEY}", altered)
    raw.set(f"test:browser:{BROWSER}", b"\xff")
    with pytest.raises(Unreadable):
        store.get(KEY)
    assert store.of(BROWSER) == ""


def test_something_of_another_kind_is_no_set_up(store: RedisStore, raw: redis.Redis) -> None:
    raw.rpush(f"test:world:{KEY}", "a list")
    raw.rpush(f"test:browser:{BROWSER}", "a list")
    with pytest.raises(Unreadable, match="it is something of another kind"):
        store.get(KEY)
    assert store.of(BROWSER) == ""


@pytest.mark.parametrize("url", ["", "http://127.0.0.1", "redis://", "redis://:pw@host:99999/0", "redis://host/name", "rediss://[::1"])
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="write the address of the store as") as refused:
        RedisStore(url)
    assert "pw" not in str(refused.value).partition("PASSWORD")[0]


def test_a_wrong_password_and_nobody_there_are_said_without_it(server: RedisServer) -> None:
    for url, why in ((server.url.replace(PASSWORD, "wrong"), "AuthenticationError"), ("redis://:secret@127.0.0.1:1/0", "ConnectionError")):
        with pytest.raises(Away, match=rf"The store at redis://127\.0\.0\.1:\d+ does not answer: {why}\.") as away:
            RedisStore(url).ping()
        assert "secret" not in str(away.value)


@pytest.mark.slow
def test_killed_and_started_again_while_clients_run_nothing_wrong_is_answered(server: RedisServer, store: RedisStore) -> None:
    """A client of a world that is here never notices; one of a world that is not gets its answer, or is told to try again."""
    worlds, others = (Worlds(WallClock(), SystemEntropy(), store=store) for _ in range(2))
    live = worlds.open(ORIGIN, JWT)
    here, there = set[int](), list[int]()
    stop = threading.Event()

    def client() -> None:
        door = Door(worlds, None)
        while not stop.is_set():
            here.add(door.handle(Request("GET", f"{live.base}/accounts/accounts")).status)

    def ask() -> int:
        """Of a process that has this world no more."""
        others._live.clear()
        there.append(Door(others, None).handle(Request("GET", f"{live.base}/accounts/accounts")).status)
        return there[-1]

    thread = threading.Thread(target=client)
    thread.start()
    try:
        assert ask() == 401
        server.kill()
        assert ask() == 503
        live.rebuild(Settings.of("oauth-basic"))
        server.start()
        for each in (worlds, others):
            each.clock.advance(10)
        assert ask() == 401
        until(lambda: not live.unsaved, "the client of the other world, whose answers wait for the store")
    finally:
        stop.set()
        thread.join(60)
    assert (here, there) == ({401}, [401, 503, 401])
    others._live.clear()
    reopened = others.find(live.key)
    assert reopened is not None
    assert reopened.settings == Settings.of("oauth-basic")
