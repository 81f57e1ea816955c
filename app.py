"""The app for `streamlit run app.py`; the same that `oauth-sandbox` starts."""

import streamlit as st

from sandbox.app.launcher import SCRIPT, lifespan, middleware

app = st.App(SCRIPT, middleware=middleware(), lifespan=lifespan)  # Streamlit looks for this very expression in the source
