"""The questions of a step, as the stepper and the handout show them: what is asked, what can be answered, and what is right."""

from __future__ import annotations

import hashlib
from typing import Any

from sandbox.engine import simulation
from sandbox.engine.result import Run
from sandbox.language.asks import NOBODY, Ask
from sandbox.protocol.cast import title
from sandbox.studies import asking
from sandbox.studies.asking import Play
from sandbox.views.timeline import moments, refused_in

Doc = dict[str, Any]

BEFORE = ("predict", "refuses")  # asked before the step is shown; the others after it
LETTERS = "abcdefgh"


def questions(run: Run, step: str, play: Play = simulation.run_case) -> list[Doc]:
    """The questions of a scenario's step in this run, in the order of the file; those that make no sense in its setting are left out.

    Each is {kind, when: before or after the step, question, options: [{id, text}], right: [ids], many, ordered}.  `many`: several may be
    right, and all of them must be chosen; `ordered`: all are, in this order.  KeyError if there is no such step.
    """
    told = run.scenario.step(step)
    out: list[Doc] = []
    if told.predict is not None and run.events:
        options = [("accepted", told.predict.accepted), ("refused", told.predict.refused)]
        out.append(_document("predict", told.predict.question, options, ["refused" if refused_in(run, step) else "accepted"]))
    for ask in told.ask:
        found = asking.right(run.case.plain, step, ask, play)
        if asking.askable(ask, found):
            out.append(_asked(run, ask, found))
    return out


def _asked(run: Run, ask: Ask, found: tuple[int, ...]) -> Doc:
    texts = _texts(run, ask)
    shown = _mixed(ask.order, found) if ask.order else list(range(len(texts)))
    letter = {number: LETTERS[place] for place, number in enumerate(shown)}
    return _document(ask.kind, ask.question, [(letter[n], texts[n]) for n in shown], [letter[n] for n in found])


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


def _document(kind: str, question: str, options: list[tuple[str, str]], right: list[str]) -> Doc:
    return {
        "kind": kind,
        "when": "before" if kind in BEFORE else "after",
        "question": question,
        "options": [{"id": id, "text": text} for id, text in options],
        "right": right,
        "many": kind == "knows",
        "ordered": kind == "order",
    }
