"""The stepper in a classroom: questions before answers, with the learner's answers kept, and the presenter's view.

What it looks like is in `sandbox/views/stepper/`; here are its document and what the learner's clicks mean for the session.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from sandbox.app import cache, state
from sandbox.app.parts import stepper
from sandbox.app.parts.workshop_view import WorkshopView, sayable
from sandbox.engine.result import Run
from sandbox.views.stepper import closed

KEY = "rehearsal"


def show(run: Run, view: WorkshopView, count: int) -> None:
    """Mount the stepper with the questions of the run, and with the answers that were given."""
    stepper.component(stepper.packed(document(run, view, count)), KEY, _happened)


def document(run: Run, view: WorkshopView, count: int) -> dict[str, Any]:
    """The shared document of the run, with this learner's answers and view."""
    answers = view.answers_of(view.item)
    shown = closed(cache.document(run), answers) if view.predict else cache.document(run) | {"answers": answers}
    ours = {"editable": False, "present": view.present, "patient": view.present, "item": view.item, "items": count}
    return {**shown, **ours, "ack": st.session_state.get("rehearsed", 0)}


def _happened() -> None:
    """Answers and turned pages, each once and in order."""
    for event in st.session_state[KEY].events or []:
        if isinstance(event, dict) and event.get("seq", 0) > st.session_state.get("rehearsed", 0):
            st.session_state.rehearsed = event["seq"]
            state.go(after(st.session_state.view, event))


def after(view: WorkshopView, event: dict[str, Any]) -> WorkshopView:
    """The view after one event of the stepper; one that means nothing changes nothing."""
    kind, key, answer = event.get("event"), event.get("question"), event.get("answer")
    if kind == "answer" and isinstance(key, str) and isinstance(answer, str) and sayable(key, answer):
        return view.answered(view.item, key, answer)
    if kind == "turn" and event.get("by") in (1, -1):
        return view.at(max(1, view.item + event["by"]))
    return replace(view, present=False) if kind == "leave" else view
