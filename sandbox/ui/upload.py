"""The page Your file: a scenario of the visitor's own, uploaded or typed, with its errors or with the stepper."""

from __future__ import annotations

import streamlit as st

from sandbox import library
from sandbox.scenario import Scenario, ScenarioError, loads
from sandbox.ui import doors, scenario_page, state
from sandbox.ui.safe import show

PAGE = "your-file"
ID = "your-file"
NAME = "your-file.yaml"


def page() -> None:
    view = state.current(PAGE)
    scenario, error = _load(st.session_state.get("source", ""))
    show(
        '<div class="title"><h1>Your file</h1><p>A scenario of your own: upload it or write it here. '
        "It is checked as you go, and stays in this session.</p></div>"
    )
    with st.expander("The file", expanded=scenario is None, key="file-box"):
        _editor()
        _problems(error)
    if scenario is not None:
        scenario_page.draw(PAGE, scenario, view)


def _editor() -> None:
    left, right = st.columns([2.2, 1])
    with right:
        st.file_uploader("Upload a scenario file", ["yaml", "yml"], key="upload", max_upload_size=1, on_change=_uploaded)
        st.button("Start from an example", key="example", on_click=_example)
    with left:
        st.text_area("Scenario", key="source", height=340, label_visibility="collapsed", placeholder="title: ...")


def _uploaded() -> None:
    given = st.session_state.upload
    if given is None:
        return
    raw = given.getvalue()
    st.session_state.file_name = given.name
    st.session_state.unreadable = None
    try:
        st.session_state.source = raw.decode("utf-8")
    except UnicodeDecodeError:
        st.session_state.source = ""
        st.session_state.unreadable = _load(raw)[1]


def _example() -> None:
    st.session_state.source = library.get(doors.shipped().film.scenario).source


def _load(source: str | bytes) -> tuple[Scenario | None, ScenarioError | None]:
    if not source.strip():
        return None, st.session_state.get("unreadable")
    try:
        return loads(source, st.session_state.get("file_name", NAME), ID), None
    except ScenarioError as error:
        return None, error


def _problems(error: ScenarioError | None) -> None:
    """Each problem with its line, a caret and the cure."""
    if error is None:
        return
    for problem in error.problems:
        st.code(str(problem), language=None)
    if error.more:
        st.text(f"and {error.more} more")
