"""The app for `streamlit run app.py`; the same that `oauth-sandbox` starts."""

import streamlit as st

from sandbox.app.launcher import MIDDLEWARE, SCRIPT, lifespan, routes

app = st.App(SCRIPT, middleware=MIDDLEWARE, routes=routes(), lifespan=lifespan)  # Streamlit looks for this very expression in the source
