"""A run -> HAR 1.2, the log of HTTP messages that browser developer tools import (http://www.softwareishard.com/blog/har-12-spec/).

Scenario steps are the pages.  The virtual clock counts whole seconds; milliseconds only keep messages of one second in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from sandbox import __version__
from sandbox.core.wire import FORM, Pairs, Request, Response
from sandbox.engine.result import Run
from sandbox.protocol.cast import title
from sandbox.protocol.trace import Answered, Checked, Event, Sent, StepStarted, of
from sandbox.studies import basis

Doc = dict[str, Any]
UNKNOWN = -1  # sizes that nobody measured


def har(run: Run) -> Doc:
    """The log: one entry per exchange, with the sender and the checks as its comment."""
    when = _Clock(run.events)
    started = {e.step: e for e in of(run.events, StepStarted)}
    entries = list(_entries(run, when, started))
    used = {entry["pageref"] for entry in entries if "pageref" in entry}
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "OAuth Sandbox", "version": __version__},
            "pages": [_page(e, when) for step, e in started.items() if step in used],
            "entries": entries,
            "comment": f"{run.scenario.title}: {basis.said(run.verdict.word, run.verdict.sentence)} "
            "Times are those of the simulation's clock; "
            f"milliseconds only keep the messages of one second in order. {run.stamp}",
        }
    }


class _Clock:
    """Virtual times of events; those of one second follow each other by milliseconds."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.first: dict[int, int] = {}
        told = [e for e in events if isinstance(e, StepStarted | Sent | Answered)]
        for place, e in enumerate(told):
            self.first.setdefault(e.time, place)
        self.place = {e.index: place for place, e in enumerate(told)}

    def millis(self, event: Event) -> int:
        return event.time * 1000 + min(999, self.place[event.index] - self.first[event.time])

    def text(self, event: Event) -> str:
        moment = datetime.fromtimestamp(self.millis(event) / 1000, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _page(event: StepStarted, when: _Clock) -> Doc:
    return {"startedDateTime": when.text(event), "id": event.step, "title": event.say or event.step, "pageTimings": {}}


def _entries(run: Run, when: _Clock, started: dict[str, StepStarted]) -> Iterator[Doc]:
    answers = {e.exchange: e for e in of(run.events, Answered)}
    for sent in of(run.events, Sent):
        answer = answers.get(sent.exchange)
        taken = max(0, when.millis(answer) - when.millis(sent)) if answer else 0
        yield {
            **({"pageref": sent.step} if sent.step in started else {}),
            "startedDateTime": when.text(sent),
            "time": taken,
            "request": _request(sent.request),
            "response": _response(answer.response) if answer else _response(Response(0)),
            "cache": {},
            "timings": {"send": 0, "wait": taken, "receive": 0},
            "comment": _comment(run, sent, answer),
        }


def _comment(run: Run, sent: Sent, answer: Answered | None) -> str:
    """Who asked whom, over which channel, what was edited, and what the one who was asked has checked."""
    edited = [name for name, e in (("request", sent), ("answer", answer)) if e and e.edited]
    last = answer.index if answer else len(run.events)
    checks = [e for e in run.events[sent.index : last] if isinstance(e, Checked) and e.party == sent.receiver]
    words = [f"{title(sent.sender)} to {title(sent.receiver)}, {sent.channel} channel"]
    words += [f"edited: {' and '.join(edited)}"] if edited else []
    words += [f"{e.check.replace('_', ' ')}: {e.outcome}" for e in checks]
    return "; ".join(words)


def _request(request: Request) -> Doc:
    return {
        "method": request.method,
        "url": request.url,
        "httpVersion": "HTTP/1.1",
        "cookies": _named(tuple(request.cookies.items())),
        "headers": _named(request.headers),
        "queryString": _named(request.query),
        **({"postData": _posted(request)} if request.body else {}),
        "headersSize": UNKNOWN,
        "bodySize": len(_bytes(request.body)),
    }


def _posted(request: Request) -> Doc:
    """The body; the specification wants either parameters or text, and tools expect both for a form, so text is always there."""
    kind = request.header("content-type") or ""
    form = {"params": _named(request.form)} if kind.startswith(FORM) else {}
    return {"mimeType": kind, **form, "text": request.body}


def _response(response: Response) -> Doc:
    size = len(_bytes(response.body))
    return {
        "status": response.status,
        "statusText": _phrase(response.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [c for name, value in response.headers if name.lower() == "set-cookie" if (c := _cookie(value))],
        "headers": _named(response.headers),
        "content": {"size": size, "mimeType": response.header("content-type") or "x-unknown", "text": response.body},
        "redirectURL": response.location or "",
        "headersSize": UNKNOWN,
        "bodySize": size,
    }


def _cookie(line: str) -> Doc | None:
    """A Set-Cookie header taken apart (RFC 10025 §5.6); None if it sets nothing."""
    pair, *attributes = (part.strip() for part in line.split(";"))
    name, _, value = pair.partition("=")
    named = {key.lower(): text for key, _, text in (a.partition("=") for a in attributes)}
    texts: Doc = {key: named[key] for key in ("path", "domain") if key in named}
    return {"name": name, "value": value, **texts, "httpOnly": "httponly" in named, "secure": "secure" in named} if name else None


def _named(pairs: Pairs) -> list[Doc]:
    return [{"name": name, "value": value} for name, value in pairs]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
