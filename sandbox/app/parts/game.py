"""The page Play while the visitor plays: the title, the stepper with the game in it, and what thinks meanwhile.

No setting, no claim and no take-home stands on it: they would tell what is to be found out.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from sandbox.app import assets, cache, links, state
from sandbox.app.markup import problems, show
from sandbox.app.parts import defence, lesson, stepper, turn
from sandbox.app.state import DEFEND, View
from sandbox.language.document import Scenario

TICK = 0.1  # seconds between two slices of thinking, in which clicks get their turn
TITLE = '<div class="title"><h1>{title}</h1><p>{about}</p></div>'
ABOUT = {True: "You defend. Stop the attack, and nobody else.", False: "You play Mallory. Every move goes to the real parties."}
FIRST = "The defender's side tells how this attack ends: answer the question first, or press Show all."


def settled(scenario: Scenario, view: View) -> View:
    """The view of somebody who plays, as far as it can be had: a link may ask for what does not fit.  Says what it asked for in vain."""
    why = turn.closed(scenario, view)
    if not why and view.turn == DEFEND and type(view) is View and not turn.won(scenario) and _asks(scenario, view):
        why = FIRST
    if why:
        there = replace(view, turn="")
        said = st.session_state.get("problems") or []
        state.go(there)
        st.session_state.problems = [*said, why]
        return there
    return view if view.turn == DEFEND else turn.arrived(scenario, view)


def _asks(scenario: Scenario, view: View) -> bool:
    plain = replace(view, turn="")
    return lesson.open_question(cache.run(plain.case(scenario)), plain)


def draw(page: str, scenario: Scenario, view: View, gallery: str, *, title: str) -> None:
    """The whole page below the navigation."""
    problems()
    with st.container(key="board", gap="xsmall"):
        with st.container(key="head", horizontal=True, vertical_alignment="center", gap="small"):
            if gallery:
                links.link(gallery, f"← {gallery.capitalize()}")
            show(TITLE, title=title, about=ABOUT[view.turn == DEFEND])
            links.address(page, state.publish(page, view), state.turned if type(view) is View else None)
        stepper.play(scenario, view)
    if _at_work(scenario, view) is not None:
        st.fragment(_think, run_every=TICK)(scenario, view)


def _at_work(scenario: Scenario, view: View) -> turn.Thinking | defence.Search | None:
    return defence.searching(scenario, view) if view.turn == DEFEND else turn.thinking(scenario, view)


def _think(scenario: Scenario, view: View) -> None:
    """Think for a moment and say how far it is; the whole page is drawn anew once it is over."""
    state.in_fragment(view)
    work = _at_work(scenario, view)
    if work is None:
        st.rerun()  # only a whole run can take the timer away
    work.go_on()
    if not work.over:
        st.components.v2.component("news", js=assets.text("news.js"))(key="news", data={"said": work.said})
        return
    (defence.searched if view.turn == DEFEND else turn.thought)(scenario, view)
    st.rerun()
