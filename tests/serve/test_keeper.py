"""Between the live worlds and their store: what it is told, when, and what happens while it is away."""

from __future__ import annotations

import pytest

from sandbox.core.clock import WallClock
from sandbox.protocol.settings import Settings
from sandbox.serve.blueprint import Blueprint
from sandbox.serve.keeper import OFTEN, PAUSE, Keeper
from sandbox.serve.live import Live
from sandbox.serve.opener import Opener
from sandbox.serve.store import Away, InProcess
from tests.support.live_worlds import ORIGIN

KEY = "k" * 24
ALICE = Opener.of("cookie", "")


class Listening(InProcess):
    """Writes down what it is told, and can be away."""

    def __init__(self, clock: WallClock) -> None:
        super().__init__(clock)
        self.told, self.away = list[str](), False

    def _hear(self, what: str) -> None:
        self.told.append(what)
        if self.away:
            raise Away("gone")

    def put(self, blueprint: Blueprint, seconds: int) -> None:
        self._hear("put")
        super().put(blueprint, seconds)

    def keep(self, blueprint: Blueprint, seconds: int) -> bool:
        self._hear("keep")
        return super().keep(blueprint, seconds)

    def get(self, key: str) -> Blueprint | None:
        self._hear("get")
        return super().get(key)

    def drop(self, blueprint: Blueprint) -> None:
        self._hear("drop")
        super().drop(blueprint)


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def store(clock: WallClock) -> Listening:
    return Listening(clock)


@pytest.fixture
def keeper(store: Listening, clock: WallClock) -> Keeper:
    return Keeper(store, clock, 3600)


@pytest.fixture
def live(clock: WallClock) -> Live:
    return Live(KEY, ORIGIN, Settings.of("naive-jwt"), clock, ALICE)


def test_the_store_is_told_of_each_change_and_now_and_then_that_a_world_is_in_use(
    keeper: Keeper, store: Listening, live: Live, clock: WallClock
) -> None:
    assert keeper.due(live)
    keeper.save(live)
    assert not keeper.due(live)
    clock.advance(OFTEN)
    assert keeper.due(live)
    keeper.save(live)
    live.rebuild(Settings.of("oauth-basic"))
    assert keeper.due(live)
    keeper.save(live)
    assert store.told == ["put", "keep", "put"]
    assert keeper.find(KEY) == live.blueprint()
    assert (keeper.of(ALICE.browser), keeper.of("0" * 64)) == (KEY, "")


def test_a_store_that_has_forgotten_is_told_again(keeper: Keeper, store: Listening, live: Live, clock: WallClock) -> None:
    keeper.save(live)
    store._kept.clear()
    clock.advance(OFTEN)
    keeper.save(live)
    assert store.told == ["put", "keep", "put"]
    assert keeper.find(KEY) is not None


def test_a_store_that_is_away_is_left_alone_for_a_moment(keeper: Keeper, store: Listening, live: Live, clock: WallClock) -> None:
    store.away = True
    for _ in range(3):
        with pytest.raises(Away, match="gone"):
            keeper.save(live)
    with pytest.raises(Away, match="gone"):
        keeper.find(KEY)
    assert keeper.of(ALICE.browser) == ""
    assert (store.told, live.unsaved) == (["put"], True)
    store.away = False
    clock.advance(PAUSE)
    keeper.save(live)
    assert (store.told, live.unsaved, keeper.away) == (["put", "put"], False, None)


def test_when_it_is_back_it_is_told_of_all_and_forgets_what_was_closed(
    keeper: Keeper, store: Listening, live: Live, clock: WallClock
) -> None:
    other = Live("o" * 24, ORIGIN, Settings.of("naive-jwt"), clock)
    for each in (live, other):
        keeper.save(each)
    store.away = True
    keeper.drop(other)
    assert keeper.find(other.key) is None, "it is closed, whatever the store says later"
    store.away = False
    clock.advance(PAUSE)
    assert keeper.find(live.key) is not None
    assert set(store._kept) == {live.key}
    assert keeper.due(live)
