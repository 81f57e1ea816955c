"""The page Start: what this is, in three sentences and one picture, and three doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import streamlit as st

from sandbox.ui import links, state
from sandbox.ui.safe import show

PAGE = "start"


@dataclass(frozen=True)
class Door:
    """A way in: what it is called, what happens behind it, and where it leads."""

    name: str
    title: str
    text: str
    label: str
    page: str
    params: dict[str, str] = field(default_factory=dict)


DOORS = (
    Door(
        "Learn",
        "See OAuth work",
        "Alice connects Budget to her bank account without giving away her password. Every redirect, code and token, one at a time.",
        "Step through the code flow",
        "play",
        {"scenario": "code-pkce"},
    ),
    Door(
        "Attack",
        "Let one succeed, then stop it",
        "A service takes the token that it was handed and spends it elsewhere. Flip one defence, and watch who refuses, and why.",
        "Replay a token",
        "play",
        {"scenario": "missing-aud-replay"},
    ),
    Door(
        "Decide",
        "Compare four designs",
        "From a naive JWT to OAuth as it is recommended today: every attack is run against each of them.",
        "See all attacks",
        "attacks",
    ),
)

HERO = """
<div class="hero"><small>OAuth Sandbox</small><h1>A flight simulator for OAuth 2.0 and JWTs</h1>
<p>An authorization server, apps, APIs, browsers and an attacker run here on a simulated network, with real protocol engines and
real cryptography. You step through every message, forwards and backwards, and see what each party knows. Flip a defence, and the
same attack succeeds or is blocked: by whom, at which check, and why.</p></div>
"""


@lru_cache(maxsize=2)
def _text(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def page() -> None:
    """What this is, and where to go."""
    links.follow(state.current(PAGE))
    st.html(HERO)
    with st.grid(3, min_column_width=260, gap="medium"):
        for number, door in enumerate(DOORS):
            _door(number, door)
    keys = st.components.v2.component("keys", html=_text("start.html"), css=_text("start.css"))  # st.html would drop the drawings
    keys(key="keys")


def _door(number: int, door: Door) -> None:
    with st.container(border=True, key=f"door-{number}", gap="small", height="stretch"):
        show('<div class="card"><small>{name}</small><h3>{title}</h3><p>{text}</p></div>', name=door.name, title=door.title, text=door.text)
        links.link(door.page, door.label, door.params, icon=":material/arrow_forward:")
