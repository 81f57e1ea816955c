"""The benchmark asserts nothing about time; that it still knows every cache it has to empty is asserted here."""

from __future__ import annotations

from sandbox.core import wire
from sandbox.protocol import tokens
from tests.bench.bench import forget


def test_nothing_is_answered_from_an_earlier_round() -> None:
    wire.split("https://app.example/")
    forget()
    assert [cache.cache_info().currsize for cache in (tokens._decode, wire._split)] == [0, 0]
