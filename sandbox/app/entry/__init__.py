"""The script that Streamlit runs, in a folder of its own: a folder `pages` beside the script would be taken for Streamlit's own pages."""
