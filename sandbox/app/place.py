"""Where the app is: the path below which a proxy has it, as `--base-path` or Streamlit's own setting says."""

from __future__ import annotations

import streamlit as st

from sandbox.app import navigation
from sandbox.app.assets import PLACE
from sandbox.core.wire import split
from sandbox.room.door import ROOM
from sandbox.serve.below import PATH, base_path
from sandbox.serve.live import WORLD

SETTING = "server.baseUrlPath"  # STREAMLIT_SERVER_BASE_URL_PATH
STREAMLIT = ("_stcore", "component", "media", "static", "app", "auth", "oauth2callback", "favicon.png", "index.html", "manifest.json")


def base() -> str:
    """The path as `/one/two`, or '' for none.  Raises ValueError."""
    return checked(st.get_option(SETTING) or "")


def checked(text: str) -> str:
    """The path, if nothing of the app's own begins like it: with and without it, an address must mean one thing.  Raises ValueError."""
    return base_path(text, _taken)


def elsewhere(url: str | None, page: str) -> str:
    """The path below which a browser has found a page, if that is not the one that the app knows."""
    path = split(url or "").path.rstrip("/")
    found = path.removesuffix(f"/{page}")
    return found if found != path and found != base() and PATH.fullmatch(found) else ""


def _taken(first: str) -> bool:
    from sandbox.app import pages  # they ask where they are

    return first in (WORLD.strip("/"), ROOM.strip("/"), PLACE, *STREAMLIT, *(page.path for page in navigation.pages(pages)))
