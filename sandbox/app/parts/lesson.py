"""A lesson on the page Play: questions before outcomes, what the learner said, and where one goes after the last step.

In the lesson's own setting a run is sent up to its first open question only, unless the learner has asked for all of it.  In any
other setting everything is there: somebody who has changed a thing wants to see what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from sandbox.app import cache, first_answer
from sandbox.app.parts import claims
from sandbox.app.state import View
from sandbox.core.memo import memo
from sandbox.engine.case import Case
from sandbox.engine.result import Run
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.protocol import defences
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES, SWITCHES
from sandbox.protocol.trace import Checked, of
from sandbox.studies import path
from sandbox.views.quiz import fits
from sandbox.views.stepper.closed import closed, missing

EVENTS = ("answer", "answers", "reveal", "again")
MOST_AGAIN = 4  # offers to run it again with one thing changed
ANSWERS, SHOWN = "lesson-answers", "lesson-shown"


@dataclass(frozen=True, slots=True)
class Told:
    """What a lesson adds to a run for one learner: `answers`, question and what was said, None where nothing is asked; `picture`, the
    profile of which the link to this run has a picture, None if it has none."""

    answers: tuple[tuple[str, str], ...] | None
    picture: str | None


def told(run: Run, view: View) -> Told:
    """What is told beside this run to this learner."""
    scenario = run.scenario.id
    drawn = not (view.changes or view.edits or view.seed) and scenario in library.ids()
    said = tuple(sorted(answers(scenario).items())) if asks(run.scenario, view) else None
    return Told(said, view.profile if drawn else None)


def document(run: Run, lesson: Told) -> dict[str, Any]:
    """What the stepper shows of this run with that.  To be read only."""
    doc = cache.document(run)
    if lesson.answers is not None:
        doc = closed(doc, dict(lesson.answers)) | {"revealable": True}
    return doc if doc.get("open") else doc | {"end": _end(run, lesson)}  # what to take home and what stops it would answer the question


def asks(scenario: Scenario, view: View) -> bool:
    """Whether questions come before outcomes here."""
    plain = not (view.profile or view.changes or view.edits or view.claim)
    return plain and scenario.id in library.ids() and scenario.id not in st.session_state.get(SHOWN, ())


def open_question(run: Run, view: View) -> bool:
    """Whether the learner has a question of this run still to answer, so that nothing on the page may tell the outcome."""
    return asks(run.scenario, view) and missing(cache.asked(run.case), answers(run.scenario.id)) is not None


def answers(scenario: str) -> Mapping[str, str]:
    """Key of a question -> what the learner said."""
    said: Mapping[str, str] = st.session_state.get(ANSWERS, {}).get(scenario, {})
    return said


def take(view: View, event: Mapping[str, Any]) -> View:
    """The view after something that the learner did in a lesson; what means nothing changes nothing."""
    scenario = library.get(view.scenario) if view.scenario in library.ids() else None
    if scenario is None:
        return view
    match event.get("event"):
        case "answer":
            _keep(scenario, {str(event.get("question")): event.get("answer")})
        case "answers" if isinstance(event.get("answers"), dict):
            _keep(scenario, event["answers"])
        case "reveal":
            st.session_state[SHOWN] = (*st.session_state.get(SHOWN, ()), scenario.id)
        case "again":
            offers, which = again(scenario, view.settings(scenario)), event.get("which")
            if isinstance(which, int) and 0 <= which < len(offers):
                return replace(view.with_settings(scenario, offers[which].settings), edits=())
    return view


def _keep(scenario: Scenario, said: Mapping[str, object]) -> None:
    """Remember the answers that this scenario has a question for; the first one counts."""
    asked = cache.asked(Case.of(scenario))
    fit = {key: said[key] for key, question in asked.items() if fits(question, said.get(key))}
    kept = dict(st.session_state.get(ANSWERS, {}))
    kept[scenario.id] = fit | dict(kept.get(scenario.id, {}))
    st.session_state[ANSWERS] = kept


# ---------------------------------------------------------------- after the last step


@dataclass(frozen=True, slots=True)
class Offer:
    """Another setting in which to run it again: what a button says, the switches as they are written, and the setting."""

    says: str
    code: str
    settings: Settings


def _end(run: Run, lesson: Told) -> dict[str, Any]:
    scenario, after = run.scenario, path.next_after(run.scenario.id)
    offers = [[offer.says, offer.code] for offer in again(scenario, run.settings)]
    onward = {"title": after.title, "to": {"page": after.page, "params": after.params}} if after else None
    picture = {"picture": first_answer.preview(scenario.id, lesson.picture)} if lesson.picture is not None else {}
    return {"lesson": scenario.lesson, "next": onward, "again": offers} | picture


@memo("run", 256)
def again(scenario: Scenario, settings: Settings) -> list[Offer]:
    """Other settings in which it is worth running again, with one thing changed.

    Of an attack the defences that its file names; of a flow the defences in force that checked something in it, each taken away, in the
    order in which the story comes to them.
    """
    if scenario.kind == "attack":
        tried = ((claim.label, dict(claim.switches), claim.applied(settings)) for claim in claims.defences(scenario))
        offers = [Offer(says, defences.written(switches), other) for says, switches, other in tried]
    else:
        bundles = [(name, switches) for name, switches in BUNDLES.items() if _in_force(settings, switches)]
        performed = _performed(Case(scenario, settings))
        without = [Offer(defences.without(name), name, settings.but(_off(switches))) for name, switches in bundles]
        parted = [(_parting(performed, _performed(Case(scenario, offer.settings))), offer) for offer in without]
        offers = [offer for at, offer in sorted(parted, key=lambda each: each[0]) if at <= len(performed)]
    return [offer for offer in offers if offer.settings != settings][:MOST_AGAIN]


def _in_force(settings: Settings, switches: Mapping[str, str]) -> bool:
    return all(settings.value(name) == value for name, value in switches.items())


def _off(switches: Mapping[str, str]) -> dict[str, str]:
    """Each of them at its weakest; of those that are other ways to build it, the first."""
    return {name: SWITCHES[name].values[0] for name in switches}


def _performed(case: Case) -> list[tuple[str, str]]:
    """The checks of a run that were really made."""
    return [(e.party, e.check) for e in of(cache.run(case).events, Checked) if e.outcome != "skipped"]


def _parting(one: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]]) -> int:
    """The place at which two lists begin to differ; one more than the first has, if they are the same."""
    if one == other:
        return len(one) + 1
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
