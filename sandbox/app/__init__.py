"""The Streamlit app.  The only package that imports streamlit; it shows runs and decides nothing about them."""
