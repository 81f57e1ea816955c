"""The questions of a step, as the stepper and the handout show them: what is asked, what can be answered, and what is right."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from sandbox.engine import simulation
from sandbox.engine.result import Run
from sandbox.language.asks import NOBODY, Ask
from sandbox.protocol.cast import title
from sandbox.studies import asking
from sandbox.studies.asking import Play
from sandbox.views.timeline import moments, refused_in

Doc = dict[str, Any]

LETTERS = "abcdefgh"
SEVERAL = re.compile(r"[a-h]{1,8}")  # an answer to a question with several right ones


def asked(run: Run, step: str) -> list[Doc]:
    """The questions that a learner is asked at this step of this run.

    What other runs have to answer is asked in the scenario's own setting only: elsewhere a click must not wait for them.
    """
    return questions(run, step) if run.case == run.case.own else predictions(run, step)


def questions(run: Run, step: str, play: Play = simulation.run_case) -> list[Doc]:
    """The questions of a scenario's step in this run, in the order of the file; those that make no sense in its setting are left out.

    Each is {key, kind, when: before or after the step, question, options: [{id, text}], right, many, ordered}, and
    `at`, the moment at which a question before the step is asked.  `key` is its name among
    all questions of the scenario; `right` the ids that are right as one text, in the order of the options, or in the right order if
    `ordered`.  `many`: several may be right, and all of them must be chosen.  KeyError if there is no such step.
    """
    out = predictions(run, step)
    for place, ask in enumerate(run.scenario.step(step).ask, 1):
        found = asking.right(run.case.plain, step, ask, play)
        if asking.askable(ask, found):
            out.append(_asked(run, step, f"{step}.{place}", ask, found))
    return sorted(out, key=lambda question: question["when"] == "after")


def predictions(run: Run, step: str) -> list[Doc]:
    """Of those questions the one for which this run is enough, if the step has one: how will it end?"""
    told = run.scenario.step(step).predict
    if told is None or not run.events:
        return []
    options = [("accepted", told.accepted), ("refused", told.refused)]
    found = _document(step, "predict", "before", told.question, options, "refused" if refused_in(run, step) else "accepted")
    return [found | {"at": _place(run, step)}]


def _place(run: Run, step: str) -> int:
    """The number of the moment at which it is asked what will come of a step: the request that it is about, or its first moment."""
    predict, here = run.scenario.step(step).predict, [m for m in moments(run) if m.step == step]
    about = predict.about if predict is not None else None
    return next((m.n for m in here if m.id == about), here[0].n if here else 0)


def _asked(run: Run, step: str, key: str, ask: Ask, found: tuple[int, ...]) -> Doc:
    texts = _texts(run, ask)
    shown = _mixed(ask.order, found) if ask.order else list(range(len(texts)))
    letter = {number: LETTERS[place] for place, number in enumerate(shown)}
    right = "".join(letter[n] for n in (found if ask.order else sorted(found)))
    asked = _document(key, ask.kind, _when(ask), ask.question, [(letter[n], texts[n]) for n in shown], right)
    return asked | ({"at": _place(run, step)} if asked["when"] == "before" else {})


def _when(ask: Ask) -> str:
    """Only who refuses at this very step is a question about what is to come; all else is asked about what was seen."""
    return "before" if ask.kind == "refuses" and not ask.under else "after"


def _texts(run: Run, ask: Ask) -> list[str]:
    """What each answer says, in the order of the file."""
    if ask.refuses:
        return ["Nobody" if party == NOBODY else title(party) for party in ask.refuses]
    if ask.order:
        told = {m.id: f"{title(m.sender)} to {title(m.receiver)}: {m.title}" for m in moments(run)}
        return [told[message] for message in ask.order]
    return list(ask.stops or ask.knows or {})


def _mixed(messages: tuple[str, ...], right: tuple[int, ...]) -> list[int]:
    """An order that is always the same, says nothing, and is not the right one."""
    mixed = sorted(range(len(messages)), key=lambda n: hashlib.sha256(messages[n].encode()).digest())
    return mixed if tuple(mixed) != right else mixed[::-1]


def _document(key: str, kind: str, when: str, question: str, options: list[tuple[str, str]], right: str) -> Doc:
    return {
        "key": key,
        "kind": kind,
        "when": when,
        "question": question,
        "options": [{"id": id, "text": text} for id, text in options],
        "right": right,
        "many": kind == "knows",
        "ordered": kind == "order",
    }


def fits(question: Doc, said: object) -> bool:
    """Whether this can be an answer to the question, right or wrong."""
    ids = {option["id"] for option in question["options"]}
    if not isinstance(said, str) or not (question["many"] or question["ordered"]):
        return isinstance(said, str) and said in ids
    named = set(said)
    return bool(SEVERAL.fullmatch(said)) and len(named) == len(said) and (named == ids if question["ordered"] else named <= ids)


def chosen(question: Doc, said: str) -> Sequence[str]:
    """The ids of the options that an answer names, in its order."""
    return list(said) if question["many"] or question["ordered"] else [said]


def text(question: Doc, said: str) -> str:
    """An answer in the words of its options."""
    texts = {option["id"]: option["text"] for option in question["options"]}
    return (" → " if question["ordered"] else ", ").join(texts[id] for id in chosen(question, said))
