"""Where the set-ups of live worlds are kept; what is said here goes for each store."""

from __future__ import annotations

import pytest

from sandbox.core.clock import Clock
from sandbox.serve.blueprint import Unreadable
from sandbox.serve.store import InProcess, Store
from tests.support.stores import BROWSER, blueprint


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    return InProcess(clock)


def test_what_is_put_is_there_until_it_is_dropped(store: Store) -> None:
    first, other = blueprint(), blueprint("o", browser="")
    assert (store.get(first.key), store.of(BROWSER), store.keep(first, 9)) == (None, "", False)
    store.put(first, 9)
    store.put(other, 9)
    assert (store.get(first.key), store.get(other.key), store.of(BROWSER)) == (first, other, first.key)
    store.put(changed := blueprint(profile="oauth-basic"), 9)
    assert store.get(first.key) == changed
    store.drop(first)
    store.drop(first)
    assert (store.get(first.key), store.get(other.key)) == (None, other)


def test_it_expires_unless_it_is_kept(store: Store, clock: Clock) -> None:
    store.put(blueprint(), 9)
    clock.advance(8)
    assert store.keep(blueprint(), 9)
    clock.advance(8)
    assert store.get("k" * 24) is not None
    clock.advance(1)
    assert store.get("k" * 24) is None
    assert (store.of(BROWSER), store.keep(blueprint(), 9)) == ("", False)


def test_what_was_altered_is_refused(clock: Clock) -> None:
    store = InProcess(clock)
    store.put(blueprint(), 9)
    store._kept["k" * 24] = clock.now() + 9, "{}"
    with pytest.raises(Unreadable):
        store.get("k" * 24)
