"""A table whose cells lead into runs: the component of the pages Matrix and Start, and how an outcome is shown in it.

An outcome is never told by colour alone: symbol and word come from `outcomes.SIGNS`,
the tone from the stepper's banner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from sandbox.app import assets
from sandbox.engine.result import Word
from sandbox.views.outcomes import SIGNS

Doc = dict[str, Any]


def item(
    word: Word, params: Mapping[str, str] | None, more: str = "", said: str = "", title: str = "", page: str = "play", note: str = ""
) -> Doc:
    """One outcome; a link if there are parameters.  `note` stands below what there is `more` to say."""
    shown: Doc = {
        "mark": SIGNS[word].mark,
        "word": said or SIGNS[word].word,
        "tone": SIGNS[word].tone,
        "more": more,
        "note": note,
        "title": title,
    }
    if params is not None:
        shown |= {"to": {"page": page, "params": dict(params)}, "id": " ".join((page, *params.values()))}
    return shown


def cell(items: Sequence[Doc] = (), says: str = "", empty: str = "") -> Doc:
    return {"items": list(items), "says": says, "empty": empty}


def show(kind: str, caption: str, columns: Sequence[str], rows: Sequence[Doc], key: str) -> None:
    """Mount the table, whose cells are links."""
    component = st.components.v2.component(
        "verdict_table", js=assets.script("verdict_table.js", "places.js"), css=assets.text("verdict_table.css")
    )
    data = {"kind": kind, "caption": caption, "columns": list(columns), "rows": list(rows)}
    component(key=key, data=data)
