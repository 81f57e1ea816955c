"""Profile and switches of the view: one control for the profile, one panel with every switch by its owner.

All names and sentences come from the tables in `switches.py` and `cast.py`.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from sandbox.app import state
from sandbox.app.markup import show
from sandbox.app.parts import experiments
from sandbox.app.state import View
from sandbox.core.memo import memo
from sandbox.core.text import plural
from sandbox.language.document import Scenario
from sandbox.protocol.cast import ROLES, instances, title
from sandbox.protocol.fields import explain
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, PROFILES, SWITCHES, Switch
from sandbox.views.labels import own_setting

FILE = "file"
ALL = "all"


GREY = "<style>{shown}</style>"
GREYED = '.st-key-profile [role="radio"]:nth-of-type({place}) {{ opacity: .5 }}'


def profile(view: View, lesson: Scenario | None = None) -> None:
    """The lesson's own setting, if there is a lesson, or one of the profiles; those that have nothing to show of it are grey."""
    about = ({FILE: own_setting(lesson.settings)} if lesson else {}) | {name: p.title for name, p in PROFILES.items()}
    if lesson is not None:
        empty = [n for n, name in enumerate(about, 1) if name != FILE and Settings.of(name).lacks(lesson.needs) is not None]
        st.html(GREY.format(shown=" ".join(GREYED.format(place=place) for place in empty)))
    st.session_state.profile = view.profile or FILE
    st.segmented_control(
        "Setting",
        list(about),
        format_func=about.__getitem__,
        key="profile",
        required=True,
        label_visibility="collapsed",
        on_change=_choose_profile,
    )


def _choose_profile() -> None:
    """Another profile: its own switches, so that what was changed before does not hide in it."""
    view: View = st.session_state.view
    chosen = st.session_state.profile
    state.go(replace(view, profile="" if chosen in (FILE, None) else chosen, changes=(), claim=""))


def panel(scenario: Scenario, view: View, parties: tuple[str, ...]) -> None:
    """A button that opens all switches, and one that takes the changes back.

    The first one's label never changes: with another label it would be another popover to Streamlit, and closed.
    """
    with st.popover("Switches", key="switches", on_change="rerun") as drawer:
        if drawer.open:
            _drawer(scenario, view, parties)
    if count := len(view.changes):
        label = f"Reset {plural(count, 'change')}"
        st.button(label, key="reset", on_click=_reset, args=(scenario,), help="Back to the setting without changes", type="tertiary")


def _reset(scenario: Scenario) -> None:
    view: View = st.session_state.view
    state.go(view.with_settings(scenario, view.base(scenario)))


def _drawer(scenario: Scenario, view: View, parties: tuple[str, ...]) -> None:
    """The switches; for an attack also the questions that are answered by running it."""
    tools = {ALL: "All switches", **(experiments.QUESTIONS if scenario.kind == "attack" else {})}
    tool = ALL
    if len(tools) > 1:
        tool = st.segmented_control(
            "What to do", list(tools), format_func=tools.__getitem__, default=ALL, required=True, key="tool", label_visibility="collapsed"
        )
    if tool != ALL:
        experiments.ask(str(tool), scenario, view)
        return
    wanted = st.text_input("Search", key="switch-search", placeholder="Search all switches", label_visibility="collapsed")
    if wanted.strip():
        _found(scenario, view, wanted.strip())
    else:
        _switches(scenario, view, parties)


def matching(text: str) -> list[Switch]:
    """The switches about which all these words are said: by name, meaning, values and source, by the bundles they belong to, and by the
    fields and checks that their names speak of, so that "audience" finds `check_aud`."""
    words = text.casefold().split()
    return [s for s in SWITCHES.values() if all(w in said_of(s) for w in words)]


@memo("table", 200)
def said_of(switch: Switch) -> str:
    """Everything that is said about a switch, in small letters, to be searched."""
    bundles = [name for name, members in BUNDLES.items() if switch.name in members]
    fields = [field for part in switch.key.split("_") if (field := explain(part)) is not None]
    spoken = [f"{' '.join(field.checks)} {field.meaning}".replace("_", " ") for field in fields]
    return " ".join((switch.name, switch.meaning, switch.ref, *switch.values, *bundles, *spoken)).casefold()


def _found(scenario: Scenario, view: View, text: str) -> None:
    settings, found = view.settings(scenario), matching(text)
    with st.container(height=430, border=False, key="switch-found"):
        if not found:
            show('<p class="fineprint">No switch is about “{text}”.</p>', text=text[:60])
        for switch in found:
            if settings.architecture in switch.applies:
                _switch(scenario, view, settings, switch, switch.name)
            else:
                st.caption(f"`{switch.name}` is not applicable here. {switch.meaning}")


def _switches(scenario: Scenario, view: View, parties: tuple[str, ...]) -> None:
    settings = view.settings(scenario)
    owners = list(dict.fromkeys(s.owner for s in SWITCHES.values()))
    owner = st.segmented_control(
        "Whose",
        owners,
        format_func=lambda o: ROLES[o].capitalize() + ("" if o in ("as", "gw") else "s"),
        default=owners[0],
        required=True,
        key="owner",
        label_visibility="collapsed",
    )
    target = _instance(str(owner), parties)
    mine = [s for s in SWITCHES.values() if s.owner == owner]
    with st.container(height=430, border=False, key="switch-list"):
        for switch in mine:
            if settings.architecture in switch.applies:
                _switch(scenario, view, settings, switch, f"{target}.{switch.key}")
        absent = [s.key for s in mine if settings.architecture not in s.applies]
        if absent:
            has = "an" if settings.architecture == "oauth" else "no"
            st.caption(f"Not applicable here, because this design has {has} authorization server: {', '.join(f'`{a}`' for a in absent)}.")


def _instance(owner: str, parties: tuple[str, ...]) -> str:
    """The role, or one of its members if several take part."""
    members = [p for p in parties if p in instances(owner)]
    if len(members) < 2:
        return owner
    names = {owner: "All of them", **{m: title(m) for m in members}}
    chosen = st.segmented_control(
        "Which",
        list(names),
        format_func=lambda n: names.get(n, n),
        default=owner,
        required=True,
        key=f"which-{owner}",
        label_visibility="collapsed",
    )
    return str(chosen)


def _switch(scenario: Scenario, view: View, settings: Settings, switch: Switch, name: str) -> None:
    usual = view.base(scenario).value(name)
    now = settings.value(name)
    key = f"switch {name}"
    st.session_state[key] = now
    mark = f":orange-badge[changed from {usual}] " if now != usual else ""
    with st.container(key=f"row-{name.replace('.', '-')}", gap=None):
        st.segmented_control(f"`{name}`", list(switch.values), key=key, required=True, on_change=_flip, args=(scenario, name))
        st.caption(f"{mark}{switch.meaning} ({switch.ref})")


def _flip(scenario: Scenario, name: str) -> None:
    view: View = st.session_state.view
    state.go(view.changed(scenario, name, st.session_state[f"switch {name}"]))
