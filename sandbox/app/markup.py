"""Text that we did not write, filled into our own HTML on its way to the page.

Where Streamlit takes Markdown, which is almost everywhere, labels and tooltips included, text goes through `md` of core/text.py:
Markdown fetches images from anywhere.
"""

from __future__ import annotations

import html
from typing import Any

import streamlit as st

from sandbox.core.text import clean
from sandbox.views.citations import pieces


def markup(template: str, **values: object) -> str:
    """Our own HTML with values filled in: escaped, except those whose name ends in `_html`, which we made ourselves."""
    return template.format(**{name: value if name.endswith("_html") else html.escape(clean(value, None)) for name, value in values.items()})


def block(text: str) -> str:
    """Text of several lines, escaped for a <pre>."""
    return "\n".join(html.escape(clean(line, None)) for line in text.split("\n"))


def cited(text: str) -> str:
    """A citation as HTML, each section a link to where it can be read."""
    link = '<a href="{address}" target="_blank" rel="noopener noreferrer">{said}</a>'
    return "".join(markup(link if address else "{said}", said=said, address=address) for said, address in pieces(text))


def show(template: str, **values: Any) -> None:
    """Put our own HTML on the page."""
    st.html(markup(template, **values))


def problems() -> None:
    """What the link that led here asks for and cannot have, in one box."""
    if said := st.session_state.get("problems"):
        st.html(f'<div class="problem">{"".join(markup("<p>{problem}</p>", problem=problem) for problem in said)}</div>')
