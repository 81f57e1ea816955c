"""The editor of the workshop: mounts the component that colours a text, completes it, and marks its errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import streamlit as st

from sandbox.app import assets
from sandbox.core.entropy import SystemEntropy
from sandbox.core.text import clean
from sandbox.language.source import MAX_BYTES, Problem

MOST = 4 * MAX_BYTES  # characters that the editor takes: the loader says what is too much for a file


@dataclass(frozen=True, slots=True)
class Typed:
    """The text of a file as the visitor left it, the edition of it that was being changed, and the number of the message."""

    file: str
    text: str
    edition: int
    seq: int


def show(file: str, text: str, edition: int, problems: Iterable[Problem], label: str, typed: Callable[[Typed], None]) -> None:
    """Mount it.  `typed` is called, before the page is drawn again, whenever the visitor pauses.

    The visitor's text stays as it is unless `file` or `edition` is another: count the edition up for a text that was not typed here.
    """
    component = st.components.v2.component("editor", js=assets.loading("editor"), css=assets.text("editor.css"))
    data = {
        "file": file,
        "text": text,
        "edition": edition,
        "problems": [[p.line, p.column, clean(p.message), clean(p.cure)] for p in problems],
        "label": label,
        "placeholder": "title: ...",
        "most": MOST,
        "heard": st.session_state.get("editor-heard", 0),
        "session": _session(),  # so that a session that began anew sends something new, and is told what it has not heard
    }
    key = "editor"

    def happened() -> None:
        told = received(getattr(st.session_state.get(key), "typed", None))
        if told is not None:
            st.session_state["editor-heard"] = told.seq
            typed(told)

    component(key=key, data=data, on_typed_change=happened)


def _session() -> str:
    if "editor-session" not in st.session_state:
        st.session_state["editor-session"] = SystemEntropy().token("editor", 9)
    name: str = st.session_state["editor-session"]
    return name


def received(told: object) -> Typed | None:
    """What a browser sent; None if that is nothing an editor sends.  Half a surrogate pair becomes a question mark."""
    if not isinstance(told, dict):
        return None
    file, text, edition, seq = (told.get(name) for name in ("file", "text", "edition", "seq"))
    if not isinstance(file, str) or not isinstance(text, str) or len(text) > MOST or type(edition) is not int or type(seq) is not int:
        return None
    return Typed(file, text.encode("utf-8", "replace").decode(), edition, seq)
