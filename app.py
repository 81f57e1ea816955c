"""The app for `streamlit run app.py`; the same that `oauth-sandbox` starts."""

import streamlit as st

from sandbox.ui.launcher import MIDDLEWARE, SCRIPT

app = st.App(SCRIPT, middleware=MIDDLEWARE)  # Streamlit looks for this very expression in the source
