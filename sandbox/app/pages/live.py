"""The page Live: a private world at real addresses, drawn as requests of the learner's own client arrive, with switches to flip.

Only the page and its session are here; the worlds are in `sandbox/serve/live.py`.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from sandbox.app import links, navigation, place, state, visitor
from sandbox.app.live_worlds import WORLDS
from sandbox.app.markup import problems, show
from sandbox.app.parts import live_elsewhere, room, stepper, switch_panel
from sandbox.app.state import View
from sandbox.core.clock import clock_time
from sandbox.protocol.settings import Settings
from sandbox.serve.banner import ANY_TOKEN, sections
from sandbox.serve.blueprint import Unreadable
from sandbox.serve.live import MOST_REQUESTS, SPENT, Live
from sandbox.serve.live_document import document, saved, story
from sandbox.serve.setup import CALLBACK, OPEN
from sandbox.serve.store import Away
from sandbox.serve.worlds import IDLE, Elsewhere, Full
from sandbox.views.labels import setting_name
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.authorization_server.redirect_uris import LONGEST

PAGE = "live"
USUAL = "oauth-bcp"
LONGEST_NAME = 100
REOPENED = (
    "Opened again at {time} UTC, after the server was started anew: addresses, keys, clients and switches are as before, and sign-ins"
    " and tokens from before are gone."
)
AWAY = "The store of worlds does not answer. This world goes on, and what is changed in it now is stored when the store is back."
NOT_YOURS = (
    "This world was given to somebody in a room. That person and the instructor see it here, and the others while the instructor lets"
    " them. If it is yours, load this page anew."
)
LOOKS = "You see the world of somebody else in your room. Its addresses answer you as they answer everybody; its switches are not yours."
CLOSED = "closed"  # what is gone because the learner has said so
EVERY = 2.0  # seconds between two looks
ORIGIN = re.compile(r"https?://(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(:\d+)?(?=/|\Z)")
TITLE = '<div class="title"><h1>Live</h1><p>{about}</p></div>'
ABOUT = "An authorization server and APIs of your own, over real HTTP. Point your client at them, and see every request and check here."
KEEPS = (
    "Whoever has the address of this page sees this world and can change it. A change keeps addresses, keys, clients, sign-ins"
    " and tokens: what was issued before it meets the new rules."
)
KEPT_IN_ROOM = (
    "You and the instructor of your room can change this world, and nobody else; the others can send it requests, if they know its"
    " addresses. A change keeps addresses, keys, clients, sign-ins and tokens: what was issued before it meets the new rules."
)
FORGOTTEN = (
    "The world of this link is no longer there: it was closed or forgotten, has made room, or the server was started anew. Open"
    " another one; its addresses will be different."
)
ABSENT = (
    "Live needs the server that carries the app to carry the parties, too. Start the app with `oauth-sandbox`, or with"
    " `streamlit run app.py` from the folder of the project; another script has no place for them."
)
MOVED = "A proxy has this app below `{below}`, and the app does not know it: start it with `--base-path {below}`."
SENDS = "A flow from here: Alice signs in, a client gets a token and asks for her accounts. Real requests, drawn like those of your client."
ROTATES = "Other keys sign from now on, and the old ones stay in the key set while their tokens live. Does your client notice?"
SAVES = "All messages that this world has kept. oauth-sandbox inspect, or the page Your system, reads the file"
SIGN_IN = "Sign in, in a browser, and see what the API says."
STEPS = (
    "You get a private world at an address that nobody can guess: authorization server, APIs, gateway and a web app.",
    "You connect your own client or paste the curl lines. Discovery, registration, code flow, refresh and revocation are all there.",
    "Each request appears as a sequence diagram with every check. Flip a switch, send it again, and see what changes.",
)


@navigation.page("Live", path=PAGE, place=90, about="An authorization server, APIs and clients of your own, to point a real client at.")
def page() -> None:
    """The learner's world, or the offer to open one."""
    view = _view()
    below = place.elsewhere(st.context.url, PAGE)
    if not WORLDS.mounted or below:
        show(TITLE, about=ABOUT)
        st.info(MOVED.format(below=below) if below else ABSENT)
        return
    try:
        live = _live()
    except (Away, Full, Unreadable) as error:
        _not_now(error)
        return
    except Elsewhere as other:
        show(TITLE, about=ABOUT)
        show('<div class="problem">{text} <a href="?world={key}" target="_self">Go there</a></div>', text=other, key=other.key)
        links.leave(PAGE, {"world": other.key})
        return
    right = room.right(live) if live is not None else ""
    if live is None:
        _offer(view)
    elif right == "all":
        _world(live, _in_step(live, view))
    else:
        _of_another(live, right)


def _view() -> View:
    """What the address says, in a profile."""
    view = state.current(PAGE)
    if not view.profile:
        view = replace(view, profile=USUAL, changes=tuple((OPEN | dict(view.changes)).items()))
        st.session_state.view = view
    return view


