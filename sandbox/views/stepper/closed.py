"""A document with its future taken out: what may be sent to somebody who has yet to answer the run's questions.

The run is there up to where the first open question is asked: the request that it is about, or the last message of its step if the
question is about what was seen.  Where no request is asked about, nothing of what happens is told: a row stands for it.  Verdict, later
moments, outcomes and the right answer are not in it at all, so that no look at the page's source tells them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.views.quiz import fits
from sandbox.views.stepper.view import explained, fields

Doc = dict[str, Any]

HIDDEN = {"word": "", "tone": "none", "sentence": "", "detail": "", "at": None, "by": ""}
OUTCOMES = ("blocked", "led")  # of a message: what became of it
ASKED = "What comes of it?"  # of a moment that is no message: found or not, its very kind would tell


def questions(doc: Doc) -> dict[str, Doc]:
    """The questions of a single run by their keys, in the order in which they are asked, each with its step."""
    return {q["key"]: q | {"step": step} for step, told in doc["panes"][0]["steps"].items() for q in told["questions"]}


def missing(asked: Mapping[str, Doc], answers: Mapping[str, str]) -> Doc | None:
    """The first of these questions that none of these answers fits; None if nothing is left to be asked."""
    return next((question for key, question in asked.items() if not fits(question, answers.get(key))), None)


def closed(doc: Doc, answers: Mapping[str, str]) -> Doc:
    """The document of a single run for somebody who has given these answers; whole if none is missing.

    `open` is the key of the question that is to be answered, `answers` are those that were given.
    """
    every = questions(doc)
    given = {key: answers[key] for key, question in every.items() if fits(question, answers.get(key))}
    first = missing(every, answers)
    out = doc | {"answers": given, "open": first and first["key"]}
    return out if first is None else out | _until(doc, first)


def _until(doc: Doc, question: Doc) -> Doc:
    pane, step, before = doc["panes"][0], question["step"], question["when"] == "before"
    last = question["at"] if before else max(m["n"] for m in pane["moments"] if m["step"] == step)
    moments, line = pane["moments"][:last], doc["timeline"][:last]
    if before:
        moments[-1] = _asked(moments[-1])
        line = [*line[:-1], line[-1] | {"id": moments[-1]["id"]}]
    shown = pane | {
        "verdict": _seen(pane["verdict"], 0 if before else last),
        "moments": moments,
        "steps": dict(_told(pane["steps"], question)),
        "tokens": pane["tokens"][: _tokens(moments)],
        "checks": {name: said for name, said in pane["checks"].items() if name in _checked(moments)},
    }
    return {
        "panes": [shown],
        "fields": fields([shown]),
        "words": explained([shown]),
        "timeline": line,
        "edits": [],
        "edited": None,
    }


def _asked(moment: Doc) -> Doc:
    """The moment that is asked about, without what came of it: a request as it is, of anything else only that it is to come."""
    if moment["kind"] == "request":
        return {k: v for k, v in moment.items() if k not in OUTCOMES}
    kept = {k: moment[k] for k in ("n", "step", "time", "clock")}
    return kept | {
        "id": f"{moment['step']}/asked",
        "kind": "local",
        "asked": True,
        "title": ASKED,
        "from": moment["to"],
        "to": moment["to"],
        "chip": "Local work",
    }


def _seen(verdict: Doc, until: int) -> Doc:
    """The verdict of a run that is over by then, without what more is known of it."""
    over = verdict["at"] is not None and verdict["at"] <= until
    return verdict | {"detail": "", "by": ""} if over else HIDDEN


def _told(steps: Doc, question: Doc) -> list[tuple[str, Doc]]:
    """The steps up to this one, without the right answer and without the questions after it: they tell it, too."""
    names, mine = list(steps), steps[question["step"]]
    asked = [{k: v for k, v in q.items() if k != "right"} if q["key"] == question["key"] else q for q in mine["questions"]]
    shown = asked[: [q["key"] for q in asked].index(question["key"]) + 1]
    told = [(name, steps[name]) for name in names[: names.index(question["step"])]]
    return [*told, (question["step"], mine | {"questions": shown})]


def _tokens(moments: list[Doc]) -> int:
    """How many of the pane's tokens have been seen: they are numbered as they appear."""
    return max((place + 1 for m in moments for _, place, _ in m.get("tokens", [])), default=0)


def _checked(moments: list[Doc]) -> set[str]:
    return {check[0] for m in moments for check in m.get("checks", [])}
