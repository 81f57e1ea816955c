"""What a learner's clicks in the stepper mean."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.app.parts import classroom
from sandbox.app.parts.workshop_view import WorkshopView

VIEW = WorkshopView(item=2)


@pytest.mark.parametrize(
    ("event", "view"),
    [
        ({"event": "answer", "question": "replay", "answer": "refused"}, WorkshopView(item=2, answers=((2, "replay", "refused"),))),
        ({"event": "answer", "question": "replay", "answer": "<b>"}, VIEW),
        ({"event": "answer", "question": 3, "answer": "refused"}, VIEW),
        ({"event": "answer", "question": "use.2", "answer": "cab"}, WorkshopView(item=2, answers=((2, "use.2", "cab"),))),
        ({"event": "answer", "question": "use.2", "answer": "refused"}, VIEW),
        ({"event": "turn", "by": 1}, WorkshopView(item=3)),
        ({"event": "turn", "by": -1}, WorkshopView(item=1)),
        ({"event": "turn", "by": 99}, VIEW),
        ({"event": "leave"}, VIEW),
        ({"event": "format the disk"}, VIEW),
        ({}, VIEW),
    ],
)
def test_what_the_stepper_says(event: dict[str, Any], view: WorkshopView) -> None:
    assert classroom.after(VIEW, event) == view