def _live() -> Live | None:
    """The world of this session, or of the link; where there is no link, the one that this browser has opened before."""
    key = st.session_state.get("live-key") or _linked()
    live = WORLDS.find(key) if key else WORLDS.of(visitor.opener().browser)
    if live is not None:
        live.seen()
        st.session_state["live-key"] = live.key
        st.session_state.pop("live-gone", None)
    elif lost := st.session_state.pop("live-key", _linked()):
        st.session_state.setdefault("live-gone", lost)
        st.session_state.pop("live-now", None)
    return live


def _linked() -> str:
    """The key in the link, unless it was left."""
    key = st.query_params.get("world", "")
    return "" if key == st.session_state.get("live-left") else key


def _not_now(error: Exception) -> None:
    """The world may be there, and cannot be shown."""
    text = str(error) if isinstance(error, Away | Full) else f"The set-up of this world cannot be read: {error}."
    show(TITLE, about=ABOUT)
    show('<div class="problem">{text}</div>', text=text)
    with st.container(horizontal=True, gap="small"):
        st.button("Try again", key="again", type="primary")
        st.button("Open another", key="another", on_click=_leave, disabled=isinstance(error, Away))


def _leave() -> None:
    """This page forgets its world, and the link that it came from."""
    st.session_state.pop("live-key", None)
    st.session_state["live-left"] = st.query_params.get("world", "")


def _in_step(live: Live, view: View) -> View:
    """What the learner has just changed is changed in the world, and the page shows what is in force there."""
    wanted, shown = Settings.of(view.profile, dict(view.changes)), st.session_state.get("live-now")
    if shown is not None and wanted != shown:
        live.change(shown, wanted)
    now = live.settings
    if wanted != now:
        view = replace(view, profile=now.profile, changes=now.changes)
        st.session_state.view = view
    st.session_state["live-now"] = now
    return view


# ---- no world yet


def _offer(view: View) -> None:
    show(TITLE, about=ABOUT)
    problems()
    if st.session_state.get("live-gone", CLOSED) != CLOSED and "live-full" not in st.session_state:
        show('<div class="problem">{text}</div>', text=FORGOTTEN)
    if full := st.session_state.pop("live-full", None):
        show('<div class="problem">{text}</div>', text=full)
    with st.grid(3, min_column_width=260, gap="medium"):
        for number, text in enumerate(STEPS, 1):
            with st.container(border=True, height="stretch"):
                show('<div class="card"><small>{number}</small><p>{text}</p></div>', number=number, text=text)
    with st.container(key="setting", horizontal=True, vertical_alignment="center", gap="small"):
        switch_panel.profile(view)
        st.button("Open my world", key="open", type="primary", on_click=_open)
        links.address(PAGE, state.publish(PAGE, view))
    st.caption(
        f"It is forgotten {IDLE // 60} minutes after its last use; one that no client has used makes room where all are in use."
        " These are teaching servers: use nothing here that is real."
    )


def _open() -> None:
    view: View = st.session_state.view
    settings = Settings.of(view.profile or USUAL, dict(view.changes))
    try:
        live = WORLDS.open(origin(st.context.url) + place.base(), settings, visitor.opener())
    except Elsewhere:
        return  # the page says where
    except (Away, Full) as not_now:
        st.session_state["live-full"] = str(not_now)
    else:
        st.session_state["live-key"] = live.key
        st.session_state.pop("live-now", None)


def origin(url: str | None) -> str:
    """Where the learner's browser finds this server: the beginning of the page's address."""
    found = ORIGIN.match(url or "")
    return found[0] if found else f"http://127.0.0.1:{st.get_option('server.port')}"


def _close() -> None:
    WORLDS.close(st.session_state.pop("live-key", ""))
    st.session_state.pop("live-now", None)
    st.session_state["live-gone"] = CLOSED


# ---- a world


def _world(live: Live, view: View) -> None:
    with st.container(key="board", gap="xsmall"):
        with st.container(key="head", horizontal=True, vertical_alignment="center", gap="small"):
            show(TITLE, about=ABOUT)
            links.address(PAGE, state.publish(PAGE, view, world=live.key))
            if live.asked and not live.spent and live.served.external is None:
                st.button("Send again", key="send-again", on_click=_send, args=(live.key,), help=SENDS)
            if live.has_keys and not live.spent:
                st.button("New keys", key="rotate", on_click=_rotate, args=(live.key,), help=ROTATES)
            if live.asked:
                st.download_button(
                    "Save as HAR", lambda: saved(live), "live.har", "application/json", on_click="ignore", key="live-har", help=SAVES
                )
            st.button("Clear", key="clear", on_click=live.clear, help="Show only what arrives from now on")
            if not live.opener.room:
                st.button("Close", key="close", on_click=_close, help="Forget this world at once")
        with st.container(key="setting", horizontal=True, vertical_alignment="center", gap="small"):
            switch_panel.profile(view)
            switch_panel.panel(story(), view, tuple(live.served.paths))
        problems()
        if live.reopened:
            st.caption(REOPENED.format(time=clock_time(live.reopened)))
        if WORLDS.keeper.away is not None:
            show('<div class="problem">{text}</div>', text=AWAY)
        if live.spent:
            _spent(live)
        if unturned := st.session_state.pop("live-unturned", None):
            show('<div class="problem">{text}</div>', text=unturned)
        diagram, connect = st.tabs(["Diagram", "Connect a client"])
        with diagram, st.container(key="live-diagram"):
            _watch(live.key, (live.condition, WORLDS.keeper.away is not None))
        with connect:
            _connect(live)


