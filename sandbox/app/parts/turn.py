"""“Your turn” on a page: the visitor plays the attacker of a scenario, choice by choice.  What is shown is made in `views/stepper/turn.py`.

The address has the names of the choices taken; the session keeps the game that they lead to, so that one more choice costs
milliseconds, and whoever has no such game gets it by playing them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from sandbox.app import cache, links, state
from sandbox.app.state import DEFEND, START, View
from sandbox.attacker.game import Hint
from sandbox.attacker.question import of_scenario
from sandbox.attacker.turns import Turns
from sandbox.attacker.way import Defect
from sandbox.core.clock import Stopwatch
from sandbox.core.text import plural
from sandbox.engine.case import Case
from sandbox.engine.result import Run
from sandbox.language.document import Scenario
from sandbox.language.loader import loads
from sandbox.views.stepper import turn

KEY = "your-turn"  # of the session
SECONDS = 10.0  # that a hint may think
SLICE = 0.3  # seconds of thinking between which clicks get their turn
Doc = dict[str, Any]


@dataclass
class Thinking:
    """A hint that is being looked for, in the session of one visitor."""

    steps: Iterator[Hint]
    last: Hint = field(default=Hint())
    spent: float = 0.0
    over: bool = False

    def go_on(self) -> None:
        """Think for a moment."""
        watch = Stopwatch()
        while not self.over and watch.seconds < SLICE:
            following = next(self.steps, None)
            self.last, self.over = (self.last, True) if following is None else (following, not following.far)
        self.spent += watch.seconds
        self.over = self.over or self.spent >= SECONDS

    @property
    def said(self) -> str:
        """How far it is."""
        return f"Looking for a way from here: {plural(self.last.states, 'state')}, {self.spent:.0f} of {SECONDS:.0f} seconds."


@dataclass
class Playing:
    """One visitor's game."""

    case: Case
    turns: Turns
    hints: int = 0
    thinking: Thinking | None = None
    hint: Doc | None = None
    ends: dict[str, Doc] = field(default_factory=dict)  # position -> what its replay comes to

    def settled(self) -> None:
        """Another position: what was said of the one before is history."""
        self.thinking = self.hint = None


def closed(scenario: Scenario, view: View) -> str:
    """Why this cannot be played as the attacker; '' if it can."""
    if not scenario.goal or scenario.attacker is None:
        return "Nobody attacks anybody in this story: there is nothing to play."
    lacking = view.settings(scenario).lacks(scenario.needs)
    return lacking.without if lacking is not None else ""


# ---------------------------------------------------------------- where the game is


def playing(scenario: Scenario, view: View) -> Playing:
    """The game of this scenario in this setting, wherever it has come to; a new one if there is none."""
    case, game = replace(view, edits=()).case(scenario), st.session_state.get(KEY)
    if not isinstance(game, Playing) or game.case != case:
        game = st.session_state[KEY] = Playing(case, Turns(of_scenario(scenario, case.settings, case.seed), case))
    return game


def arrived(scenario: Scenario, view: View) -> View:
    """Bring the game to the position of the address.  The view as far as it could be followed; the rest is a problem of the link."""
    game = playing(scenario, view)
    names = () if view.turn == START else tuple(view.turn.split("."))
    if names == game.turns.names:
        return view
    game.settled()
    if game.turns.go(names):
        return view
    there = _at(view, game)
    problem = f"The link has {plural(len(names), 'move')}; it can be followed for {len(game.turns.names)}, and this is where it leads."
    said = st.session_state.get("problems") or []
    state.go(there)
    st.session_state.problems = [*said, problem]
    return there


def _at(view: View, game: Playing) -> View:
    return replace(view, turn=".".join(game.turns.names) or START)


# ---------------------------------------------------------------- what is shown


def document(scenario: Scenario, view: View) -> Doc:
    """What the stepper shows of the game."""
    game = playing(scenario, view)
    beside = {
        "hints": game.hints,
        "hint": game.hint,
        "thinking": game.thinking.said if game.thinking else "",
        "end": _end(scenario, game),
        "title": scenario.title,
    }
    drawn = turn.drawn(game.turns, _parties(cache.run(game.case)))
    return drawn | {"scenario": f"{scenario.id} turn", "turn": drawn["turn"] | beside, "editable": False}


def _parties(run: Run) -> tuple[str, ...]:
    """The lanes of the scenario's own drawing, so that they do not move with each choice."""
    return run.parties


def _end(scenario: Scenario, game: Playing) -> Doc | None:
    """What the game comes to, once something is reached: its file, loaded, run and judged like any other."""
    if not game.turns.position.reached:
        return None
    at = ".".join(game.turns.names)
    if at not in game.ends:
        game.ends[at] = _replayed(scenario, game)
    return game.ends[at] | {"left": [game.turns.game.wanted(t) for t in game.turns.game.left]}


def _replayed(scenario: Scenario, game: Playing) -> Doc:
    way, name = game.turns.game.way(), f"{scenario.id}-as-played.yaml"
    text = game.turns.game.saved([defence.switches for defence in scenario.blocked_by])
    if isinstance(way, Defect):
        return turn.unplayable(way.why, text) | {"name": name}
    params = links.stepper(loads(text, name))
    return turn.reached(way.verdict, text) | {"name": name, "href": f"workshop?{urlencode(params)}" if params else ""}


# ---------------------------------------------------------------- what the visitor does


def take(scenario: Scenario, view: View, event: Mapping[str, Any]) -> View:
    """The view after something that the player did; what means nothing changes nothing."""
    if event.get("do") == "begin":
        return view if closed(scenario, view) else replace(view, turn=START, edits=(), claim="")
    if not view.turn or view.turn == DEFEND:
        return view
    game = playing(scenario, view)
    match event.get("do"):
        case "take" if isinstance(event.get("name"), str):
            game.settled()
            game.turns.take(event["name"])
        case "back":
            game.settled()
            game.turns.back()
        case "hint" if game.thinking is None and game.turns.game.left:
            game.hint, game.thinking = None, Thinking(game.turns.game.hinting())
        case "stop":
            game.thinking = None
        case "leave":
            return replace(view, turn="")
        case "defend":
            return replace(view, turn=DEFEND)
    return _at(view, game)


def won(scenario: Scenario) -> bool:
    """Whether this visitor has reached something in this story, and so knows how it can end."""
    game = st.session_state.get(KEY)
    return isinstance(game, Playing) and game.case.scenario == scenario and bool(game.ends)


def thinking(scenario: Scenario, view: View) -> Thinking | None:
    """The hint that is being looked for."""
    return playing(scenario, view).thinking if view.turn not in ("", DEFEND) else None


def thought(scenario: Scenario, view: View) -> None:
    """The looking is over: keep what it came to."""
    game = playing(scenario, view)
    if game.thinking is not None:
        game.hint, game.hints, game.thinking = turn.hinted(game.turns, game.thinking.last), game.hints + 1, None
