"""The Export menu of a run: each entry is one file, made when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from sandbox.app import cache
from sandbox.app.markup import show
from sandbox.engine.result import Run
from sandbox.views import har, pictures
from sandbox.views.html import offline
from sandbox.views.mermaid import mermaid
from sandbox.views.record import trace_json


class File(NamedTuple):
    """One kind of file: label, purpose, ending of the name, media type, and the function that makes it."""

    label: str
    about: str
    suffix: str
    mime: str
    make: Callable[[Run], str | bytes]


def _html(run: Run) -> str:
    return offline.html((run,), run.scenario.title, cache.plain(run), (cache.looked(run),))


def _har(run: Run) -> str:
    return json.dumps(har.har(run), indent=1)


def _json(run: Run) -> str:
    return json.dumps(trace_json(run, cache.looked(run)), indent=1)


FILES = (
    File("HTML", "The whole stepper in one file that works offline", "html", "text/html", _html),
    File("SVG", "The diagram, sharp at every size", "svg", "image/svg+xml", pictures.svg),
    File("PNG", "The diagram as a picture", "png", "image/png", pictures.png),
    File("Mermaid", "The diagram as text, for Markdown pages and wikis", "mmd", "text/plain", mermaid),
    File("HAR", "All messages, for the network panel of a browser's developer tools", "har", "application/json", _har),
    File("JSON", "Everything that was recorded", "json", "application/json", _json),
)


def menu(run: Run) -> None:
    """A button that opens the list of files."""
    with st.popover("Export", key="export", on_change="rerun") as drawer:
        if drawer.open:
            for file in FILES:
                _entry(run, file)


def _entry(run: Run, file: File) -> None:
    name, key = f"{run.scenario.id}.{file.suffix}", f"file-{file.suffix}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"export-{file.suffix}"):
        st.download_button(file.label, partial(file.make, run), name, file.mime, on_click="ignore", width=104, key=key)
        show('<div class="label">{about}</div>', about=file.about)
