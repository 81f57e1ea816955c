"""Private worlds for learners: each at an unguessable path of its own, beside the app, drawn as requests arrive, forgotten after a time.

`Worlds` is an ASGI application that finds the world of a path; a `Live` is one world, which can be put together anew with other
settings while a client uses it; `document` is what the stepper shows of it.  Requests run in the server's event loop, pages in
threads of their own: only the former write a record, and the latter read up to what is settled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from sandbox.core.clock import WallClock, clock_time
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import Response, json_response, split
from sandbox.engine.case import Case
from sandbox.engine.result import Run, Verdict
from sandbox.language.document import Scenario
from sandbox.language.loader import loads
from sandbox.protocol.cast import title
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Event, RecentTrace, Sent, StepStarted, of
from sandbox.serve.asgi import OUTSIDE, Edge, Message, Receive, Send
from sandbox.serve.carry_over import Past, past_of
from sandbox.serve.listen import allow_plain_http
from sandbox.serve.setup import Served, served
from sandbox.views.labels import clip
from sandbox.views.stepper import document as stepper_document
from sandbox.views.stepper.view import setting_name
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.authorization_server.registration import FOR_PUBLIC, GRANTS, register

WORLD = "/world"  # the worlds' part of the path
WELL_KNOWN = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")  # RFC 8414 §3.1 puts them in front
MOUNTS = (WORLD, *WELL_KNOWN)
MOST_WORLDS = 60
IDLE = 60 * 60  # seconds without a request or a look
EVENTS = 300  # kept of each world's record
SHOWN = 24  # requests in the diagram
MOST_REQUESTS = 5000  # of one world until it is put together anew: what it remembers grows with them
BROWSER, CLIENT = "Your browser", "Your client"

_KEY = re.compile(rf"(?:{'|'.join(map(re.escape, WELL_KNOWN))})?{WORLD}/([\w-]+)(?=/|\Z)")
_STORY = """
title: Live
story: Requests of a real client, as they arrive.
lesson: None yet.
refs: [RFC 6749 §1.2]
setting: {profile: oauth-bcp}
steps: [{id: live, do: clock.wait, with: {seconds: 1}, say: Requests arrive.}]
"""


class Full(Exception):
    """There are as many worlds as this process may have."""


class Live:
    """One learner's world.  `version` changes with whatever a page may have to show anew."""

    def __init__(self, key: str, origin: str, settings: Settings, clock: WallClock) -> None:
        self.key, self.base, self.clock = key, f"{origin}{WORLD}/{key}", clock
        self.trace = RecentTrace(clock.now(), EVENTS)
        self.used = clock.now()
        self.settled = self.since = self.rebuilt = self.requests = 0
        self.headings: list[str] = []
        self._past: Past | None = None
        self._drawn: tuple[object, dict[str, Any]] | None = None
        self._set(settings)

    @property
    def settings(self) -> Settings:
        return self.served.world.settings

    @property
    def version(self) -> tuple[int, int, int]:
        return self.settled, self.since, self.rebuilt

    def rebuild(self, settings: Settings) -> None:
        """The same world under other settings: addresses, keys, clients, sign-ins and tokens stay."""
        self._past = past_of(self.served.world, self._past)
        self._set(settings)
        self.rebuilt += 1
        self.headings[:] = [f"From here on: {setting_name(settings)}"]

    def _set(self, settings: Settings) -> None:
        fresh = served(settings, self.base, past=self._past)
        fresh.trace = fresh.world.net.trace = self.trace
        self.served, self.requests = fresh, 0
        self.edge = Edge(fresh, log=self._arrived)  # any Host: what others cannot guess is the path

    def enroll(self, name: str, redirect_uri: str, secret: bool) -> Response:
        """A client by hand, by who runs this world, else as if it had registered itself; 404 in a design without authorization server."""
        issuer = self.served.world.issuer
        if not isinstance(issuer, AuthorizationServer):
            return json_response(404, {"error": "not_found", "error_description": "There is no authorization server in this design."})
        wanted = {"client_name": name, "redirect_uris": redirect_uri.split(), "grant_types": list(GRANTS if secret else FOR_PUBLIC)}
        return register(issuer.core, wanted | ({} if secret else {"token_endpoint_auth_method": "none"}), by_operator=True)

    def clear(self) -> None:
        """Show only what arrives from now on."""
        self.since = self.settled

    def seen(self) -> None:
        """Somebody looks at it or asks it."""
        self.used = self.clock.now()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        self.seen()
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            text = f"This world has answered {MOST_REQUESTS} requests. Change a switch or start over on the page Live to go on."
            await _refuse(send, 429, "too_many_requests", text)
            return
        while self.headings:
            self.trace.add(StepStarted, "", self.headings.pop())
        await self.edge(scope, receive, send)

    def _arrived(self, _: str) -> None:
        self.settled = self.trace.count

    @property
    def events(self) -> tuple[Event, ...]:
        """The finished events of the record since it was last cleared, as far as they are kept."""
        first, end = self.since, self.settled
        while True:
            try:
                return tuple(e for e in tuple(self.trace.recent) if first <= e.index < end)
            except RuntimeError:  # a request arrived just now
                continue


