"""Text that we did not write, on its way to the page: escaped for Markdown, or filled into our own HTML.

Streamlit takes Markdown almost everywhere, labels and tooltips included, and Markdown fetches images from anywhere.
"""

from __future__ import annotations

import html
import re
from typing import Any

import streamlit as st

from sandbox.core.text import spelled

# A comma, a hyphen inside a word and a colon before a space mean nothing in Markdown; a screen reader would read out their backslashes.
PUNCTUATION = re.compile(r"(?!(?<=[A-Za-z0-9])-(?=[A-Za-z0-9])|:(?= )|[,'\";?])([!-/:-@\[-`{-~])")


def seen(text: object) -> str:
    """The text in one line, with what cannot be seen spelled out."""
    return spelled(text).replace("\n", " ").replace("\t", " ")


def md(text: object) -> str:
    """Text that Markdown shows as it is: every punctuation mark that can mean something is escaped."""
    return PUNCTUATION.sub(r"\\\1", seen(text))


def markup(template: str, **values: object) -> str:
    """Our own HTML with values filled in: escaped, except those whose name ends in `_html`, which we made ourselves."""
    return template.format(**{name: value if name.endswith("_html") else html.escape(seen(value)) for name, value in values.items()})


def block(text: str) -> str:
    """Text of several lines, escaped for a <pre>."""
    return "\n".join(html.escape(seen(line)) for line in text.split("\n"))


def show(template: str, **values: Any) -> None:
    """Put our own HTML on the page."""
    st.html(markup(template, **values))


def problems() -> None:
    """What the link that led here asks for and cannot have, in one box."""
    if said := st.session_state.get("problems"):
        st.html(f'<div class="problem">{"".join(markup("<p>{problem}</p>", problem=problem) for problem in said)}</div>')
