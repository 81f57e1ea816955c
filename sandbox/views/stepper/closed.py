"""A document with its future taken out: what may be sent to somebody who has yet to answer the run's questions.

The run is there up to the first message of the first step whose question is open; verdict, later moments, outcomes and the right
answer are not in it at all, so that no look at the page's source tells them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.views.stepper.view import explained, fields

Doc = dict[str, Any]

ANSWERS = ("accepted", "refused")
HIDDEN = {"word": "", "tone": "none", "sentence": "", "detail": "", "at": None, "by": ""}
OUTCOMES = ("blocked", "led")  # of a message: what became of it


def questions(doc: Doc) -> dict[str, str]:
    """The steps of a single run that ask something, in order, each with its right answer."""
    return {step: told["question"]["right"] for step, told in doc["panes"][0]["steps"].items() if told["question"]}


def closed(doc: Doc, answers: Mapping[str, str]) -> Doc:
    """The document of a single run for somebody who has given these answers; whole if none is missing.

    `open` names the step whose question is to be answered, `answers` are those that were given.
    """
    given = {step: answers[step] for step in questions(doc) if answers.get(step) in ANSWERS}
    missing = next((step for step in questions(doc) if step not in given), None)
    out = doc | {"answers": given, "open": missing}
    return out if missing is None else out | _until(doc["panes"][0], missing, doc)


def _until(pane: Doc, step: str, doc: Doc) -> Doc:
    last = next(m["n"] for m in pane["moments"] if m["step"] == step)
    moments = [*pane["moments"][: last - 1], {k: v for k, v in pane["moments"][last - 1].items() if k not in OUTCOMES}]
    shown = pane | {
        "verdict": HIDDEN,
        "moments": moments,
        "steps": dict(_told(pane["steps"], step)),
        "tokens": pane["tokens"][: _tokens(moments)],
        "checks": {name: said for name, said in pane["checks"].items() if name in _checked(moments)},
    }
    return {
        "panes": [shown],
        "fields": fields([shown]),
        "words": explained([shown]),
        "timeline": doc["timeline"][:last],
        "edits": [],
        "edited": None,
    }


def _told(steps: Doc, step: str) -> list[tuple[str, Doc]]:
    """The steps up to this one, whose question has no right answer; of those to come only how many."""
    names = list(steps)
    told = [(name, steps[name]) for name in names[: names.index(step)]]
    question = {k: v for k, v in steps[step]["question"].items() if k != "right"}
    return [*told, (step, steps[step] | {"question": question})]


def _tokens(moments: list[Doc]) -> int:
    """How many of the pane's tokens have been seen: they are numbered as they appear."""
    return max((place + 1 for m in moments for _, place, _ in m.get("tokens", [])), default=0)


def _checked(moments: list[Doc]) -> set[str]:
    return {check[0] for m in moments for check in m.get("checks", [])}