class Worlds:
    """All live worlds of this process, and the ASGI application in front of them.

    `mounted` is set where they can really be reached: not under every way to start the app.
    """

    def __init__(self, clock: WallClock, entropy: SystemEntropy, most: int = MOST_WORLDS, idle: int = IDLE) -> None:
        self.clock, self.entropy, self.most, self.idle = clock, entropy, most, idle
        self.mounted = False
        self._live: dict[str, Live] = {}
        self._lock = Lock()

    def open(self, origin: str, settings: Settings) -> Live:
        """A fresh world below this origin.  Raises Full."""
        with self._lock:
            self._forget()
            if len(self._live) >= self.most:
                raise Full(
                    f"All {self.most} worlds of this server are in use. One is free again {self.idle // 60} minutes after its last use."
                )
            allow_plain_http(origin)
            key = self.entropy.token("world", 18)
            self._live[key] = Live(key, origin, settings, self.clock)
            return self._live[key]

    def find(self, key: str) -> Live | None:
        """The world with this key, if it has not been forgotten."""
        with self._lock:
            self._forget()
            return self._live.get(key)

    def close(self, key: str) -> None:
        with self._lock:
            self._live.pop(key, None)

    def _forget(self) -> None:
        now = self.clock.now()
        for key in [k for k, live in self._live.items() if now - live.used > self.idle]:
            del self._live[key]

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1003})
            return
        named = _KEY.match(scope["path"])
        live = self.find(named[1]) if named else None
        if live is None:
            await _refuse(
                send, 404, "not_found", "There is no live world at this address, or it has been forgotten. The page Live opens one."
            )
        else:
            await live(scope, receive, send)


async def _refuse(send: Send, status: int, error: str, text: str) -> None:
    answer = json_response(status, {"error": error, "error_description": text})
    content = answer.body.encode()
    headers = [(k.lower().encode(), v.encode()) for k, v in (*answer.headers, ("access-control-allow-origin", "*"))]
    start: Message = {
        "type": "http.response.start",
        "status": status,
        "headers": [*headers, (b"content-length", str(len(content)).encode())],
    }
    await send(start)
    await send({"type": "http.response.body", "body": content})


# ---- what is shown


def document(live: Live) -> dict[str, Any] | None:
    """What the stepper shows of a world; None before the first request.  The same object until something is new.  NoRenderer."""
    version = live.version
    if live._drawn is None or live._drawn[0] != version:
        events = window(live.events)
        if not events:
            return None
        live._drawn = version, _drawn(as_run(live.served, events), version[0])
    return live._drawn[1]


def _drawn(run: Run, settled: int) -> dict[str, Any]:
    doc = stepper_document((run,))
    pane = doc["panes"][0]
    pane["steps"] = _steps(run)
    pane["verdict"] = {"word": "Live", "tone": "info", "sentence": _sentence(run, len(pane["steps"])), "detail": "", "at": None}
    return doc | {"follow": True, "settled": settled}


def _steps(run: Run) -> dict[str, Any]:
    """What each request came to, in a sentence."""
    answers = {e.exchange: e.response for e in of(run.events, Answered)}
    says = {e.step: f"{e.say}. " for e in of(run.events, StepStarted)}
    asked = [e for e in of(run.events, Sent) if e.sender in (BROWSER, CLIENT)]
    return {
        e.step: {"n": n, "of": len(asked), "say": says.get(e.step, "") + _told(e, answers.get(e.exchange)), "question": None}
        for n, e in enumerate(asked, 1)
    }


def _told(sent: Sent, answer: Response | None) -> str:
    result = f"{answer.status} {answer.error or ''}".rstrip() if answer is not None else "no answer"
    return f"{sent.sender} asks {title(sent.receiver)}: {clip(sent.request.method + ' ' + sent.request.path, 80)}, answered with {result}."


def _sentence(run: Run, asked: int) -> str:
    what = f"The latest {asked} requests" if asked >= SHOWN else f"{asked} requests" if asked > 1 else "1 request"
    return f"{what}, the last one at {clock_time(run.events[-1].time)[-8:]} UTC."


def window(events: tuple[Event, ...], most: int = SHOWN) -> tuple[Event, ...]:
    """The latest requests from outside with all that followed from them, as a record of its own: each request is a step."""
    starts = [i for i, e in enumerate(events) if isinstance(e, Sent) and e.sender == OUTSIDE]
    out: list[Event] = []
    for start, end in list(zip(starts, [*starts[1:], len(events)], strict=False))[-most:]:
        step, outside = _step(events[start]), _outside(events[start])
        if heading := _heading(events[:start]):
            out.append(replace(heading, step=step, index=len(out)))
        for event in events[start:end]:
            if not isinstance(event, StepStarted):
                out.append(_placed(event, len(out), step, outside))
    return tuple(out)


def _heading(before: tuple[Event, ...]) -> StepStarted | None:
    """What was announced since the latest request; something else may have arrived in between."""
    latest = next((e for e in reversed(before) if isinstance(e, StepStarted) or (isinstance(e, Sent) and e.sender == OUTSIDE)), None)
    return latest if isinstance(latest, StepStarted) else None


def _step(event: Event) -> str:
    return f"request-{event.exchange}" if isinstance(event, Sent) else ""


def _outside(event: Event) -> str:
    return BROWSER if isinstance(event, Sent) and event.channel == "front" else CLIENT


def _placed(event: Event, index: int, step: str, outside: str) -> Event:
    """The event in its place, with names that stay the same however the window moves."""
    event = replace(event, index=index, step=step)
    if isinstance(event, Sent | Answered):
        names = {OUTSIDE: outside}
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
    return Run(Case(story(), world.world.settings), parties, frozenset(), events, verdict, places=places)


def story() -> Scenario:
    """The scenario of whatever happens to happen."""
    return _LIVE


_LIVE = loads(_STORY, "live.yaml", "live")
