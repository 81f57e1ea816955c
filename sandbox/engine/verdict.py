"""What a record shows beside the goals: what stopped the attacker, which expectations held, and what the run cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.core.wire import split
from sandbox.engine.goals import credentials, reached
from sandbox.engine.record import Record, last_exchange
from sandbox.engine.references import part_of
from sandbox.engine.result import NOT_DENIED, Counters, Stop
from sandbox.language.goals import Expect
from sandbox.protocol.cast import instances
from sandbox.protocol.trace import Answered, Checked, Sent, of
from sandbox.verbs.values import references

# ---------------------------------------------------------------- what stopped her


def refusal(record: Record, step: str, weak: Record | None = None) -> Stop | None:
    """The first check in this step that failed for good (and did not in the weak run): whose, and with which answer."""
    known = set() if weak is None else {(c.party, c.check) for c in _final_failures(weak, step)}
    for check in _final_failures(record, step):
        if (check.party, check.check) not in known:
            answer = next((a for a in of(record.events, Answered, step) if a.index > check.index and a.sender == check.party), None)
            if answer is None:
                return Stop(step, check.party, check.check)
            return Stop(step, check.party, check.check, answer.response.status, answer.response.error)
    return None


def last_refusal(record: Record) -> Stop | None:
    """The last step of the attack that was refused for good: what to name where the run goes no worse than the weak one."""
    steps = (s.id for s in reversed(record.scenario.steps) if not s.control)
    return next((stop for step in steps if (stop := refusal(record, step))), None)


def _final_failures(record: Record, step: str) -> Iterator[Checked]:
    """Failed checks whose party did not say yes later in the same step (a client may try again in another way)."""
    events = record.step(step)
    for event in events:
        if isinstance(event, Checked) and event.outcome == "fail":
            later = (e for e in events if isinstance(e, Answered) and e.index > event.index and e.sender == event.party)
            if not any(a.response.status < 400 and a.response.error is None for a in later):  # a redirect may carry a refusal
                yield event


def stops(record: Record, weak: Record) -> tuple[Stop, ...]:
    """Where this run goes worse for her than the weak one, in order: refused, or nothing learned that a later step needs."""
    found = []
    for step in record.scenario.steps:
        if step.control or record.skipped(step.id):
            continue
        stop = refusal(record, step.id, weak)
        missing = _missing_output(record, weak, step.id) or _missed_goal(record, weak, step.id)
        if stop or missing:
            found.append(stop or Stop(step.id, missing=missing))
    return tuple(found)


def _missing_output(record: Record, weak: Record, step: str) -> str:
    """An output of this step that the weak run had, that a later step asks for, and that is not there."""
    for later in record.scenario.steps:
        for name, _, text in references(later.args):
            parts = text.split(".")[1:]
            if name == step and parts and _output(weak, step, parts) is not None and _output(record, step, parts) is None:
                return parts[0]
    return ""


def _output(record: Record, step: str, parts: list[str]) -> Any:
    """What `$step.part.part` stands for in this record; None if there is nothing."""
    value: Any = record.outputs.get(step)
    for part in parts:
        value = part_of(value, part)
    return value


def _missed_goal(record: Record, weak: Record, step: str) -> str:
    """What the weak run reached in this step and this one does not, although nothing was refused."""
    for goal in record.scenario.goal:
        if goal.at == step and reached(weak, goal).reached and not reached(record, goal).reached:
            return NOT_DENIED if goal.denied else goal.what
    return ""


# ---------------------------------------------------------------- expectations


def holds(record: Record, step: str, expect: Expect) -> bool:
    """Whether a step's expectation is what the trace shows."""
    return found(record, step, expect) == wanted(expect)


def wanted(expect: Expect) -> dict[str, Any]:
    """The expectation as a map without what it leaves open."""
    return {k: v for k, v in (("status", expect.status), ("error", expect.error), ("page", expect.page)) if v is not None}


def found(record: Record, step: str, expect: Expect) -> dict[str, Any]:
    """The same keys with what happened."""
    answer = last_exchange(record, step)
    actual = {
        "status": answer.response.status if answer else None,
        "error": answer.response.error if answer else None,
        "page": record.pages.get(step),
    }
    return {k: actual[k] for k in wanted(expect)}


# ---------------------------------------------------------------- numbers


def counters(record: Record, apis: frozenset[str]) -> Counters:
    """Bytes of the largest access token, API requests, and the state lookups that APIs made for them."""
    sizes, requests, lookups, exchanges, gateways = [0], 0, 0, 0, instances("gw")
    for event in of(record.events, Sent):
        exchanges += 1
        if event.receiver in gateways:
            sizes += [len(c) for c in credentials(event.request)]
        asks_leave = event.request.method == "OPTIONS"  # a browser's question before a page's request
        if event.receiver in apis and split(event.request.url).path != "/denylist" and not asks_leave:
            requests += 1
            sizes += [len(c) for c in credentials(event.request)]
        if event.sender in apis and event.request.path in ("/introspect", "/denylist", "/roles"):
            lookups += 1
    return Counters(max(sizes), requests, lookups, exchanges)
