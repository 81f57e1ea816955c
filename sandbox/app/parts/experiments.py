"""Four questions to the attack on show: what would block it, what do people believe, what is the smallest set of switches that blocks
it, all answered by running it again and again; and is there another way, answered by an attacker who adapts.

The runs are made in `defence_search.py` and `adaptive.py`, a few at a time, so that the page stays usable; a search belongs to one
visitor, and begins anew when the setting changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import streamlit as st

from sandbox.app import links, state
from sandbox.app.markup import markup, show
from sandbox.app.state import View
from sandbox.attacker import question
from sandbox.core.text import md, plural
from sandbox.engine.case import Case
from sandbox.engine.judge import named
from sandbox.engine.result import Stop, Word
from sandbox.language.document import Myth, Scenario
from sandbox.protocol.cast import title
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.defences import in_words
from sandbox.protocol.switches import BUNDLES
from sandbox.studies import adaptive, basis, defence_search
from sandbox.studies.adaptive import Looked
from sandbox.studies.defence_search import Progress, Trial
from sandbox.views.outcomes import SIGNS

TICK = 0.1  # seconds between two batches, in which clicks get their turn
BATCH = 5  # runs
QUESTIONS = {
    "block": "What would block this?",
    "myths": "What do people believe?",
    "smallest": "Smallest set that blocks",
    "another": "Is there another way?",
}
REST: dict[Word, str] = {
    "breaks-service": "Would stop honest use",
    "limited": "Limits it",
    "stalled": "Closes this way only",
    "succeeded": "Does not help",
}
NOTHING = "In this setting the attack cannot be tried."
TRIAL = '<div class="trial {tone}"><i aria-hidden="true">{mark}</i><div><b>{name}</b> <em>{word}</em> {why} <code>{code}</code></div></div>'


@dataclass
class Search:
    """One visitor's search: its question, the runs still to come, and the best answer so far."""

    key: tuple[object, ...]
    runs: Iterator[Any]
    total: int
    found: list[Any] = field(default_factory=list)
    on: bool = True
    done: bool = False
    begun: bool = False
    unit: str = "settings"  # what is counted

    def go_on(self) -> None:
        """The next few runs; none at first, so that the page is drawn at once."""
        if not self.begun:
            self.begun = True
            return
        more = list(islice(self.runs, BATCH))
        self.found += more
        self.done = len(more) < BATCH

    @property
    def running(self) -> bool:
        return self.on and not self.done


def ask(question: str, scenario: Scenario, view: View) -> None:
    """The answer to one question about the present setting, as far as it is known."""
    case = view.case(scenario).plain
    key = (question, case)
    search: Search | None = st.session_state.get("search")
    if search is None or search.key != key:
        unit = "states" if question == "another" else "settings"
        search = st.session_state.search = Search(key, *BEGIN[question](case), unit=unit)
    st.fragment(_live, run_every=TICK if search.running else None)(question, scenario, view, search, search.running)


def _live(question: str, scenario: Scenario, view: View, search: Search, ticking: bool) -> None:
    state.in_fragment(view)
    with st.container(key="asked", gap="small"):
        _bar(search)
        with st.container(height=400, border=False, key="trials"):
            ANSWER[question](scenario, view, search)
    if search.running != ticking:
        st.rerun()  # only a whole run can start the timer, or take it away
    if search.running:
        search.go_on()


def _bar(search: Search) -> None:
    if search.done:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="trial-bar"):
        st.button("Stop" if search.on else "Continue", key="trial-stop", on_click=_switch, args=(search,))
        tried = len(search.found)
        said = f"{tried} {search.unit} tried" if search.total > 200 else f"{tried} of {search.total} tried"
        st.progress(min(1.0, tried / max(1, search.total)), said if search.on else f"{said}: stopped")


def _switch(search: Search) -> None:
    search.on = not search.on


# ---------------------------------------------------------------- the searches


def _singles(case: Case) -> tuple[Iterator[Any], int]:
    return defence_search.singles(case), len(defence_search.options(case.settings))


def _beliefs(case: Case) -> tuple[Iterator[Any], int]:
    def runs() -> Iterator[tuple[Myth, Trial | None]]:
        for myth in case.scenario.myths:
            yield myth, defence_search.attempt(case, myth.switches) if myth.switches else None

    return runs(), len(case.scenario.myths)


def _smallest(case: Case) -> tuple[Iterator[Any], int]:
    return defence_search.smallest(case), defence_search.MOST


def _others(case: Case) -> tuple[Iterator[Any], int]:
    scripts = adaptive.known(case.scenario)
    return adaptive.looking(scripts[0].id, scripts, case.settings), adaptive.BOUND.states


BEGIN: dict[str, Callable[[Case], tuple[Iterator[Any], int]]] = {
    "block": _singles,
    "myths": _beliefs,
    "smallest": _smallest,
    "another": _others,
}


# ---------------------------------------------------------------- the answers


