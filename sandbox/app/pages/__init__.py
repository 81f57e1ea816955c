"""One module, one page (or a few that belong together).  Each declares its title, path and place; `frame.py` finds them here."""
