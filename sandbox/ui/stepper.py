"""The stepper on a page: mounts the component with the document of a run.  What it shows is in `sandbox/stepper/`.

The component owns the step, and with it the `step` of the address; moving through a run costs the server nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from sandbox.diagram import NoRenderer
from sandbox.run import Run
from sandbox.stepper import CSS, JS
from sandbox.ui import runs


@lru_cache(maxsize=2)
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def show(run: Run, key: str = "stepper") -> None:
    """Mount the stepper, or say what is missing on this machine."""
    _mount(lambda: runs.document(run), key)


def compare(shown: tuple[Run, ...], key: str = "stepper") -> None:
    """Mount it with several runs of one story in step."""
    _mount(lambda: runs.compared(tuple((run.scenario, run.settings) for run in shown), shown[0].seed), key)


def film(run: Run, key: str = "film") -> None:
    """Mount it small: it plays by itself, and has no controls but a pause.  Its place is not that of the run on other pages."""
    _mount(lambda: runs.document(run) | {"film": True, "scenario": "film"}, key)


def _mount(document: Callable[[], dict[str, Any]], key: str) -> None:
    component = st.components.v2.component("stepper", js=_text(JS), css=_text(CSS))
    try:
        component(key=key, data=document())
    except NoRenderer as error:
        st.error("The diagram cannot be drawn on this machine.")
        st.code(str(error), language=None)
