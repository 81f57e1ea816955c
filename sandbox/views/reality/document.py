"""A recorded login for the stepper, alone or beside the lesson that it resembles; the findings lead to its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.engine.result import Run
from sandbox.reality.finding import Evidence
from sandbox.reality.inspection import Inspection
from sandbox.reality.resemblance import Beside
from sandbox.views.stepper.view import document as stepper_document
from sandbox.views.timeline import moments

YOURS = "Yours"
ANCHOR = "your-step-"  # a link to #your-step-14 around the stepper leads to that step


def document(found: Inspection, beside: Beside | None = None) -> dict[str, Any] | None:
    """What the stepper shows; None if there is nothing to draw."""
    if found.recorded is None:
        return None
    run = beside.yours if beside else found.recorded.run
    doc = stepper_document((run, beside.lesson) if beside else (run,))
    pane = doc["panes"][0]
    pane["name"] = YOURS
    pane["verdict"] = _verdict("Recorded", run.verdict.sentence)
    doc["begin"] = _first(found)
    if beside:
        other = doc["panes"][1]
        other["name"] = lesson_name(beside)
        other["verdict"] = _verdict("Lesson", f"The lesson that yours resembles most. First difference: {beside.difference}.")
        doc["differs"] = next((i for i, entry in enumerate(doc["timeline"]) if entry["id"] in beside.at), doc["differs"])
        doc["begin"] = doc["differs"]
    return doc | {"scenario": "yours", "title": "Your login", "editable": False, "anchor": ANCHOR}


def _first(found: Inspection) -> int:
    """The place in the line of steps at which the worst finding is, so that it and what led to it are in view; the last without one."""
    step = drawn_at(found)
    assert found.recorded is not None
    shown = [n for f in found.worst for e in f.evidence if (n := step(e))]
    return (shown[0] if shown else max(steps(found.recorded.run).values(), default=1)) - 1


def lesson_name(beside: Beside) -> str:
    """What stands above the lesson: its title, after the figure of the article that it tells."""
    title = beside.lesson.scenario.title
    return f"{beside.figure.name}: {title}" if beside.figure else title


def _verdict(word: str, sentence: str) -> dict[str, Any]:
    return {"word": word, "tone": "info", "sentence": sentence, "detail": "", "at": None}


def drawn_at(found: Inspection) -> Callable[[Evidence], int]:
    """The step of the drawing at which a place is: that of the request or of the answer; 0 if it is not drawn."""
    numbers = steps(found.recorded.run) if found.recorded else {}
    name = next((f.name for f in found.files if f.story is not None), "") if len(found.files) > 1 else ""

    def step(place: Evidence) -> int:
        if place.entry is None or place.file != name:
            return 0
        request = numbers.get((place.entry, "request"), 0)
        return numbers.get((place.entry, "answer"), request) if place.at.startswith("response") else request

    return step


def steps(run: Run) -> dict[tuple[int, str], int]:
    """Entry of the recording, and `request` or `answer` -> the step at which it is drawn."""
    return {(m.about, m.kind): m.n for m in moments(run) if m.kind in ("request", "answer") and m.about is not None}
