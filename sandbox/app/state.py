"""What a visitor looks at: scenario, profile, changed switches, edits and seed, kept in the session and written into the address.

The address is read when a page is opened and written by the browser (`address.js`), never through `st.query_params`: that would
put back an older `step`, which belongs to the stepper alone.  Broken parameters are dropped, each with a sentence for the visitor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Protocol

import streamlit as st

from sandbox.attacker.turns import LENGTH, MOST
from sandbox.core.text import nearest, plural, quoted
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol import edits as edit_links
from sandbox.protocol.edits import Edit, written
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES, UnknownSetting, expand

FILE = "file"  # the profile control's word for the file's own setting
MAX_CHANGES = 100
MAX_SEED = 999_999
MAX_LINK = 6000  # characters of edits; servers refuse much longer addresses
START, DEFEND = "start", "defend"  # of `turn`, beside the names of choices
NAME = re.compile(rf"[a-z2-7]{{{LENGTH}}}", re.ASCII)
BROWSERS = ("step", "field")  # parameters that belong to the stepper


@dataclass(frozen=True)
class View:
    """One view.  `profile` is '' for the file's own setting; `changes` differ from that; `claim` is the defence or myth last clicked.

    `turn` is '' unless the visitor plays: then `start`, the names of the choices taken, with points between them, or `defend`.
    """

    scenario: str = ""
    profile: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    seed: int = 0
    claim: str = ""
    edits: tuple[Edit, ...] = ()
    turn: str = ""

    def base(self, scenario: Scenario) -> Settings:
        """The settings without the changes."""
        return Settings.of(self.profile) if self.profile else scenario.settings

    def settings(self, scenario: Scenario) -> Settings:
        base = self.base(scenario)
        return base.but(dict(self.changes))

    def case(self, scenario: Scenario) -> Case:
        """The case that this view shows."""
        return Case(scenario, self.settings(scenario), self.seed, self.edits)

    def with_settings(self, scenario: Scenario, settings: Settings, claim: str = "") -> View:
        """The same view in other settings of the same profile."""
        return replace(self, changes=settings.beyond(self.base(scenario)), claim=claim)

    def changed(self, scenario: Scenario, name: str, value: str) -> View:
        """The same view with one switch changed."""
        now = self.settings(scenario)
        return self.with_settings(scenario, now.but({name: value}))

    def params(self) -> dict[str, str]:
        """The query of the address, without `step` and without default values."""
        values = {
            "scenario": self.scenario,
            "profile": self.profile,
            "set": ",".join(f"{n}={v}" for n, v in self.changes),
            "edit": edited if len(edited := written(self.edits)) <= MAX_LINK else "",
            "seed": str(self.seed or ""),
            "turn": self.turn,
        }
        return {name: value for name, value in values.items() if value}


def parse(params: Mapping[str, str]) -> tuple[View, list[str]]:
    """The view that an address means, and a sentence for each part of it that means nothing."""
    problems: list[str] = []
    scenario, profile = params.get("scenario", ""), params.get("profile", "")
    if scenario and scenario not in library.ids():
        problems.append(sentence(f"There is no scenario {quoted(scenario)}{nearest(scenario, library.ids())}"))
        scenario = ""
    if profile and profile not in PROFILES:
        problems.append(sentence(f"There is no profile {quoted(profile)}{nearest(profile, PROFILES)}") + " This is the file's own setting.")
        profile = ""
    seed = params.get("seed", "")
    if seed and not (seed.isascii() and seed.isdigit() and int(seed[:12]) <= MAX_SEED):
        problems.append(f"The seed {quoted(seed)} is not a number from 0 to {MAX_SEED}; this is seed 0.")
        seed = ""
    changes = tuple(sorted(dict(_changes(params.get("set", ""), problems)).items()))
    edits, unread = edit_links.read(params.get("edit", "")[: 4 * MAX_LINK])
    turn = _turn(params.get("turn", ""), problems)
    return View(scenario, profile, changes, int(seed or 0), edits=() if turn else edits, turn=turn), problems + unread


def _turn(text: str, problems: list[str]) -> str:
    """Whose turn it is, and what was played: the choices up to the first that none can be named like, and no more than a game has."""
    if text in ("", START, DEFEND):
        return text
    names = text[: (LENGTH + 1) * MOST * 2].split(".")
    fit = list(takewhile(NAME.fullmatch, names))[:MOST]
    if len(fit) < len(names):
        problems.append(f"The link has {plural(len(names), 'move')}, of which the first {len(fit)} can be read: this is how far it leads.")
    return ".".join(fit) or START


def _changes(text: str, problems: list[str]) -> Iterator[tuple[str, str]]:
    parts = [part for part in text.split(",") if part.strip()]
    if len(parts) > MAX_CHANGES:
        problems.append(f"The link changes more than {MAX_CHANGES} switches; the rest is left out.")
    for part in parts[:MAX_CHANGES]:
        name, equals, value = part.strip().partition("=")
        try:
            if not equals:
                raise UnknownSetting(f"{quoted(part)} does not say to what")
            yield from expand({name: value}).items()
        except UnknownSetting as error:
            problems.append(sentence(f"A switch in the link was left out: {str(error)[:300]}"))


def sentence(text: str) -> str:
    return text if text.endswith("?") else f"{text}."


# ---------------------------------------------------------------- in the session


class Linked(Protocol):
    """Anything that a page shows and an address can say."""

    def params(self) -> dict[str, str]: ...


def arrived(page: str) -> dict[str, str] | None:
    """The query of a new address of this page; None while the session knows better than Streamlit's copy of the address."""
    query = {k: v for k, v in st.query_params.to_dict().items() if k not in BROWSERS}
    here = (page, tuple(sorted(query.items())))
    seen, published = st.session_state.get("seen", ("", ())), st.session_state.setdefault("published", set())
    new = page != seen[0] or (here != seen and here not in published)
    if new:
        published.clear()
    st.session_state.seen = here
    return query if new else None


def current(page: str) -> View:
    """The view of this page: read from a new address, else from the session."""
    view: View = read(page, parse)
    return view


def read(page: str, parse: Callable[[Mapping[str, str]], tuple[Any, list[str]]]) -> Any:
    """The same for a page whose view is something else: what it means, and the sentences, are the business of `parse`."""
    query = arrived(page)
    if query is not None:
        st.session_state.view, st.session_state.problems = parse(query)
    return st.session_state.view


def turned(query: Mapping[str, str]) -> None:
    """The visitor has gone back or forward to another setting on the page that is open."""
    st.session_state.view, st.session_state.problems = parse({k: v for k, v in query.items() if k not in BROWSERS})


def go(view: Linked) -> None:
    """Another view of the same page; the problems of the link that led here are history."""
    st.session_state.view = view
    st.session_state.problems = []


def in_fragment(view: Linked) -> None:
    """Draw the whole page anew if a click in the fragment, which alone is run then, has led to another view than it was drawn for."""
    if st.session_state.view != view:
        st.rerun()


def publish(page: str, view: Linked, **more: str) -> dict[str, str]:
    """The query for the browser's address, with what else the page keeps there."""
    return published(page, view.params() | {name: value for name, value in more.items() if value})


def published(page: str, params: dict[str, str]) -> dict[str, str]:
    """Remember a query, so that it is not mistaken for a new link when it comes back."""
    st.session_state.published.add((page, tuple(sorted(params.items()))))
    return params
