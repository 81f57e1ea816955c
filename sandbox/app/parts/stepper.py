"""The stepper on a page: mounts the component with the document of a run.  What it shows is in `sandbox/views/stepper/`.

The component owns the step, and with it the `step` of the address; moving through a run costs the server nothing.  Edits and answers
come back as numbered events, which the browser repeats until the document acknowledges them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from sandbox.app import assets, cache, state
from sandbox.app.parts import defence, lesson, turn
from sandbox.app.parts.lesson import Told
from sandbox.app.state import DEFEND, View
from sandbox.core.memo import memo
from sandbox.engine.case import Case
from sandbox.engine.result import Run
from sandbox.language.document import Scenario
from sandbox.protocol.edits import BadEdit, applied
from sandbox.studies.adaptive import Looked

LONGEST = 200  # events at once; a browser that sends more is none of ours


@dataclass(frozen=True, slots=True)
class Shown:
    """All that decides what the stepper shows of a run: learners who have the same before them get the same bytes.

    `far` is how far somebody has looked around the run, `told` what is a lesson's; `playable`: whether the game can be offered; `ack` is
    the number of the last event from the browser that is in it.
    """

    case: Case
    far: Looked | None
    told: Told | None
    playable: bool
    ack: int


def show(run: Run, key: str = "stepper") -> None:
    """Mount the stepper, as a lesson where it is one; with the offer to play, where nothing is left to be asked."""
    view, st.session_state.playable = st.session_state.view, run.scenario
    told = lesson.told(run, view) if type(view) is View and run.scenario.id == view.scenario else None
    playable = not turn.closed(run.scenario, view)
    _mount(_shown(Shown(run.case, cache.looked(run), told, playable, st.session_state.get("ack", 0))), key, heard=True)


@memo("run", 512)
def _shown(what: Shown) -> bytes:
    run = cache.run(what.case)
    document = lesson.document(run, what.told) if what.told is not None else cache.document(run)
    offered = {"game": True} if what.playable and not document.get("open") else {}
    return packed(document | offered | {"ack": what.ack})


def play(scenario: Scenario, view: View, key: str = "stepper") -> None:
    """Mount it with the game that the visitor plays: as the attacker, or as the defender."""
    st.session_state.playable = scenario
    shown = defence.document(scenario, view) if view.turn == DEFEND else turn.document(scenario, view)
    _mount(packed(shown | {"ack": st.session_state.get("ack", 0)}), key, heard=True)


def compare(shown: tuple[Run, ...], key: str = "stepper") -> None:
    """Mount it with several runs of one story in step."""
    _mount(packed(cache.compared(shown)), key)


def film(run: Run, key: str = "film") -> None:
    """Mount it small: it plays by itself, and has no controls but a pause.  Its place is not that of the run on other pages."""
    _mount(_film(run.case), key)


@memo("run", 16)
def _film(case: Case) -> bytes:
    return packed(cache.document(cache.run(case)) | {"film": True, "scenario": "film", "editable": False})


def mount(document: dict[str, Any], key: str) -> None:
    """Mount it with the document of a live world.  It is not compressed: tokens and texts that others choose share it (BREACH)."""
    component(_json(document), key, _nothing)


def packed(document: dict[str, Any]) -> bytes:
    """A document as frontend/mounted.js takes it, compressed: the same bytes for the same document."""
    return gzip.compress(_json(document), 6, mtime=0)


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def _mount(document: bytes, key: str, heard: bool = False) -> None:
    """`heard`: whether the page wants to know what the learner does."""
    component(document, key, partial(_happened, key) if heard else _nothing)


def component(document: bytes, key: str, happened: Callable[[], None]) -> None:
    """The component itself, with a document that is packed, or plain JSON; `happened` is called when it has events."""
    st.components.v2.component("stepper", js=assets.loading("stepper"))(key=key, data=document, on_events_change=happened)


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
        if event.get("event") == "turn":
            view = _turned(replace(view, edits=edits), event)
            edits = view.edits
            continue
        if event.get("event") in lesson.EVENTS:
            view = lesson.take(replace(view, edits=edits), event)
            edits = view.edits
            continue
        try:
            edits = applied(edits, event)
        except BadEdit as error:
            problems.append(f"The edit was not made: {error}.")
    state.go(replace(view, edits=edits))
    st.session_state.problems = problems


def _turned(view: View, event: dict[Any, Any]) -> View:
    """The view after something that a player did; the scenario is the one that the page has shown."""
    scenario: Scenario | None = st.session_state.get("playable")
    if scenario is None:
        return view
    return defence.take(scenario, view, event) if view.turn == DEFEND else turn.take(scenario, view, event)
