"""The frame of the app: page settings and navigation.  The pages are found in `pages/`, where each declares itself."""

from __future__ import annotations

import streamlit as st

from sandbox.app import assets, first_answer, navigation, pages
from sandbox.app.parts import room

PAGES = navigation.pages(pages)


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="OAuth Sandbox", page_icon="🔐", layout="wide")
    st.components.v2.component("connection", js=assets.script("connection.js"))(key="connection", width="content")
    st.session_state.pages = {
        page.path: st.Page(
            page.draw,
            title=page.title,
            url_path=page.path,
            default=page is PAGES[0],
            visibility="hidden" if page.place is None else "visible",
        )
        for page in PAGES
    }
    chosen = st.navigation(list(st.session_state.pages.values()), position="top")
    if (found := first_answer.heading(chosen.url_path, st.query_params.to_dict())) is not None:
        st.set_page_config(page_title=found.full)
    if not room.draw(chosen.url_path or "start"):
        chosen.run()
