"""A room on a page: which room this visitor is in, and the component that shows it.  All that happens in it goes past Streamlit.

A learner's page shows the room instead of itself until the learner looks around; the page Workshop is the instructor's desk and wall.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from sandbox.app import assets
from sandbox.app.rooms import ROOMS
from sandbox.room.commands import Refused
from sandbox.room.door import BROWSER, CURRENT, LENGTHS
from sandbox.room.log import Full
from sandbox.room.model import code_of
from sandbox.room.own_worlds import Right
from sandbox.room.own_worlds import right as right_of
from sandbox.room.rooms import hashed
from sandbox.serve.live import Live
from sandbox.serve.store import Away

KEY = "room-here"
DESK = "workshop"
LIVE = "live"  # where a link to a world of a room leads


@dataclass(frozen=True, slots=True)
class Here:
    """The room of this session; `around`: its page is drawn, too; `key`: the instructor's, where the room was opened just now."""

    code: str
    around: bool = False
    key: str = ""
    page: str = ""


def here(page: str) -> Here | None:
    """The room that a link names, that this session is in, or that the browser was in before."""
    asked = code_of(st.query_params.get("room", ""))
    now: Here | None = st.session_state.get("room")
    if asked and (now is None or now.code != asked) and asked not in st.session_state.get("rooms_left", ()):
        now = st.session_state.room = Here(asked, page=page)
    if now is None and "room" not in st.session_state:
        kept = code_of(str(st.context.cookies.get(CURRENT, "")))
        around = page == LIVE and "world" in st.query_params
        now = st.session_state.room = Here(kept, around, page=page) if kept and _is_there(kept) else None
    if now is not None and now.page != page:
        now = st.session_state.room = Here(now.code, page != DESK, now.key, page)  # who has gone to another page looks around
    return now


def _is_there(code: str) -> bool:
    try:
        return ROOMS.find(code) is not None
    except Away:
        return False


def right(live: Live) -> Right:
    """What this visitor may do with a world on its page: all, but with one that was given out in a room."""
    code, secret = live.opener.room, str(st.context.cookies.get(BROWSER, ""))
    if not code:
        return "all"
    try:
        held = ROOMS.find(code)
    except Away:
        return ""
    return right_of(held.room, live.key, hashed(secret, code) if len(secret) in LENGTHS else "") if held is not None else ""


def draw(page: str) -> bool:
    """Show the room, if this visitor is in one; whether it stands in the place of the page."""
    if not ROOMS.mounted or (room := here(page)) is None:
        return False
    wall = st.query_params.get("present") == "1"
    kind = "learner" if page != DESK else "wall" if wall else "desk"
    data = {"code": room.code, "page": kind, "around": room.around, "key": room.key}
    if kind == "wall":
        st.html('<div class="presenting"></div>')
    st.html(f"<style>{assets.text('workshop.css')}</style>")
    st.components.v2.component("room", js=assets.loading("room"))(key=KEY, data=data, on_around_change=_around, on_left_change=_left)
    return not room.around


def _around() -> None:
    room: Here | None = st.session_state.get("room")
    if room is not None:
        st.session_state.room = Here(room.code, st.session_state[KEY].around is True, room.key, room.page)


def _left() -> None:
    code = st.session_state[KEY].left
    if isinstance(code, str):
        st.session_state.rooms_left = (*st.session_state.get("rooms_left", ()), code)[-20:]
        st.session_state.room = None


def open_room(title: str, files: dict[str, str]) -> None:
    """Open a room with these files, and go to its desk."""
    try:
        code, key = ROOMS.open(title, files)
    except (Refused, Full, Away) as why:
        st.session_state.problems = [str(why)]
        return
    st.session_state.room = Here(code, key=key, page=DESK)
