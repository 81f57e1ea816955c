"""Predicates over the trace: what the attacker has reached, what stopped her, and which expectations held.

Nothing here trusts a scenario: each predicate looks at messages that were really delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.wire import Request, Response, first, split
from sandbox.engine.case import Case
from sandbox.engine.knowledge import Knowledge, facts
from sandbox.engine.result import NOT_DENIED, Counters, Reached, Stop
from sandbox.language.document import Scenario
from sandbox.language.goals import Expect, Goal
from sandbox.protocol.cast import instances
from sandbox.protocol.trace import Answered, Checked, Consented, Event, Sent, SignedIn, StepSkipped, of
from sandbox.verbs.values import references
from sandbox.world.parties.people import people

GRACE = 60  # seconds after a kill from which a credential that still works counts as LATE


@dataclass
class Record:
    """A finished run as the predicates see it: its case, the attacker's parties, the events, and each step's outputs."""

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


# ---------------------------------------------------------------- goals


def reached(record: Record, goal: Goal) -> Reached:
    """Whether the trace shows this goal, at its step."""
    return Reached(goal.predicate.upper(), goal.what, goal.at, PREDICATES[goal.predicate](record, goal))


def answers(record: Record, step: str) -> Iterator[tuple[Sent, Answered]]:
    """The exchanges that were answered in a step."""
    sent = {e.exchange: e for e in of(record.events, Sent)}
    return ((sent[a.exchange], a) for a in of(record.events, Answered, step))


def _read(record: Record, goal: Goal) -> bool:
    """READ: the marker reached a party of hers in a 2xx answer, and its owner had not allowed this client to read."""
    return any(
        a.receiver in record.hers
        and a.response.ok
        and goal.read in values(a.response)
        and not consented(record, goal.read or "", a.receiver, "read", a.index)
        for _, a in answers(record, goal.at)
    )


def _write(record: Record, goal: Goal) -> bool:
    """WRITE: a request that changes the marked object, sent by a party of hers, was answered 2xx, and its owner had not allowed that."""
    return any(
        s.sender in record.hers
        and s.request.method != "GET"
        and a.response.ok
        and goal.write in values(a.response)
        and not consented(record, goal.write or "", s.sender, "write", a.index)
        for s, a in answers(record, goal.at)
    )


def consented(record: Record, marker: str, client: str, scope: str, before: int) -> bool:
    """Whether the marker's owner has, by then, said yes to this client and this scope on a consent page."""
    owner = marker.partition(":")[0]
    return any((e.user, e.client) == (owner, client) and scope in e.scope.split() for e in of(record.events, Consented) if e.index < before)


def _session(record: Record, goal: Goal) -> bool:
    """SESSION: a client took whoever uses this browser for this user."""
    wanted = goal.session
    return wanted is not None and any(
        (e.party, e.browser, e.user) == (wanted.client, wanted.browser, wanted.user) for e in of(record.events, SignedIn, goal.at)
    )


def _late(record: Record, goal: Goal) -> bool:
    """LATE: a credential from before the kill still got a 2xx, a minute or more after the kill was acknowledged."""
    killed = [a for _, a in answers(record, goal.late or "") if a.response.ok]
    if not killed:
        return False
    before = Knowledge().read(record.events, killed[-1].index)
    return any(
        s.sender in record.hers
        and a.response.ok
        and a.time >= killed[-1].time + GRACE
        and any(knows(before, record, c) for c in credentials(s.request))
        for s, a in answers(record, goal.at)
    )


def _credential(record: Record, goal: Goal) -> bool:
    """CRED: the request brought a person's password to a party of hers."""
    user = (goal.credential or "").partition(":")[0]
    return any(
        s.receiver in record.hers and first(s.request.form, "username") == user and first(s.request.form, "password")
        for s in of(record.events, Sent, goal.at)
    )


def _pii(record: Record, goal: Goal) -> bool:
    """PII: what the marker stands for was known, by the end of the step, to a party of hers that its owner had not allowed to see it."""
    last = max((e.index for e in record.step(goal.at)), default=-1)
    owner, _, what = (goal.pii or "").partition(":")
    user = people().users.get(owner)
    value = (user.value(what) if user else None) or goal.pii or ""
    knowledge = Knowledge().read(record.events, last + 1)
    scope = {"name": "profile"}.get(what, what)
    return any(knowledge.knows(party, value) and not consented(record, goal.pii or "", party, scope, last) for party in record.hers)


def _denied(record: Record, goal: Goal) -> bool:
    """DENIED: an honest request was refused, for good: what a client tries once more and gets is not denied."""
    last = last_exchange(record, goal.denied or "")
    return last is not None and last.receiver not in record.hers and last.response.status >= 400


def _ssrf(record: Record, goal: Goal) -> bool:
    """SSRF: an honest server sent a request to the address that she chose."""
    return any(s.sender not in record.hers and s.request.url == goal.ssrf for s in of(record.events, Sent, goal.at))


PREDICATES: dict[str, Callable[[Record, Goal], bool]] = {
    "read": _read,
    "write": _write,
    "session": _session,
    "late": _late,
    "credential": _credential,
    "pii": _pii,
    "denied": _denied,
    "ssrf": _ssrf,
}


def values(message: Request | Response) -> frozenset[str]:
    """All values in a message."""
    return frozenset(value for _, value in facts(message))


def knows(knowledge: Knowledge, record: Record, value: str) -> bool:
    """Whether a party under the attacker's control knows the value."""
    return any(knowledge.knows(party, value) for party in record.hers)


def credentials(request: Request) -> tuple[str, ...]:
    """What a request authorizes itself with: an access token, a refresh token, a code, a password."""
    credential = request.credential()
    token = credential[1] if credential and credential[0] in ("bearer", "dpop") else None
    found = (token, first(request.query, "access_token"), *(first(request.form, n) for n in ("refresh_token", "code", "password")))
    body = request.json
    told = body.get("password") if isinstance(body, dict) else None  # the login of the JWT profiles
    return tuple(v for v in (*found, told) if isinstance(v, str) and v)


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
            output = text.split(".")[1] if "." in text else ""
            if (
                name == step
                and output
                and weak.outputs.get(step, {}).get(output) is not None
                and record.outputs.get(step, {}).get(output) is None
            ):
                return output
    return ""


def _missed_goal(record: Record, weak: Record, step: str) -> str:
    """What the weak run reached in this step and this one does not, although nothing was refused."""
    for goal in record.scenario.goal:
        if goal.at == step and reached(weak, goal).reached and not reached(record, goal).reached:
            return NOT_DENIED if goal.denied else goal.what
    return ""


# ---------------------------------------------------------------- expectations


def last_exchange(record: Record, step: str) -> Answered | None:
    """The last answer in a step to its actor."""
    return last_answer(record.step(step))


def last_answer(events: Iterable[Event]) -> Answered | None:
    """The last answer among the events of a step: exchanges inside other exchanges, and images, do not count."""
    depth, last, images = 0, None, set()
    for event in events:
        if isinstance(event, Sent):
            depth += 1
            images |= {event.exchange} if event.request.header("sec-fetch-dest") == "image" else set()
        elif isinstance(event, Answered):
            depth -= 1
            last = event if depth == 0 and event.exchange not in images else last
    return last


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
        if event.receiver in apis and split(event.request.url).path != "/denylist":
            requests += 1
            sizes += [len(c) for c in credentials(event.request)]
        if event.sender in apis and event.request.path in ("/introspect", "/denylist", "/roles"):
            lookups += 1
    return Counters(max(sizes), requests, lookups, exchanges)
