"""The defender's side of “Your turn” on a page: turn switches, foretell who refuses, run; then an attacker who adapts looks around it.

The address has the switches that are turned; the session keeps the stand that they come to, and a search that is on its way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from sandbox.app import cache, links
from sandbox.app.parts import switch_panel
from sandbox.app.state import START, View, sentence
from sandbox.core.clock import Stopwatch
from sandbox.core.text import plural
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import UnknownSetting
from sandbox.studies import basis, defending, foretelling
from sandbox.studies.adaptive import Looked
from sandbox.studies.defending import Stand
from sandbox.studies.foretelling import Option
from sandbox.views.stepper import defence

KEY = "your-defence"  # of the session
SLICE = 0.3  # seconds of looking between which clicks get their turn
MOST = 60  # stands to which one can go back, and switches that are turned at once
Doc = dict[str, Any]


@dataclass
class Search:
    """An attacker who looks around a stand, in the session of one visitor."""

    steps: Iterator[Looked]
    last: Looked = field(default=Looked())
    over: bool = False
    on: bool = True

    def go_on(self) -> None:
        """Let her look for a moment."""
        watch = Stopwatch()
        while not self.over and watch.seconds < SLICE:
            following = next(self.steps, None)
            self.last, self.over = (self.last, True) if following is None else (following, False)

    @property
    def said(self) -> str:
        """How far she is."""
        return (
            f"An attacker who adapts looks for another way, within {basis.moves(self.last.changes)}: {plural(self.last.states, 'state')}."
        )


@dataclass
class Defence:
    """One visitor's defence.  `before`: the stands to go back to; `asked`: the stand that is still to be foretold, with its options."""

    attack: Scenario
    start: Settings
    seed: int
    stand: Stand
    before: list[Settings] = field(default_factory=list)
    asked: tuple[Stand, tuple[Option, ...]] | None = None
    foretold: Doc | None = None
    search: Search | None = None
    problem: str = ""

    def stood(self, settings: Settings) -> Stand:
        return defending.stood(self.attack, self.start, settings, self.seed)

    def go(self, stand: Stand, foretold: Doc | None = None) -> None:
        """Take another stand, and let her look around it if she is refused."""
        self.stand, self.asked, self.foretold, self.problem = stand, None, foretold, ""
        self.search = None
        if stand.refused and stand.looked is None:
            self.look()

    def look(self) -> None:
        """Begin to look around the stand, or go on with it."""
        if self.search is None:
            self.search = Search(defending.looking(self.attack, self.stand.settings))
        self.search.on = True


def defended(scenario: Scenario, view: View) -> Defence:
    """The defence of this scenario, where the address says; a new one if there is none."""
    game, start, settings = st.session_state.get(KEY), view.base(scenario), view.settings(scenario)
    if not isinstance(game, Defence) or (game.attack, game.start, game.seed) != (scenario, start, view.seed):
        game = st.session_state[KEY] = Defence(scenario, start, view.seed, defending.stood(scenario, start, settings, view.seed))
        game.go(game.stand)
    elif game.stand.settings != settings:
        game.go(game.stood(settings))
    return game


def document(scenario: Scenario, view: View) -> Doc:
    """What the stepper shows: the run of the way that counts in the present stand, and the game beside it."""
    game = defended(scenario, view)
    script = scenario if game.stand.way == scenario.id else library.get(game.stand.way)
    run = cache.run(Case(script, game.stand.settings, game.seed))
    doc = cache.document(run)
    beside = defence.beside(scenario, game.start, game.stand, switch_panel.said_of) | {
        "title": scenario.title,
        "back": bool(game.before),
        "asked": _asked(game),
        "foretold": game.foretold,
        "thinking": game.search.said if game.search and game.search.on else "",
        "ways": [_way(way) for way in game.stand.looked.ways] if game.stand.looked else [],
        "at": doc["panes"][0]["verdict"]["at"],
        "problem": game.problem,
    }
    return doc | {"scenario": f"{scenario.id} defend", "turn": beside, "editable": False, "edits": [], "edited": None}


def _asked(game: Defence) -> Doc | None:
    if game.asked is None:
        return None
    stand, options = game.asked
    return defence.asked(options, stand.settings.beyond(game.stand.settings))


def _way(way: Scenario) -> Doc:
    """A way that was found: its words, and where it can be stepped through."""
    params = links.stepper(way)
    return {
        "says": basis.told(way),
        "href": f"workshop?{urlencode(params)}" if params else "",
        "file": way.source,
        "name": f"{way.id}.yaml",
    }


# ---------------------------------------------------------------- what the visitor does


def take(scenario: Scenario, view: View, event: Mapping[str, Any]) -> View:
    """The view after something that the defender did; what means nothing changes nothing."""
    game = defended(scenario, view)
    match event.get("do"):
        case "pick" if isinstance(event.get("set"), dict):
            _pick(game, event["set"])
        case "unpick":
            game.asked = None
        case "foretell" if game.asked is not None and event.get("answer") in [o.id for o in game.asked[1]]:
            stand, options = game.asked
            game.before = [*game.before, game.stand.settings][-MOST:]
            game.go(stand, defence.foretold(event["answer"], stand, options))
        case "back" if game.before:
            game.go(game.stood(game.before.pop()))
        case "look" if game.stand.refused and game.stand.looked is None:
            game.look()
        case "stop" if game.search is not None:
            game.search.on = False
        case "attack":
            return replace(view, turn=START)
        case "leave":
            return replace(view, turn="")
    return view.with_settings(scenario, game.stand.settings)


def _pick(game: Defence, changes: Mapping[object, object]) -> None:
    """Turn these switches, to be run once their outcome is foretold."""
    try:
        settings = game.stand.settings.but({str(n)[:80]: str(v)[:80] for n, v in list(changes.items())[:MOST]})
    except UnknownSetting as error:
        game.problem = sentence(str(error)[:300])
        return
    if settings == game.stand.settings:
        game.problem = "That is how it is: turn a switch first."
        return
    stand = game.stood(settings)
    game.asked, game.problem = (stand, foretelling.options(game.attack, stand, game.seed)), ""


def searching(scenario: Scenario, view: View) -> Search | None:
    """The search around the present stand that is on its way."""
    search = defended(scenario, view).search
    return search if search is not None and search.on else None


def searched(scenario: Scenario, view: View) -> None:
    """The search is over: what it found belongs to the stand from now on."""
    game = defended(scenario, view)
    game.search = None
    game.stand = game.stood(game.stand.settings)
