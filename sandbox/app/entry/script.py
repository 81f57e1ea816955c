"""What Streamlit runs, from the top, for every visitor and every change."""

from sandbox.app.frame import main

main()
