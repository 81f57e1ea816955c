"""The stepper on a page: mounts the component with the document of a run.  What it shows is in `sandbox/stepper/`.

The component owns the step, and with it the `step` of the address; moving through a run costs the server nothing.
"""

from __future__ import annotations

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
    try:
        mount(runs.document(run), key)
    except NoRenderer as error:
        st.error("The diagram cannot be drawn on this machine.")
        st.code(str(error), language=None)


def mount(document: dict[str, Any], key: str) -> None:
    """Mount the stepper with this document."""
    component = st.components.v2.component("stepper", js=_text(JS), css=_text(CSS))
    component(key=key, data=document)
