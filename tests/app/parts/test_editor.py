"""What a browser may send as the text of a file."""

from __future__ import annotations

import pytest

from sandbox.app.parts.editor import MOST, Typed, received


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ({"file": "a.yaml", "text": "title: x", "edition": 1, "seq": 5}, Typed("a.yaml", "title: x", 1, 5)),
        ({"file": "a.yaml", "text": "half \ud800", "edition": 0, "seq": 5}, Typed("a.yaml", "half ?", 0, 5)),
        ({"file": "a.yaml", "text": "x" * (MOST + 1), "edition": 1, "seq": 5}, None),
        ({"file": 7, "text": "x", "edition": 1, "seq": 5}, None),
        ({"file": "a.yaml", "text": None, "edition": 1, "seq": 5}, None),
        ({"file": "a.yaml", "text": "x", "edition": True, "seq": 5}, None),
        ({"file": "a.yaml", "text": "x", "edition": 1, "seq": "5"}, None),
        ({"file": "a.yaml", "text": "x"}, None),
        (["a.yaml", "x", 1], None),
        (None, None),
    ],
)
def test_what_the_editor_says(told: object, taken: Typed | None) -> None:
    assert received(told) == taken
