"""On the page Live: an authorization server elsewhere for a world, if whoever runs the app has named its host."""

from __future__ import annotations

import streamlit as st

from sandbox.app.live_worlds import WORLDS
from sandbox.app.markup import show
from sandbox.core.text import md
from sandbox.serve.live import Live
from sandbox.world.external import External, NotAnIssuer
from sandbox.world.outgoing import MOST_OUTGOING, Host

LONGEST = 500  # characters of an address, an id or a secret
OFF = (
    "Nothing leaves this server: the app was started without `--outgoing HOST`, which names the hosts at which a world may use an"
    " authorization server of another make."
)
NEEDS_OAUTH = "In this design there is no authorization server; in the OAuth profiles a world can use one elsewhere."
ABOUT = (
    "Budget and the APIs can use an authorization server at {hosts} instead of ours. Register a client for Budget there, with the redirect"
    " URI below. At most {most} requests a minute leave, and each is drawn: whoever has the link of this page sees them, with a secret"
    " that Budget may have. Use a client that is made for tests."
)
USED = '<p class="fineprint">Budget and the APIs use {issuer}. Switches of our own authorization server have no effect meanwhile.</p>'


def offer(live: Live) -> None:
    """The form that points the world elsewhere, or the way back."""
    with st.expander("An authorization server elsewhere", key="elsewhere"):
        if live.settings.architecture != "oauth":
            st.caption(NEEDS_OAUTH)
        elif live.external is not None:
            show(USED, issuer=live.external.issuer)
            st.button("Use our own again", key="elsewhere-back", on_click=live.use, args=(None,))
        elif not WORLDS.outgoing:
            st.caption(OFF)
        else:
            _form(live)


def _form(live: Live) -> None:
    st.caption(ABOUT.format(hosts=", ".join(md(written(host)) for host in WORLDS.outgoing), most=MOST_OUTGOING))
    st.code(live.served.world.clients["budget"].registration.redirect_uri, language=None, wrap_lines=True)
    with st.form("point", border=False), st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input("Issuer", key="elsewhere-issuer", max_chars=LONGEST, placeholder="https://sso.example")
        st.text_input("Client id", key="elsewhere-client", max_chars=LONGEST, placeholder="budget")
        st.text_input("Secret, if it has one", key="elsewhere-secret", max_chars=LONGEST, type="password", autocomplete="off")
        st.form_submit_button("Use it", on_click=_point, args=(live.key,))
    if problem := st.session_state.get("elsewhere-problem"):
        show('<div class="problem">{text}</div>', text=problem)


def written(host: Host) -> str:
    """A host as the operator has named it."""
    name, port = host
    name = f"[{name}]" if ":" in name else name
    return f"{name}:{port}" if port else name


def _point(key: str) -> None:
    live, said = WORLDS.here(key), st.session_state
    secret = said["elsewhere-secret"]
    said["elsewhere-secret"] = ""  # it has done its work here
    if live is None:
        return
    try:
        WORLDS.point(live, External(said["elsewhere-issuer"].strip(), said["elsewhere-client"].strip() or "budget", secret or None))
    except NotAnIssuer as error:
        said["elsewhere-problem"] = f"{error}."
    else:
        said.pop("elsewhere-problem", None)
