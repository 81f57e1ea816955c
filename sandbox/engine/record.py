"""The record of a finished run, as those see it who judge: events by step, exchanges, and the last answer of a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sandbox.engine.case import Case
from sandbox.language.document import Scenario
from sandbox.protocol.trace import Answered, Event, Sent, StepSkipped, of


@dataclass
class Record:
    """A finished run as the predicates see it: its case, the attacker's parties, the events, and each step's outputs."""

    SHARES: ClassVar = ("events", "outputs", "pages")
    case: Case
    hers: frozenset[str]
    events: list[Event]
    outputs: dict[str, dict[str, Any]]
    pages: dict[str, str | None] = field(default_factory=dict)

    @property
    def scenario(self) -> Scenario:
        return self.case.scenario

    def step(self, step: str) -> list[Event]:
        return [e for e in self.events if e.step == step]

    def skipped(self, step: str) -> StepSkipped | None:
        return next(of(self.events, StepSkipped, step), None)


def answers(record: Record, step: str) -> Iterator[tuple[Sent, Answered]]:
    """The exchanges that were answered in a step."""
    sent = {e.exchange: e for e in of(record.events, Sent)}
    return ((sent[a.exchange], a) for a in of(record.events, Answered, step))


def last_exchange(record: Record, step: str) -> Answered | None:
    """The last answer in a step to its actor."""
    return last_answer(record.step(step))


def last_answer(events: Iterable[Event]) -> Answered | None:
    """The last answer among the events of a step: exchanges inside other exchanges, and images, do not count."""
    depth, last, images = 0, None, set[int]()
    for event in events:
        if isinstance(event, Sent):
            depth += 1
            images |= {event.exchange} if event.request.header("sec-fetch-dest") == "image" else set()
        elif isinstance(event, Answered):
            depth -= 1
            last = event if depth == 0 and event.exchange not in images else last
    return last
