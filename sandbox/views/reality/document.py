"""A recorded login for the stepper, alone or beside the lesson that it resembles; the findings lead to its steps."""

from __future__ import annotations

from typing import Any

from sandbox.engine.result import Run
from sandbox.protocol.trace import Sent, of
from sandbox.reality.inspection import Inspection
from sandbox.reality.resemblance import Beside
from sandbox.views.stepper.view import document as stepper_document
from sandbox.views.timeline import moments

YOURS = "Yours"


def document(found: Inspection, beside: Beside | None = None) -> dict[str, Any] | None:
    """What the stepper shows; None if there is nothing to draw."""
    if found.recorded is None:
        return None
    run = beside.yours if beside else found.recorded.run
    doc = stepper_document((run, beside.lesson) if beside else (run,))
    pane = doc["panes"][0]
    pane["name"] = YOURS
    pane["verdict"] = _verdict(run.verdict.sentence)
    if beside:
        other = doc["panes"][1]
        other["name"] = beside.lesson.scenario.title
        other["verdict"] = _verdict(f"The lesson that it resembles most. First difference: {beside.difference}.")
        doc["differs"] = next((i for i, entry in enumerate(doc["timeline"]) if entry["id"] in beside.at), doc["differs"])
    return doc | {"scenario": "yours", "title": "Your login", "editable": False}


def _verdict(sentence: str) -> dict[str, Any]:
    return {"word": "Recorded", "tone": "info", "sentence": sentence, "detail": "", "at": None}


def steps(run: Run) -> dict[int, int]:
    """Entry of the recording -> the step at which its request is drawn."""
    numbers = {m.about: m.n for m in moments(run) if m.kind == "request" and m.about is not None}
    return {e.exchange: numbers[e.exchange] for e in of(run.events, Sent) if e.exchange in numbers}
