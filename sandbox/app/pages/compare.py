"""The page Compare: one story in two to four settings, in step, with what each of them costs.

What an address says is read in `compare_link.py`; the costs come from `costs.py`; the panes are the stepper's own.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from sandbox.app import cache, compare_link, links, navigation, state
from sandbox.app.compare_link import NAMES, Compared
from sandbox.app.markup import markup, problems, show
from sandbox.app.parts import first_stories, looking, stepper
from sandbox.app.state import FILE, View
from sandbox.core.text import clean
from sandbox.engine.case import Case
from sandbox.engine.result import Run
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.defences import in_words
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, PROFILES, SWITCHES, expand
from sandbox.studies import basis, costs, path
from sandbox.views.html import offline
from sandbox.views.labels import own_setting

PAGE = "compare"
WIDTHS = (1.5, 1.6, 3.4)
SEARCH = "compare-search"
TICK = 0.1  # seconds between two batches of states, in which clicks get their turn
ONLY = "The attack gets nowhere on either side: that rests on this script alone."
REST = "The other side rests on this script alone."
LEAVE = "leave"  # in the list of profiles: this setting goes away
HEADS = ("Token", "Lookups per request", "Round trips", "The issuer serves and keeps", "A stolen token lives", "To end it, ask")
KINDS = {"flow": "Flow", "attack": "Attack"}
CELL = '<span class="{cls}" data-label="{label}" title="{more}">{value}</span>'
Shown = tuple[str, str]  # a cost, and what one may want to know of it


@navigation.page("Compare", path=PAGE, place=40, about="One story in up to four settings side by side: where they part, and why.")
def page() -> None:
    """The whole page."""
    compared: Compared = state.read(PAGE, compare_link.read)
    scenario = library.get(compared.scenario)
    shown = tuple(cache.run(Case(scenario, view.settings(scenario), compared.seed)) for view in compared.views)
    problems()
    with st.container(key="board", gap="xsmall"):
        _head(scenario, compared, shown)
        _sides(scenario, compared, shown)
        _basis(scenario, compared, shown)
        stepper.compare(shown)
    _note(scenario)


def _head(scenario: Scenario, compared: Compared, shown: tuple[Run, ...]) -> None:
    with st.container(key="head", horizontal=True, vertical_alignment="center", gap="small"):
        show('<div class="title"><h1>Compare</h1></div>')
        stories = [*library.attacks(), *path.ordered(library.flows())]
        kinds = {s.id: f"{KINDS[s.kind]}: {s.title}" for s in stories} | {scenario.id: f"{scenario.kind.capitalize()}: {scenario.title}"}
        st.session_state.story = scenario.id
        st.selectbox(
            "Story",
            list(kinds),
            format_func=lambda id: clean(kinds[id]),
            key="story",
            label_visibility="collapsed",
            on_change=_story,
        )
        if len(compared.views) < len(NAMES):
            st.button("Add another", key="add", on_click=_add)
        links.address(PAGE, state.publish(PAGE, compared))
        st.download_button(
            "Export",
            lambda: offline.html(shown, scenario.title, None, tuple(map(cache.looked, shown))),
            f"{scenario.id}-compared.html",
            "text/html",
            on_click="ignore",
            help="All panes in step, as one HTML file that works offline",
        )


def _story() -> None:
    compared: Compared = st.session_state.view
    state.go(compared.of_story(st.session_state.story))


def _add() -> None:
    compared: Compared = st.session_state.view
    state.go(compared.added())


# ---------------------------------------------------------------- the settings, and what they cost


def _sides(scenario: Scenario, compared: Compared, shown: tuple[Run, ...]) -> None:
    rows = [_costs(scenario, run) for run in shown]
    with st.container(key="sides", gap=None):
        st.columns(WIDTHS)[2].html(
            f'<div class="costs heads">{"".join(markup(CELL, cls="", label="", more="", value=h) for h in HEADS)}</div>'
        )
        for place, (view, row) in enumerate(zip(compared.views, rows, strict=True)):
            left, middle, right = st.columns(WIDTHS, vertical_alignment="center")
            with left:
                _profile(place, view, len(compared.views))
            with middle:
                _changes(scenario, place, view)
            values = (
                markup(CELL, cls="same" if len({r[i] for r in rows}) == 1 else "differs", label=HEADS[i], more=more, value=value)
                for i, (value, more) in enumerate(row)
            )
            right.html(f'<div class="costs">{"".join(values)}</div>')


def _basis(scenario: Scenario, compared: Compared, shown: tuple[Run, ...]) -> None:
    """What "blocked" rests on beside the scripts; where every setting blocks the story, the offer to look for another way."""
    places = [(scenario, run.settings) for run in shown]
    offered = all(run.verdict.word in basis.OPEN for run in shown)
    ticking = offered and looking.running(SEARCH, places)
    if offered or any(cache.looked(run) for run in shown):
        st.fragment(_looking, run_every=TICK if ticking else None)(compared, shown, places, offered, ticking)


def _looking(compared: Compared, shown: tuple[Run, ...], places: list[looking.Place], offered: bool, ticking: bool) -> None:
    state.in_fragment(compared)
    known = [cache.looked(run) for run in shown]
    with st.container(key="basis", gap="xsmall"):
        for name, far in zip(NAMES, known, strict=False):
            if far is not None:
                looking.found(name, far)
        if offered and not all(known):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key="basis-bar"):
                show('<p class="fineprint">{said}</p>', said=REST if any(known) else ONLY)
                looking.bar(SEARCH, places, sum(far is not None for far in known))
    if looking.running(SEARCH, places) != ticking:
        st.rerun()  # only a whole run can start the timer, or take it away
    if ticking:
        looking.go_on(SEARCH)


def _costs(scenario: Scenario, run: Run) -> tuple[Shown, ...]:
    work = cache.work(run.settings, run.seed)
    lives = cache.exposure(Case(_thief(scenario), run.settings, run.seed)).said
    of_design = ((work.said, work.named), (lives, ""), (costs.revoked_by(run.settings), ""))
    if run.verdict.word == "not-applicable":
        return (*(("–", ""),) * 3, *of_design)
    size = f"{costs.token_bytes(run)} bytes" if run.counters.token_bytes else "–"
    return ((size, ""), (costs.lookups(run), ""), (str(run.counters.exchanges), ""), *of_design)


def _thief(scenario: Scenario) -> Scenario:
    """The story in which the token is stolen: this one if it is an attack, else the one that is the measure."""
    return scenario if scenario.kind == "attack" else library.get(first_stories.shipped().yardstick)


def _note(scenario: Scenario) -> None:
    thief = _thief(scenario)
    measured = "in this attack" if thief is scenario else f"in the attack “{thief.title}”"
    show(
        '<p class="fineprint">Bytes, lookups and round trips are counted in these runs; the addresses at which the issuer answers and the '
        "kinds of records that it keeps, in all flows. How long a stolen token lives is measured {how}, by waiting longer and longer. "
        "Bold: the settings differ.</p>",
        how=measured,
    )


def _profile(place: int, view: View, count: int) -> None:
    about = (
        {name: p.title for name, p in PROFILES.items()}
        | {FILE: own_setting(library.get(view.scenario).settings)}
        | ({LEAVE: "Leave this one out"} if count > 2 else {})
    )
    key = f"profile-{NAMES[place]}"
    st.session_state[key] = view.profile or FILE
    st.selectbox(
        f"Setting {NAMES[place].upper()}",
        list(about),
        format_func=about.__getitem__,
        key=key,
        label_visibility="collapsed",
        on_change=_choose,
        args=(place,),
    )


def _choose(place: int) -> None:
    """Another profile: its own switches, so that what was changed before does not hide in it."""
    compared: Compared = st.session_state.view
    chosen = st.session_state[f"profile-{NAMES[place]}"]
    if chosen == LEAVE:
        state.go(compared.without(place))
    else:
        state.go(compared.changed(place, replace(compared.views[place], profile="" if chosen == FILE else chosen, changes=())))


def _changes(scenario: Scenario, place: int, view: View) -> None:
    now = [f"{name}={value}" for name, value in view.changes]
    key = f"changes-{NAMES[place]}"
    st.session_state[key] = now
    st.multiselect(
        f"Changes of {NAMES[place].upper()}",
        [*now, *(o for o in _offered(view.base(scenario)) if o not in now)],
        format_func=_in_words,
        key=key,
        placeholder="Change switches: type to search",
        label_visibility="collapsed",
        on_change=_change,
        args=(scenario, place),
    )


def _in_words(code: str) -> str:
    """What to do, and the switch; a value that is no defence is only the switch."""
    told = in_words(code)
    return code if told.endswith(code) else f"{told} · {code}"


def _offered(base: Settings) -> list[str]:
    """Bundles, and each other value of each switch that means something in this design."""
    here = [s for s in SWITCHES.values() if base.architecture in s.applies]
    return [*BUNDLES, *(f"{s.name}={value}" for s in here for value in s.values if value != base.value(s.name))]


def _change(scenario: Scenario, place: int) -> None:
    compared: Compared = st.session_state.view
    view = compared.views[place]
    changes: dict[str, str] = {}
    for chosen in st.session_state[f"changes-{NAMES[place]}"]:
        name, _, value = chosen.partition("=")
        changes |= expand({name: value or "on"})
    base = view.base(scenario)
    settings = base.but(changes)
    state.go(compared.changed(place, view.with_settings(scenario, settings)))
