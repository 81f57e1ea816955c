"""The record of a run: an append-only list of frozen events.  Everything that is shown is computed from it.

No party reads the trace; it is written by the network, the parties and the engine, and read by all that shows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import takewhile
from typing import Any, Literal, TypeVar

from sandbox.core.wire import Request, Response

Channel = Literal["front", "back", "internal"]
Outcome = Literal["pass", "fail", "skipped"]


@dataclass(frozen=True, slots=True)
class Event:
    """Position in the trace, virtual time in seconds since 1970, and the id of the scenario step it belongs to."""

    index: int
    time: int
    step: str


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    """The scenario's next step begins."""

    do: str
    say: str


@dataclass(frozen=True, slots=True)
class StepSkipped(Event):
    """The step was not taken.  `missing` names the value that the actor does not have ('' if `optional`)."""

    missing: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sent(Event):
    """A request has left `sender` for `receiver`.  `message` is its id, the same whatever was edited."""

    exchange: int
    message: str
    sender: str
    receiver: str
    channel: Channel
    request: Request
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """The answer to exchange number `exchange`: from `sender` (who was asked) to `receiver` (who asked)."""

    exchange: int
    message: str
    sender: str
    receiver: str
    channel: Channel
    response: Response
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Checked(Event):
    """`party` evaluated one check of checks.py, or says that its setting does not perform it."""

    party: str
    check: str
    outcome: Outcome
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Learned(Event):
    """`party` has this value without a message: it made it itself, or a capability of the attacker yielded it."""

    party: str
    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """Something `party` did that no message shows."""

    party: str
    text: str


@dataclass(frozen=True, slots=True)
class Issued(Event):
    """`party` has issued a credential of this kind (access_token, refresh_token, code) to `client`, to act for `user`.

    The truth about a credential, for those who judge; no party of the simulation sees it.
    """

    party: str
    kind: str
    value: str
    user: str
    client: str


@dataclass(frozen=True, slots=True)
class SignedIn(Event):
    """`party`, a client, now takes the person at `browser` for `user`; '' if it does not know whose `credential` it holds."""

    party: str
    browser: str
    user: str
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Consented(Noted):
    """`user` was told by `party`, an authorization server, what `client` wants, and has said yes to this scope."""

    user: str
    client: str
    scope: str


@dataclass(frozen=True, slots=True)
class TimePassed(Event):
    """The clock was moved by the scenario."""

    seconds: int


@dataclass(frozen=True, slots=True)
class StateChanged(Event):
    """What changed in the state `party` shows: key and new value; None means the entry is gone."""

    party: str
    entries: tuple[tuple[str, str | None], ...]


E = TypeVar("E", bound=Event)


class Trace:
    """Append-only list of events.  `step` and `now` are stamped on each; `states=False` leaves out StateChanged."""

    SHARES = ("events",)

    def __init__(self, now: int = 0, states: bool = True) -> None:
        self.events: list[Event] = []
        self.step = ""
        self.now = now
        self.states = states
        self.exchanges = 0
        self._shown: dict[str, dict[str, str]] = {}

    def add(self, kind: type[E], *values: Any, **named: Any) -> E:
        """Append an event of this kind; index, time and step are filled in."""
        event = kind(len(self.events), self.now, self.step, *values, **named)
        self.events.append(event)
        return event

    def state(self, party: str, state: dict[str, str]) -> None:
        """Record how the party's shown state differs from the last time."""
        if not self.states:
            return
        old = self._shown.get(party, {})
        if state == old:
            return
        changed = [(k, v) for k, v in state.items() if old.get(k) != v]
        gone = [(k, None) for k in old if k not in state]
        self._shown[party] = dict(state)
        self.add(StateChanged, party, (*changed, *gone))


class RecentTrace(Trace):
    """A trace that keeps only its last `size` events, for worlds that go on and on.  An event's index still counts from the start."""

    def __init__(self, now: int = 0, size: int = 5000) -> None:
        super().__init__(now, states=False)
        self.recent: deque[Event] = deque(maxlen=size)
        self.count = 0

    def add(self, kind: type[E], *values: Any, **named: Any) -> E:
        event = kind(self.count, self.now, self.step, *values, **named)
        self.count += 1
        self.recent.append(event)
        return event

    def since(self, index: int) -> list[Event]:
        """The events from this index on, as far as they are kept."""
        return list(takewhile(lambda event: event.index >= index, reversed(self.recent)))[::-1]


def of(events: tuple[Event, ...] | list[Event], kind: type[E], step: str | None = None) -> Iterator[E]:
    """The events of one kind, in order, of one scenario step if `step` is given."""
    return (e for e in events if isinstance(e, kind) and (step is None or e.step == step))


def as_json(event: Event) -> dict[str, Any]:
    """One event as plain JSON data; `type` is the lower-case name of its class."""
    out: dict[str, Any] = {"type": type(event).__name__.lower()}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, Request):
            value = {"method": value.method, "url": value.url, "headers": [list(h) for h in value.headers], "body": value.body} | (
                {"certificate": value.certificate} if value.certificate else {}
            )
        elif isinstance(value, Response):
            value = {"status": value.status, "headers": [list(h) for h in value.headers], "body": value.body}
        elif isinstance(value, tuple):
            value = [list(v) for v in value]
        out[field.name] = value
    return out
