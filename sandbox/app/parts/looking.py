"""An attacker who adapts at work on a page: a button that lets her look around what is blocked, how far she is, and a stop.

She looks a few states at a time, between which the page stays usable.  A search belongs to one visitor, or to all who look at the same
page; what it finds is kept in `studies/adaptive.py`, for everybody who asks the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock

import streamlit as st

from sandbox.app import links
from sandbox.app.markup import show
from sandbox.core.memo import memo
from sandbox.core.text import plural
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.studies import adaptive, basis
from sandbox.studies.adaptive import Looked

BATCH = 10  # states at a time
LENT = 40  # states at a time, of a search that many share
HELP = "An attacker who adapts looks around what is blocked, with moves that no file tells"
Place = tuple[Scenario, Settings]  # an attack, and where it is blocked


@dataclass
class Search:
    """One visitor's search through several places, and how many states it has seen."""

    places: tuple[Place, ...]
    runs: Iterator[Looked] = field(init=False)
    states: int = 0
    on: bool = True
    done: bool = False

    def __post_init__(self) -> None:
        self.runs = (looked for attack, settings in self.places for looked in _around(attack, settings))

    def go_on(self, states: int = BATCH) -> None:
        """A few states more."""
        seen = sum(1 for _ in islice(self.runs, states))
        self.states += seen
        self.done = seen < states


@dataclass
class Shared(Search):
    """One search for all who look at a page.  Each of them lends it a moment now and then, never two at once; it rests where nobody
    looks, so that forty visitors cost what one does."""

    lock: Lock = field(default_factory=Lock)

    def lend(self) -> None:
        """A few states more, unless another visitor is at it just now."""
        if self.lock.acquire(blocking=False):
            try:
                self.go_on(LENT)
            finally:
                self.lock.release()


@memo("run", 4)
def shared(places: tuple[Place, ...]) -> Shared:
    """The search around these places that all visitors share."""
    return Shared(places)


def _around(attack: Scenario, settings: Settings) -> Iterator[Looked]:
    scripts = adaptive.known(attack)
    return adaptive.looking(scripts[0].id, scripts, settings)


def running(key: str, places: Sequence[Place]) -> bool:
    """Whether the search that was begun under this key is about these places, and goes on."""
    search = _search(key, places)
    return search is not None and search.on and not search.done


def go_on(key: str) -> None:
    """Let it go on for a moment."""
    search: Search = st.session_state[key]
    search.go_on()


def bar(key: str, places: Sequence[Place], known: int) -> None:
    """The button that begins it; or how far it is, with a button that stops it.  `known`: around how many places she has looked."""
    search = _search(key, places)
    if search is None or search.done:
        st.button("Look for another way", key=f"{key}-begin", on_click=_begin, args=(key, places), help=HELP)
        return
    st.button("Stop" if search.on else "Continue", key=f"{key}-stop", on_click=_switch, args=(search,))
    said = f"{known} of {len(places)} blocked cells searched, {plural(search.states, 'state')}{'' if search.on else ': stopped'}"
    st.progress(known / len(places), said)


def found(name: str, looked: Looked) -> None:
    """What she has found around something, called `name`, and a link that steps through each way."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"found-{name or 'here'}"):
        show('<p class="fineprint"><b>{name}</b> {mark} {said}</p>', name=name.upper(), mark=basis.MARK, said=basis.around(looked))
        for number, way in enumerate(looked.ways):
            links.through(way, f"found-{name}-{number}")


def _search(key: str, places: Sequence[Place]) -> Search | None:
    search: Search | None = st.session_state.get(key)
    return search if search is not None and search.places == tuple(places) else None


def _begin(key: str, places: Sequence[Place]) -> None:
    st.session_state[key] = Search(tuple(places))


def _switch(search: Search) -> None:
    search.on = not search.on
