"""The frame of the app: page settings, style sheet, navigation.  Each page is a module of its own."""

from __future__ import annotations

import streamlit as st

from sandbox.app import assets
from sandbox.app.pages import compare, gallery, live, matrix, start, system, token_lab, workshop


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="OAuth Sandbox", page_icon="🔐", layout="wide")
    st.html(f"<style>{assets.text('app.css')}</style>")
    pages = {
        "start": st.Page(start.page, title="Start", url_path="start", default=True),
        "flows": st.Page(gallery.flows, title="Flows", url_path="flows"),
        "attacks": st.Page(gallery.attacks, title="Attacks", url_path="attacks"),
        "play": st.Page(gallery.play, title="Play", url_path="play", visibility="hidden"),
        "compare": st.Page(compare.page, title="Compare", url_path="compare"),
        "matrix": st.Page(matrix.page, title="Matrix", url_path="matrix"),
        "system": st.Page(system.page, title="Your system", url_path="system"),
        "token-lab": st.Page(token_lab.page, title="Token lab", url_path="token-lab"),
        "workshop": st.Page(workshop.page, title="Workshop", url_path="workshop"),
        "live": st.Page(live.page, title="Live", url_path="live"),
        "your-file": st.Page(workshop.your_file, title="Your file", url_path="your-file", visibility="hidden"),
    }
    st.session_state.pages = pages
    st.navigation(list(pages.values()), position="top").run()