def _blocking(scenario: Scenario, view: View, search: Search) -> None:
    """What blocks, each with a button that applies it; then, in a word each, what does not."""
    trials: list[Trial] = search.found
    blocking = defence_search.blocking(trials)
    for i, trial in enumerate(blocking):
        _offer(scenario, view, search, trial, trial.name, f"apply-{i}")
    if not blocking and search.done:
        show('<p class="fineprint">No defence blocks it alone from here. “{other}” tries several at once.</p>', other=QUESTIONS["smallest"])
    for word, said in REST.items():
        names = [t.name for t in trials if t.word == word]
        if names:
            show(
                '<p class="others"><b>{mark} {said} ({n})</b> {names}</p>',
                mark=SIGNS[word].mark, said=said, n=len(names), names="; ".join(f"{in_words(n)} ({n})" for n in names),
            )  # fmt: skip


def _believed(scenario: Scenario, view: View, search: Search) -> None:
    """Each belief with what came of it."""
    if not scenario.myths:
        st.caption("The file names no belief about this attack.")
    for myth, trial in search.found:
        if trial is None:
            st.html(_row("none", "–", myth.believed, "no switch can show it:", myth.because))
        else:
            st.html(_trial(trial, myth.believed, myth.because if trial.word in REST else ""))


def _least(scenario: Scenario, view: View, search: Search) -> None:
    """The smallest set so far, and whether it is certain that there is no smaller one."""
    if not search.found:
        return
    progress: Progress = search.found[-1]
    best = progress.best
    if progress.already:
        show('<p class="fineprint">In this setting the attack does not succeed: there is nothing to add.</p>')
        return
    if best is None:
        said = "Nothing that was tried blocks it and leaves honest use whole." if search.done else "Nothing found yet."
        show('<p class="fineprint">{said} {n} tried.</p>', said=said, n=plural(progress.tried, "setting"))
        return
    _offer(scenario, view, search, best, " + ".join(f"{n}={v}" for n, v in best.switches), "apply-best")
    n = len(best.switches)
    if progress.proved:
        sure = "There is no smaller set: all were tried." if n > 1 else "One switch is enough."
    else:
        sure = (
            "The smallest found so far."
            if not search.done
            else f"A smaller set may exist: not all were tried within {plural(progress.tried, 'run')}."
        )
    show('<p class="fineprint">{n}. {sure} {tried} tried; honest use goes on working.</p>',
         n=plural(n, "switch", "switches"), sure=sure, tried=plural(progress.tried, "setting"))  # fmt: skip


def _another(scenario: Scenario, view: View, search: Search) -> None:
    """The ways that were found, each a click away from being stepped through, and within which bound there is no other one."""
    show('<p class="fineprint">{powers}</p>', powers=question.in_words(question.of_scenario(scenario, view.settings(scenario))))
    if not search.found:
        return
    looked: Looked = search.found[-1]
    sign = SIGNS["succeeded"]
    for number, way in enumerate(looked.ways):
        left, right = st.columns([4, 1.4], vertical_alignment="center")
        left.html(_row(sign.tone, sign.mark, basis.ANOTHER, f"{sign.word}:", basis.told(way)))
        with right:
            links.through(way, f"way-{number}")
    if search.done:
        said = f"Looked {basis.within(looked)}." if looked.ways else basis.around(looked)
        show('<p class="fineprint">{mark} {said}</p>', mark=basis.MARK, said=said or NOTHING)


ANSWER: dict[str, Callable[[Scenario, View, Search], None]] = {
    "block": _blocking,
    "myths": _believed,
    "smallest": _least,
    "another": _another,
}


def _offer(scenario: Scenario, view: View, search: Search, trial: Trial, name: str, key: str) -> None:
    """A trial, and a button that applies it once the search has ended or stands still: the timer's runs can overtake a click."""
    left, right = st.columns([6, 1], vertical_alignment="center")
    left.html(_trial(trial, in_words(name), code=name))
    said = "Stop the search, or let it end" if search.running else _consists(name, trial)
    right.button("Apply", key=key, on_click=_apply, args=(scenario, view, trial), help=md(said), disabled=search.running)


def _consists(name: str, trial: Trial) -> str:
    return ", ".join(f"{n}={v}" for n, v in trial.switches) if name in BUNDLES else f"Set {name}"


def _apply(scenario: Scenario, view: View, trial: Trial) -> None:
    state.go(view.with_settings(scenario, trial.settings))


def _trial(trial: Trial, name: str, because: str = "", code: str = "") -> str:
    sign = SIGNS[trial.word]
    why = because or (where(trial.stop) if trial.enough else trial.sentence)
    return _row(sign.tone, sign.mark, name, sign.word + (":" if because or not trial.enough else ""), why, code)


def _row(tone: str, mark: str, name: str, word: str, why: str, code: str = "") -> str:
    return markup(TRIAL, tone=tone, mark=mark, name=name.rstrip("."), word=word, why=why, code=code)


def where(stop: Stop | None) -> str:
    """`by Transactions at “replay”: The token must name this API.`"""
    if stop is None:
        return ""
    if not stop.check:
        return f"at “{named(stop.step)}”: the attacker learns nothing."
    said = CHECKS[stop.check].sentence if stop.check in CHECKS else stop.check.replace("_", " ")
    return f"by {title(stop.party)} at “{named(stop.step)}”: {said}"
