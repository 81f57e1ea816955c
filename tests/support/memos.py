"""What the memory of the process holds."""

from __future__ import annotations

from sandbox.core import memo


def remembering(*marks: str) -> list[str]:
    """The memos in whose arguments or results one of these texts stands."""
    kept = {name: repr(one.kept) for name, one in memo.register().items()}
    return [name for name, text in kept.items() if any(mark in text for mark in marks)]
