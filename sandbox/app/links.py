"""Links to other pages of the app, and the component that keeps the address of this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from sandbox.app import assets
from sandbox.app.state import View
from sandbox.language.document import Scenario
from sandbox.views.audit.words import STEP
from sandbox.workshop import archive

MOST = 40  # parameters of an address


def link(page: str, label: str, params: Mapping[str, str] | None = None) -> None:
    """A link to a page of the app.  The label is ours or escaped."""
    st.page_link(st.session_state.pages[page], label=label, query_params=dict(params or {}))


def gallery_of(scenario: Scenario) -> str:
    """The page with more scenarios of this kind."""
    return "attacks" if scenario.kind in ("attack", "way") else "flows"


def stepper(scenario: Scenario) -> dict[str, str]:
    """Where the app steps through a scenario that is no shipped one: the page Workshop, with the file in the link, as if it had been
    loaded there.  Empty if the file is too large for a link."""
    word = archive.pack({f"{scenario.id}.yaml": scenario.source})
    return {"files": word} if word else {}


def through(scenario: Scenario, key: str) -> None:
    """A link that steps through a way that was found; a file to save if it is too large for a link."""
    if params := stepper(scenario):
        link("workshop", STEP, params)
    else:
        st.download_button(
            "Save", scenario.source, f"{scenario.id}.yaml", key=key, on_click="ignore", help="A scenario file, for the page Workshop"
        )


def follow(view: View) -> None:
    """Go on to the page that plays a scenario, if the address names one without that page."""
    if view.scenario:
        st.switch_page(st.session_state.pages["play"], query_params=st.query_params.to_dict())


def address(page: str, params: dict[str, str], turned: Callable[[dict[str, str]], None] | None = None, lacks: str = "") -> None:
    """Write these parameters into the address, beside the `step` that the stepper writes; shows a button that copies it.

    `lacks`: what the address cannot carry, and what to do instead; the button says that, and copies nothing.
    With `turned` each setting is an entry of the browser's history, and `turned` gets the query to which Back or Forward has led.
    """
    component = st.components.v2.component("address", js=assets.loading("address"))
    data = {"page": page, "params": params, "entries": turned is not None, "lacks": lacks}
    component(key="address", data=data, width="content", on_turned_change=partial(_turned, turned))


def _turned(turned: Callable[[dict[str, str]], None] | None) -> None:
    query = getattr(st.session_state.get("address"), "turned", None)
    if turned is not None and isinstance(query, dict):
        turned({str(name): str(value) for name, value in list(query.items())[:MOST]})


def leave(page: str, params: dict[str, str]) -> None:
    """Load this page anew with these parameters: from the server, which may be another one then."""
    st.components.v2.component("leave", js=assets.text("leave.js"))(key="leave", data={"page": page, "params": params}, width="content")
