"""What the stepper shows of a live world: its latest requests from outside, each a step, with all that followed from them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sandbox.core.clock import clock_time
from sandbox.core.text import plural
from sandbox.core.wire import Response, split
from sandbox.engine.case import Case
from sandbox.engine.result import Run, Verdict
from sandbox.language.document import Scenario
from sandbox.language.loader import loads
from sandbox.protocol.cast import title
from sandbox.protocol.trace import Answered, Event, Sent, StepStarted, of
from sandbox.serve.asgi import OUTSIDE
from sandbox.serve.live import EVENTS, ITSELF, Live
from sandbox.serve.setup import Served
from sandbox.views.har import har
from sandbox.views.labels import clip
from sandbox.views.stepper import document as stepper_document
from sandbox.world.external import Outside

SHOWN = 24  # requests in the diagram
BROWSER, CLIENT = "Your browser", "Your client"
ELSEWHERE = "Server elsewhere"

_STORY = """
title: Live
story: Requests of a real client, as they arrive.
lesson: None yet.
refs: [RFC 6749 §1.2]
setting: {profile: oauth-bcp}
steps: [{id: live, do: clock.wait, with: {seconds: 1}, say: Requests arrive.}]
"""


def document(live: Live) -> dict[str, Any] | None:
    """What the stepper shows of a world; None before the first request.  The same object until something is new."""
    version = live.version
    if live.drawn is None or live.drawn[0] != version:
        events = window(live.events)
        if not events:
            return None
        live.drawn = version, _drawn(as_run(live.served, events), version[0])
    return live.drawn[1]


def saved(live: Live) -> str:
    """All that a world has seen, as far as it is kept, as HAR 1.2: `oauth-sandbox inspect` reads it back."""
    return json.dumps(har(as_run(live.served, window(live.events, EVENTS))), indent=1)


def _drawn(run: Run, settled: int) -> dict[str, Any]:
    doc = stepper_document((run,))
    pane = doc["panes"][0]
    pane["steps"] = _steps(run)
    pane["verdict"] = {"word": "Live", "tone": "info", "sentence": _sentence(run, len(pane["steps"])), "detail": "", "at": None}
    return doc | {"follow": True, "settled": settled}


def _steps(run: Run) -> dict[str, Any]:
    """What each request came to, in a sentence; what a world asks on its own has one already."""
    answers = {e.exchange: e.response for e in of(run.events, Answered)}
    says = {e.step: e for e in of(run.events, StepStarted)}
    begun = {e.step: e for e in reversed(list(of(run.events, Sent)))}
    out: dict[str, Any] = {}
    for n, (step, sent) in enumerate(reversed(begun.items()), 1):
        heading = says.get(step)
        if heading is not None and heading.do == ITSELF:
            say = heading.say
        else:
            say = (f"{heading.say}. " if heading else "") + _told(sent, answers.get(sent.exchange))
        out[step] = {"n": n, "of": len(begun), "say": say, "questions": []}
    return out


def _told(sent: Sent, answer: Response | None) -> str:
    result = f"{answer.status} {answer.error or ''}".rstrip() if answer is not None else "no answer"
    return f"{sent.sender} asks {title(sent.receiver)}: {clip(sent.request.method + ' ' + sent.request.path, 80)}, answered with {result}."


def _sentence(run: Run, asked: int) -> str:
    what = f"The latest {asked} requests" if asked >= SHOWN else plural(asked, "request")
    return f"{what}, the last one at {clock_time(run.events[-1].time)[-8:]} UTC."


def window(events: tuple[Event, ...], most: int = SHOWN) -> tuple[Event, ...]:
    """The latest requests from outside with all that followed from them, as a record of its own: each request is a step."""
    starts = [i for i, e in enumerate(events) if _begins(e)]
    out: list[Event] = []
    for start, end in list(zip(starts, [*starts[1:], len(events)], strict=False))[-most:]:
        step, outside = _step(events[start]), _outside(events[start])
        if heading := _heading(events[: start + 1]):
            out.append(replace(heading, step=step, index=len(out)))
        for event in events[start:end]:
            if not isinstance(event, StepStarted):
                out.append(_placed(event, len(out), step, outside))
    return tuple(out)


def _begins(event: Event) -> bool:
    """Whether something begins here that nothing before it has caused."""
    return (isinstance(event, Sent) and event.sender == OUTSIDE) or (isinstance(event, StepStarted) and event.do == ITSELF)


def _heading(events: tuple[Event, ...]) -> StepStarted | None:
    """What stands above the last of these, which begins something; something else may have arrived since it was announced."""
    *before, last = events
    if isinstance(last, StepStarted):
        return last
    latest = next((e for e in reversed(before) if isinstance(e, StepStarted) or _begins(e)), None)
    return latest if isinstance(latest, StepStarted) and latest.do != ITSELF else None


def _step(event: Event) -> str:
    return f"request-{event.exchange}" if isinstance(event, Sent) else f"{ITSELF}-{event.index}"


def _outside(event: Event) -> str:
    return BROWSER if isinstance(event, Sent) and event.channel == "front" else CLIENT


def _placed(event: Event, index: int, step: str, outside: str) -> Event:
    """The event in its place, with names that stay the same however the window moves."""
    event = replace(event, index=index, step=step)
    if isinstance(event, Sent | Answered):
        names = {OUTSIDE: outside, Outside.name: ELSEWHERE}
        kind = "asks" if isinstance(event, Sent) else "answers"
        sender, receiver = names.get(event.sender, event.sender), names.get(event.receiver, event.receiver)
        return replace(event, sender=sender, receiver=receiver, message=f"{step}/{event.exchange} {kind}")
    return event


def as_run(world: Served, events: tuple[Event, ...]) -> Run:
    """The record in the form that everything which shows a record knows."""
    messages = list(of(events, Sent))
    known = [p for p in (BROWSER, CLIENT) if any(m.sender == p for m in messages)]
    parties = tuple(dict.fromkeys((*known, *(p for m in messages for p in (m.receiver, m.sender)))))
    verdict, host = Verdict("completed", "Live"), split(world.base).netloc
    places = tuple((p, f"{host}/…/{p}") for p in parties if p in world.paths)  # the key in the middle is long, and the same for all
    if world.external is not None:
        places = (*places, (ELSEWHERE, split(world.external.issuer).netloc))
    return Run(Case(story(), world.world.settings), parties, frozenset(), events, verdict, places=places)


def story() -> Scenario:
    """The scenario of whatever happens to happen."""
    return _LIVE


_LIVE = loads(_STORY, "live.yaml", "live")