def _of_another(live: Live, right: str) -> None:
    """A world that was given to somebody else in a room: to look at, if that is allowed."""
    show(TITLE, about=ABOUT)
    links.address(PAGE, {"world": live.key})
    if not right:
        show('<div class="problem">{text}</div>', text=NOT_YOURS)
        return
    st.caption(LOOKS)
    show('<p class="about">{what}: <code>{address}</code></p>', what=setting_name(live.settings), address=live.base)
    with st.container(key="live-diagram"):
        _watch(live.key, (live.condition, WORLDS.keeper.away is not None), right)


def _spent(live: Live) -> None:
    """It answers nobody any more, until somebody presses this."""
    with st.container(key="spent", horizontal=True, vertical_alignment="center", gap="small"):
        show('<div class="problem">{text}</div>', text=SPENT.format(most=MOST_REQUESTS))
        st.button("Start over", key="start-over", type="primary", on_click=live.start_over)


@st.fragment(run_every=EVERY)
def _watch(key: str, shown: tuple[object, ...], right: str = "all") -> None:
    """The diagram, looked at again and again while the page is open; all of the page, where somebody else has changed the world."""
    live = WORLDS.here(key)
    if live is None or room.right(live) != right:
        st.rerun()
    live.seen()
    with suppress(Away):
        WORLDS.save(live)
    if (live.condition, WORLDS.keeper.away is not None) != shown:
        st.rerun()
    doc = document(live)
    if doc is None and right != "all":
        show('<div class="waiting"><h2>Waiting for the first request</h2></div>')
    elif doc is None:
        _nothing(live)
    else:
        stepper.mount(doc, key="live-stepper")


def _nothing(live: Live) -> None:
    """What to do until something arrives."""
    elsewhere = live.served.external is not None
    show('<div class="waiting"><h2>Waiting for the first request</h2><p>{about}</p></div>', about=SIGN_IN if elsewhere else SENDS)
    if elsewhere:
        st.code("\n".join(list(sections(live.served))[-1][1]), language=None, wrap_lines=True)
        return
    st.button("Send it for me", key="send", type="primary", on_click=_send, args=(live.key,))
    st.caption("Or paste one of these into a terminal; it appears here.")
    lines = [line for _, lines in sections(live.served) for line in lines if line.startswith("curl ")]
    for line in dict.fromkeys((lines[0], lines[-1])):
        st.code(line, language=None, wrap_lines=True)


def _send(key: str) -> None:
    live = WORLDS.here(key)
    if live is not None and room.right(live) == "all":
        WORLDS.send(live)


def _rotate(key: str) -> None:
    live = WORLDS.here(key)
    if live is not None and room.right(live) == "all" and not (answer := WORLDS.rotate(live)).ok:
        st.session_state["live-unturned"] = answer.json["error_description"]


def _connect(live: Live) -> None:
    """Who is where, clients, people, and lines to paste."""
    st.caption(KEPT_IN_ROOM if live.opener.room else KEEPS)
    if isinstance(live.served.world.issuer, AuthorizationServer) and live.served.external is None:
        _own_client(live)
    live_elsewhere.offer(live)
    for heading, lines in sections(live.served, live.token or ANY_TOKEN):
        show('<h3 class="about">{heading}</h3>', heading=heading)
        if heading == "Try it":
            for line in lines:
                st.caption(line.removeprefix("# ")) if line.startswith("#") else st.code(line, language=None, wrap_lines=True)
        else:
            st.code("\n".join(lines), language=None, wrap_lines=True)


def _own_client(live: Live) -> None:
    """A form that does what a client can do itself at the registration endpoint."""
    with st.expander("Register a client of your own", key="own-client"), st.form("enroll", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="enroll-fields"):
            st.text_input("Client name", key="enroll-name", max_chars=LONGEST_NAME, placeholder="My client")
            st.text_input("Redirect URIs, with spaces between them", key="enroll-uri", max_chars=LONGEST, placeholder=CALLBACK)
            st.form_submit_button("Register", on_click=_enroll, args=(live.key,))
        st.checkbox("It runs on a server and can keep a secret", key="enroll-secret")
        _enrolled(live)


def _enroll(key: str) -> None:
    live, said = WORLDS.here(key), st.session_state
    if live is not None and room.right(live) == "all":
        said["live-enrolled"] = key, live.enroll(said["enroll-name"].strip() or "My client", said["enroll-uri"], said["enroll-secret"])


def _enrolled(live: Live) -> None:
    """What the authorization server answered to the form; an answer of another world is none of this one's."""
    key, answer = st.session_state.get("live-enrolled", ("", None))
    if answer is None or key != live.key:
        return
    if answer.status == 201:
        st.code(json.dumps(answer.json, indent=2), language="json", wrap_lines=True)
    else:
        show('<div class="problem">{text}</div>', text=answer.json["error_description"])
