"""The stepper on a page: mounts the component with the document of a run.  What it shows is in `sandbox/views/stepper/`.

The component owns the step, and with it the `step` of the address; moving through a run costs the server nothing.  Edits come back
as numbered events, which the browser repeats until the document acknowledges them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from sandbox.app import assets, cache, state
from sandbox.app.state import View
from sandbox.engine.result import Run
from sandbox.protocol.edits import BadEdit, applied
from sandbox.views.diagram.render import NoRenderer
from sandbox.views.stepper import CSS, JS

LONGEST = 200  # events at once; a browser that sends more is none of ours


def show(run: Run, key: str = "stepper") -> None:
    """Mount the stepper, or name the program that this machine lacks."""
    _mount(lambda: cache.document(run) | {"ack": st.session_state.get("ack", 0)}, key, editable=True)


def compare(shown: tuple[Run, ...], key: str = "stepper") -> None:
    """Mount it with several runs of one story in step."""
    _mount(lambda: cache.compared(shown), key)


def film(run: Run, key: str = "film") -> None:
    """Mount it small: it plays by itself, and has no controls but a pause.  Its place is not that of the run on other pages."""
    _mount(lambda: cache.document(run) | {"film": True, "scenario": "film", "editable": False}, key)


def mount(document: dict[str, Any], key: str) -> None:
    """Mount it with a document that was made elsewhere."""
    _mount(lambda: document, key)


def _mount(document: Callable[[], dict[str, Any]], key: str, editable: bool = False) -> None:
    component = st.components.v2.component("stepper", js=assets.script(JS), css=assets.text(CSS))
    try:
        shown = document()
    except NoRenderer as error:
        st.error("The diagram cannot be drawn on this machine.")
        st.code(str(error), language=None)
    else:
        component(key=key, data=shown, on_events_change=partial(_happened, key) if editable else _nothing)


def _nothing() -> None:
    """Where nothing can be edited, the browser has nothing to tell."""


def _happened(key: str) -> None:
    events = getattr(st.session_state.get(key), "events", None)
    take(events if isinstance(events, list) else [])


def take(events: list[object]) -> None:
    """Apply the events that are newer than the last one acknowledged, in order, each once."""
    view: View = st.session_state.view
    problems: list[str] = []
    edits = view.edits
    for event in events[:LONGEST]:
        number = event.get("seq") if isinstance(event, dict) else None
        if not isinstance(event, dict) or not isinstance(number, int) or number <= st.session_state.get("ack", 0):
            continue
        st.session_state.ack = number
        try:
            edits = applied(edits, event)
        except BadEdit as error:
            problems.append(f"The edit was not made: {error}.")
    state.go(replace(view, edits=edits))
    st.session_state.problems = problems
