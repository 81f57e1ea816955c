"""The page Glossary: every word that has a card, by kind; `/glossary#state` opens it at a word.

Links and the footer of other pages lead here.  Searching and opening a word are the browser's business (`glossary.js`).
"""

from __future__ import annotations

import streamlit as st

from sandbox.app import assets, navigation
from sandbox.app.markup import show
from sandbox.views import words

PAGE = "glossary"
KINDS = {  # heading by kind, in the order of the page
    "concept": "Concepts",
    "parameter": "Parameters",
    "header": "Headers",
    "claim": "Claims in tokens",
    "part of a token": "Other parts of a token",
    "part of a message": "Parts of a message",
    "check": "Checks",
    "switch": "Defences and switches",
    "party": "Who takes part",
}
ABOUT = "Every word of these pages: what it is, why it is there, and what happens without it."


@navigation.page("Glossary", path=PAGE, about=ABOUT)
def page() -> None:
    """All cards, and a box to search them."""
    show('<div class="title"><h1>Glossary</h1><p>{about}</p></div>', about=ABOUT)
    component = st.components.v2.component("glossary", js=assets.script("glossary.js"), css=assets.text("glossary.css"))
    component(
        key="glossary", data=[{"kind": title, "cards": [c for c in words.every() if c["kind"] == kind]} for kind, title in KINDS.items()]
    )
