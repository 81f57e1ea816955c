"""Garbage is looked for after a block, and not inside it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from sandbox.core.garbage import collected_afterwards, keep_what_is_there


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if was_on else gc.disable)()


def test_nothing_is_collected_inside() -> None:
    with collected_afterwards():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_switches_it_on_again() -> None:
    with pytest.raises(ZeroDivisionError), collected_afterwards():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_what_was_off_stays_off() -> None:
    gc.disable()
    with collected_afterwards():
        pass
    assert not gc.isenabled()


def test_two_searches_at_once_leave_it_on_whichever_ends_first() -> None:
    for last in (0, 1):
        blocks = [collected_afterwards(), collected_afterwards()]
        for block in blocks:
            block.__enter__()
        for block in (blocks[1 - last], blocks[last]):
            block.__exit__(None, None, None)
        assert gc.isenabled(), f"the block that began {('first', 'second')[last]} ended last"


def test_what_is_kept_is_not_looked_at_again() -> None:
    there = len(gc.get_objects())
    try:
        keep_what_is_there()
        assert gc.get_freeze_count() > there / 2
        assert len(gc.get_objects(generation=2)) == 0
    finally:
        gc.unfreeze()
