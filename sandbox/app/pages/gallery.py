"""The galleries Flows and Attacks, which fill themselves from the library, and the page that plays one scenario.

To play is a page of its own, because Streamlit keeps no history of links within a page.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from sandbox.app import cache, links, navigation, state
from sandbox.app.markup import markup, problems, show
from sandbox.app.parts import first_stories, progress, scenario_page
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.switches import PROFILES
from sandbox.views.outcomes import SIGNS

CARD = '<div class="card"><small>{kind}</small><h3>{title}</h3><p>{story}</p></div>'
VERDICT = '<div><span>{profile}</span><b class="{word}">{said}</b></div>'
FLOWS, ATTACKS, PLAY = "flows", "attacks", "play"
ALL = "all"
LEVELS = ("beginner", "intermediate", "advanced")


@navigation.page("Flows", path=FLOWS, place=20)
def flows() -> None:
    """The gallery of honest days."""
    links.follow(state.current(FLOWS))
    _head("Flows", "How the designs work on honest days. Step through every message and see who learns what.")
    _cards(first_stories.flows())


@navigation.page("Attacks", path=ATTACKS, place=30)
def attacks() -> None:
    """The gallery of attacks, with the verdict of each profile."""
    links.follow(state.current(ATTACKS))
    _head("Attacks", "Each attack runs in four designs; whether it succeeds is found out by running it, here and now.")
    chosen = _level()
    _cards([s for level in LEVELS for s in library.attacks() if s.difficulty == level and chosen in (ALL, level)])


@navigation.page("Play", path=PLAY)
def play() -> None:
    """The scenario that the address names."""
    view = state.current(PLAY)
    if view.scenario:
        scenario = library.get(view.scenario)
        scenario_page.draw(PLAY, scenario, view, links.gallery_of(scenario))
        progress.mark_at_the_end(cache.run(view.case(scenario)))
    else:
        _head("Nothing to play yet", "Choose a scenario.")
        _cards([*first_stories.flows(), *library.attacks()])


def _head(title: str, about: str) -> None:
    problems()
    show('<div class="title"><h1>{title}</h1><p>{about}</p></div>', title=title, about=about)


def _level() -> str:
    """Which attacks are shown; a link can say it, too.  A level without attacks is not offered."""
    there = {s.difficulty for s in library.attacks()}
    return st.segmented_control(
        "Difficulty",
        [ALL, *(level for level in LEVELS if level in there)],
        format_func=str.capitalize,
        key="difficulty",
        default=ALL,
        required=True,
        label_visibility="collapsed",
        bind="query-params",
    )


def _cards(scenarios: Sequence[Scenario]) -> None:
    with st.grid(min_column_width=380, gap="medium"):
        for scenario in scenarios:
            with st.container(border=True, key=f"card-{scenario.id}", gap="small", height="stretch"):
                _card(scenario)


def _card(scenario: Scenario) -> None:
    attack = scenario.kind == "attack"
    kind = f"{scenario.difficulty} · {scenario.attacker.is_}" if attack and scenario.attacker else ", ".join(scenario.refs[:3])
    show(CARD, kind=kind, title=scenario.title, story=scenario.story)
    if attack:  # what a flow expects is meant for its own setting only
        verdicts = cache.by_profile(scenario).items()
        rows = (
            markup(VERDICT, profile=PROFILES[profile].title, word=word, said=SIGNS[word].word.capitalize()) for profile, word in verdicts
        )
        st.html(f'<div class="verdicts">{"".join(rows)}</div>')
    links.link(PLAY, "Open", {"scenario": scenario.id}, icon=":material/arrow_forward:")
