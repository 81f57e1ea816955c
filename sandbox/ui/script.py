"""What Streamlit runs, from the top, for every visitor and every change."""

from sandbox.ui.app import main

main()
