"""The galleries Flows and Attacks, which fill themselves from the library, and the page that plays one scenario.

To play is a page of its own, because Streamlit keeps no history of links within a page.
"""

from __future__ import annotations

from sandbox.app import cache, links, navigation, state
from sandbox.app.markup import problems, show
from sandbox.app.parts import cards, progress, scenario_page
from sandbox.language import library

FLOWS, ATTACKS, PLAY = "flows", "attacks", "play"


ON_HONEST_DAYS = "How the designs work on honest days. Step through every message and see who learns what."
IN_FOUR_DESIGNS = "Each attack runs in four designs. Play it to find out where it succeeds; the matrix has all outcomes."


@navigation.page("Flows", path=FLOWS, place=20, about=ON_HONEST_DAYS)
def flows() -> None:
    """The gallery of honest days."""
    links.follow(state.current(FLOWS))
    _head("Flows", ON_HONEST_DAYS)
    cards.show(FLOWS, library.flows())


@navigation.page("Attacks", path=ATTACKS, place=30, about=IN_FOUR_DESIGNS)
def attacks() -> None:
    """The gallery of attacks, each of which opens in each design."""
    links.follow(state.current(ATTACKS))
    _head("Attacks", IN_FOUR_DESIGNS)
    cards.show(ATTACKS, library.attacks())


@navigation.page("Play", path=PLAY, about="One flow or one attack, message by message.")
def play() -> None:
    """The scenario that the address names."""
    view = state.current(PLAY)
    if view.scenario:
        scenario = library.get(view.scenario)
        scenario_page.draw(PLAY, scenario, view, links.gallery_of(scenario))
        if not view.turn:
            progress.mark_at_the_end(cache.run(view.case(scenario)))
    else:
        _head("Nothing to play yet", "Choose a scenario.")
        cards.show(PLAY, [*library.flows(), *library.attacks()])


def _head(title: str, about: str) -> None:
    problems()
    show('<div class="title"><h1>{title}</h1><p>{about}</p></div>', title=title, about=about)
