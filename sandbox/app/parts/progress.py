"""What a learner has done, and the way through: kept in the browser (`frontend/progress.js` says in which form), never on the server.

Here are the components that show it and the page that marks a stop.  A script that stands after `progress.js`, as `SCRIPTS` has it,
can call `progress.mark(stop)`, `progress.answer(stop, question, said, right)` and `progress.word(name)` itself, without asking the server.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from sandbox.app import assets, cache
from sandbox.app.parts import first_stories
from sandbox.engine.result import Run
from sandbox.language import library
from sandbox.studies import path
from sandbox.studies.path import Stop, next_after

__all__ = ["KEY", "SCRIPTS", "Stop", "known", "mark_at_the_end", "next_after", "next_stop", "way"]

KEY = "oauth-sandbox"  # of the browser's localStorage
SCRIPTS = ("places.js", "progress.js")  # what stands before a script that knows what was done
AFTER = "Every attack and flow that is not on the path is in the lists, with a mark where you have been."

Doc = dict[str, Any]


def known() -> list[str]:
    """All that can be done: every scenario that is shipped, and the exam.  Progress that names something else is dropped."""
    return [*library.ids(), path.exam().id]


def next_stop() -> None:
    """The next stop, large, with the other doors beside it."""
    _mount("next")


def way() -> None:
    """All stops in their stages, with what can be done with the progress."""
    _mount("path")


def mark_at_the_end(run: Run) -> None:
    """Mark a shipped scenario as done when the last step of this run is on show."""
    if run.scenario.id in library.ids():
        mark(run.scenario.id, cache.length(run.case))


def mark(stop: str, last: int = 0) -> None:
    """Mark a stop as done once the `step` of the address is at least `last`; at once if that is 0."""
    st.components.v2.component("reached", js=assets.loading("reached"))(key="reached", data={"stop": stop, "last": last})


def document(kind: str) -> Doc:
    """What the component is given: nothing about the learner."""
    shipped = path.shipped()
    return {
        "kind": kind,
        "title": shipped.title,
        "about": shipped.about or "",
        "after": AFTER,
        "known": known(),
        "doors": [{"label": d.label, "to": {"page": d.page, "params": d.params}} for d in first_stories.shipped().doors],
        "stages": [{"name": name, "stops": [_stop(stop) for stop in stops]} for name, stops in path.stages().items()],
    }


def _stop(stop: Stop) -> Doc:
    return {
        "id": stop.id,
        "number": stop.number,
        "title": stop.title,
        "story": stop.story,
        "minutes": stop.minutes,
        "questions": stop.questions,
        "needs": list(stop.needs),
        "to": {"page": stop.page, "params": stop.params},
    }


def _mount(kind: str) -> None:
    component = st.components.v2.component("path", js=assets.script("path.js", *SCRIPTS), css=assets.text("path.css"))
    component(key=f"path-{kind}", data=document(kind))
