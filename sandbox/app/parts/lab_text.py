"""The three texts of the token lab: the token, its header and its claims, which always say the same.

They are in the session and nowhere else.  Whichever is changed, by hand, by a paste or by a forgery, the others follow; where they
cannot, the fault is said, and nothing is judged until they agree again.
"""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from sandbox.protocol.settings import Settings
from sandbox.studies import token_lab
from sandbox.studies.token_lab import MAX, BadInput, Reading

TOKEN, HEADER, CLAIMS, FORGERY, OTHERS = "lab-token", "lab-header", "lab-claims", "lab-forgery", "lab-others"


def reading() -> Reading | None:
    """The token as it stands, read; None if there is none, or if it cannot be read."""
    text = st.session_state[TOKEN]
    try:
        return token_lab.read(text) if text.strip() else None
    except BadInput as error:
        st.session_state.lab_fault = str(error)
        return None


def fault() -> str:
    """Why the three texts do not agree, or ''."""
    return str(st.session_state.get("lab_fault", ""))


def taken() -> tuple[str, ...]:
    """What was taken off the text that was pasted last, as sentences."""
    return tuple(st.session_state.get("lab_taken", ()))


def others() -> dict[str, str]:
    """The other tokens in the text that was pasted last, by where they stood."""
    return dict(st.session_state.get("lab_others", {}))


def let_go() -> str:
    """What became of the chosen forgery because the header was changed by hand, or ''."""
    return str(st.session_state.get("lab_let_go", ""))


# ---------------------------------------------------------------- another token


def take(token: str) -> None:
    """This token from now on."""
    st.session_state[TOKEN] = token
    pasted()


def pasted() -> None:
    """The token was typed or pasted: it is freed of what stands around it, and header and claims follow."""
    if len(st.session_state[TOKEN]) > MAX:
        st.session_state[TOKEN] = st.session_state[TOKEN][: MAX + 1]  # enough to see that it is too long
    st.session_state.lab_fault = st.session_state.lab_let_go = ""
    st.session_state[FORGERY] = None
    found = reading()
    st.session_state.lab_taken = found.taken if found else ()
    st.session_state.lab_others = dict(found.others) if found else {}
    st.session_state[OTHERS] = None
    _open(found)


def other() -> None:
    """Another token of what was pasted was chosen; the one that was shown takes its place."""
    chosen, rest = st.session_state[OTHERS], others()
    if chosen not in rest:
        return
    before, token = st.session_state[TOKEN], rest.pop(chosen)
    said = (f"Taken from {chosen}.",)
    take(token)
    st.session_state.lab_taken, st.session_state.lab_others = said, {"the first one": before} | rest


def _open(found: Reading | None) -> None:
    """Put header and claims into their boxes, and remember the signature."""
    if found and found.taken:
        st.session_state[TOKEN] = found.token
    header, claims = (found.header, found.claims) if found else (None, None)
    st.session_state[HEADER] = token_lab.pretty(header) if header is not None else ""
    st.session_state[CLAIMS] = token_lab.pretty(claims) if claims is not None else ""
    st.session_state.lab_base = st.session_state[HEADER]  # the header before any forgery
    st.session_state.lab_signature = found.signature if found else ""


# ---------------------------------------------------------------- the same token, changed


def forged(settings: Settings) -> None:
    """A way to sign was chosen, or let go: the token anew, from the header as it was before any forgery."""
    st.session_state.lab_let_go, how = "", st.session_state.get(FORGERY) or "keep"
    if how == "keep" and not st.session_state[CLAIMS].strip():
        st.session_state.lab_fault = ""  # there was nothing to sign, and nothing was changed
    else:
        _make(st.session_state.lab_base, how, settings)


def follow(settings: Settings) -> None:
    """In other settings the issuer has another key: the token anew, if it is signed or forged.  To be called before the boxes are drawn."""
    if st.session_state.get(FORGERY) and st.session_state.get("lab_made_for") != settings:
        forged(settings)


def claims_changed(settings: Settings) -> None:
    """The claims were changed by hand; the token is signed as before."""
    _make(st.session_state.lab_base, st.session_state.get(FORGERY) or "keep", settings)


def header_changed(settings: Settings) -> None:
    """The header was changed by hand: it stays as it was typed, and a forgery that would write another one is let go."""
    text, how = st.session_state[HEADER], st.session_state.get(FORGERY) or "keep"
    st.session_state.lab_base, st.session_state.lab_let_go = text, ""
    if how != "keep" and not _same_header(text, how, settings):
        label = token_lab.FORGERIES[how].label
        st.session_state.lab_let_go = f"“{label}” writes another header, so it was let go: the signature is the one from before."
        st.session_state[FORGERY], how = None, "keep"
    _make(text, how, settings)


def _same_header(text: str, how: str, settings: Settings) -> bool:
    """Whether a way to sign leaves a header as it is."""
    try:
        made = token_lab.read(token_lab.make(text, "{}", how, settings, "A"))
    except BadInput:
        return True  # what is wrong with it is said when the token is made
    return bool(made.header == _json(text))


def _make(header: str, how: str, settings: Settings) -> None:
    """The token from this header and the claims in their box, and the box of the header from the token."""
    for name in (HEADER, CLAIMS):
        if len(st.session_state[name]) > MAX:
            st.session_state[name] = st.session_state[name][: MAX + 1]
    try:
        token = token_lab.make(header, st.session_state[CLAIMS], how, settings, st.session_state.get("lab_signature", ""))
        found = token_lab.read(token)
    except BadInput as error:
        st.session_state.lab_fault = str(error)
        return
    st.session_state.lab_made_for = settings
    st.session_state.lab_fault, st.session_state.lab_taken, st.session_state.lab_others = "", (), {}
    st.session_state[TOKEN] = token
    if found.header != _json(st.session_state[HEADER]):  # elsewhere the text stays as it was typed
        st.session_state[HEADER] = "" if found.header is None else token_lab.pretty(found.header)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
