"""The benchmark asserts nothing about time; that it empties every memo that could answer is asserted here."""

from __future__ import annotations

from sandbox.core import memo, wire
from tests.bench.bench import forget


def test_nothing_is_answered_from_an_earlier_round() -> None:
    wire.split("https://app.example/")
    forget()
    assert [name for name, one in memo.register().items() if one.kept and one.kind in ("message", "run")] == []
