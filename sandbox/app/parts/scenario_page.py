"""One scenario in one setting: its heading, the controls of the setting, its claims, and the stepper.

Flows, attacks and a visitor's own file all look like this.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from sandbox.app import cache, compare_link, links, state
from sandbox.app.markup import cited, markup, problems, show
from sandbox.app.parts import browser_model, claims, export_menu, game, lesson, looking, stepper, switch_panel
from sandbox.app.state import View
from sandbox.engine.result import Run
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol import drafts
from sandbox.protocol.switches import PROFILES
from sandbox.studies.twins import twin

TITLE = '<div class="title"><h1>{title}</h1><p>{story}</p></div>'
LESSON = '<div class="lesson"><h2>What to take home</h2><p>{lesson}</p><p class="refs">{refs_html}</p>{drafts_html}</div>'
NOTHING = '<div class="said"><b>{design} has nothing to show of this.</b> {reason}</div>'
DRAFT = '<p class="refs">{note}</p>'


def draw(
    page: str,
    scenario: Scenario,
    view: View,
    gallery: str = "",
    *,
    title: str = "",
    mount: Callable[[Run], None] | None = None,
    address: Callable[[], None] | None = None,
) -> None:
    """The whole page below the navigation; `gallery` is the page with more of the kind.

    `title` stands for the scenario's own; `mount` shows the run otherwise than the plain stepper does, `address` writes the address.
    """
    if view.turn:
        view = game.settled(scenario, view)
    if view.turn:
        game.draw(page, scenario, view, gallery, title=title or scenario.title)
        return
    run = cache.run(view.case(scenario))
    asking = mount is None and lesson.open_question(run, view)
    problems()
    with st.container(key="board", gap="xsmall"):
        with st.container(key="head", horizontal=True, vertical_alignment="center", gap="small"):
            if gallery:
                links.link(gallery, f"← {gallery.capitalize()}")
            show(TITLE, title=title or scenario.title, story=scenario.story)
            if scenario.id in library.ids() and scenario == library.get(scenario.id):  # not a file of one's own that is called like it
                links.link("compare", "Compare", _compared(scenario, view))
            if address is not None:
                address()
            else:
                links.address(page, state.publish(page, view), state.turned if type(view) is View else None)
            export_menu.menu(run)
        setting = st.container(key="setting", horizontal=True, vertical_alignment="center", gap="small")
        if not asking and (looked := cache.looked(run)) is not None and looked.ways:
            looking.found("", looked)
        if not run.events:
            _nothing(run)
        (mount or stepper.show)(run)
        if scenario.kind == "attack" and not asking:
            with st.container(key="claims", horizontal=True, vertical_alignment="center", gap="small"):
                claims.controls(scenario, view)
            if (claim := claims.chosen(scenario, view)) is not None:
                st.html(claims.outcome(claim, run))
    browser_model.note(run)
    if not asking:
        _lesson(scenario)
    with setting:  # last, because a search in it starts a timer, whose runs bring the values of controls that the browser has by then
        switch_panel.profile(view, scenario)
        switch_panel.panel(scenario, view, run.parties)


def _nothing(run: Run) -> None:
    """Why this design has nothing to show, and the story of the kind that it has something to show of."""
    settings = run.settings
    show(NOTHING, design=PROFILES[settings.profile].title, reason=run.verdict.sentence)
    if (there := twin(run.scenario, settings)) is not None:
        links.link("play", f"There, play “{there.title}” →", {"scenario": there.id, "profile": settings.profile})


def _compared(scenario: Scenario, view: View) -> dict[str, str]:
    """This setting beside the file's own; or beside the best practice, if it is the file's own."""
    own, settings = View(scenario.id, seed=view.seed), view.settings(scenario)
    if type(view) is View:
        other = replace(own, profile=view.profile, changes=view.changes)
    else:  # a playlist's own setting is no profile of the address
        other = own if settings == scenario.settings else replace(own, profile=settings.profile, changes=settings.changes)
    return compare_link.link(own, other if other != own else replace(own, profile=list(PROFILES)[-1]))


def _lesson(scenario: Scenario) -> None:
    """What to take home, where it is written, and what is on its way to change that."""
    coming = "".join(markup(DRAFT, note=note) for note in drafts.notes(scenario.refs))
    show(LESSON, lesson=scenario.lesson, refs_html=cited(" · ".join(scenario.refs)), drafts_html=coming)
    links.link("glossary", "Glossary: what the words mean")
