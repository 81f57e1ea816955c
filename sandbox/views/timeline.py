"""The numbered moments of a run: what the diagram, the stepper, `--step` and the reports count and name in the same way.

A moment is a request, an answer, a group of checks, something a party did or took for itself, a wait, or a step not taken.
Moments share out the whole trace: each event belongs to exactly one.  Nothing here draws, and nothing here judges.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sandbox.engine.result import Run
from sandbox.protocol.cast import CAST
from sandbox.protocol.trace import (
    Answered,
    Channel,
    Checked,
    Event,
    Issued,
    Learned,
    Noted,
    Outcome,
    Sent,
    SignedIn,
    StateChanged,
    StepSkipped,
    StepStarted,
    TimePassed,
    of,
)
from sandbox.views.labels import answer_detail, answer_title, checks_title, clip, duration, listed, request_detail, request_title
from sandbox.world.network import NOWHERE

Kind = Literal["request", "answer", "checks", "local", "taken", "time", "skipped"]
LEFT_OUT = "Left out"
SILENT = StateChanged | Issued  # events that are part of a moment, and none by themselves


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment.  `first` and `last` are positions of events in the trace, both inclusive; `n` counts from 1.

    `id` stays the same when settings or other messages change.  `about` is the exchange that a message or a check belongs to.
    """

    n: int
    id: str
    step: str
    kind: Kind
    sender: str
    receiver: str
    title: str
    detail: str
    channel: Channel | Literal[""]
    attack: bool
    blocked: bool
    edited: bool
    first: int
    last: int
    time: int
    about: int | None = None
    outcome: Outcome | Literal[""] = ""  # of checks: failed if one failed, skipped if none was performed

    @property
    def local(self) -> bool:
        """Whether nothing goes from one party to another."""
        return self.sender == self.receiver


def moments(run: Run) -> tuple[Moment, ...]:
    """All moments of the run, in order."""
    groups = _groups(run)
    reader = _Reader(run)
    seen: Counter[str] = Counter()
    out: list[Moment] = []
    for n, group in enumerate(groups, 1):
        last = groups[n][0].index - 1 if n < len(groups) else len(run.events) - 1
        made = reader.moment(group)
        if made.kind not in ("request", "answer"):  # messages are numbered by the network
            seen[made.id] += 1
            made = replace(made, id=f"{made.id}#{seen[made.id]}")
        out.append(replace(made, n=n, last=last))
    return tuple(out)


def note(event: Noted | SignedIn) -> str:
    """What the party did, in words."""
    return event.text if isinstance(event, Noted) else f"signs {event.user} in on {event.browser}"


def _fruitless(run: Run, step: str) -> bool:
    """Whether nothing of what the attacker is after in this step was reached: not refused, but not there either."""
    sought = [p.reached for p in run.verdict.predicates if p.at == step and p.predicate != "DENIED"]
    return bool(sought) and not any(sought)


def refused_in(run: Run, step: str) -> bool:
    """Whether anything in this scenario step was refused or missing, or the step could not be taken: the right answer to its question."""
    if (
        any(of(run.events, StepSkipped, step))
        or any(s.step == step and s.answer == "nothing learned" for s in run.verdict.stops)
        or _fruitless(run, step)
    ):
        return True
    if any(e.response.status >= 400 or e.response.error for e in of(run.events, Answered, step)):
        return True
    handled = _handling(run.events)
    return any(e.outcome == "fail" and handled[e.index] is None for e in of(run.events, Checked, step))


def decisive(run: Run) -> int | None:
    """The number of the moment that decided the verdict; None if nothing happened at all."""
    every = moments(run)
    stop, verdict = run.verdict.blocked_by, run.verdict
    if not every:
        return None
    if stop is not None:
        return _stopped_at(run, every, stop.step, stop.party, stop.check).n
    reached = [r.at for r in verdict.predicates if r.reached]
    if verdict.word in ("succeeded", "limited") and reached:
        return _last_of(every, reached[-1]).n
    return every[-1].n


def _stopped_at(run: Run, every: Sequence[Moment], step: str, party: str, check: str) -> Moment:
    here = [m for m in every if m.step == step]
    for m in here:
        for e in run.events[m.first : m.last + 1]:
            if isinstance(e, Checked) and e.party == party and e.check == check and e.outcome == "fail":
                return m
    skipped = [m for m in here if m.kind == "skipped"]
    return (skipped or here or list(every))[-1]


def _last_of(every: Sequence[Moment], step: str) -> Moment:
    here = [m for m in every if m.step == step]
    answers = [m for m in here if m.kind in ("answer", "taken")]
    return (answers or here or list(every))[-1]


# ---------------------------------------------------------------- which events belong together


def _groups(run: Run) -> list[list[Event]]:
    """The trace cut into moments.  A new step opens a group, which the step's first own event then joins."""
    groups: list[list[Event]] = []
    for event in run.events:
        if groups and _joins(groups[-1], event):
            groups[-1].append(event)
        else:
            groups.append([event])
    return groups


def _joins(group: list[Event], event: Event) -> bool:
    if isinstance(event, StepStarted):
        return False
    if isinstance(event, SILENT) or all(isinstance(e, StepStarted | SILENT) for e in group):
        return True
    last = next(e for e in reversed(group) if not isinstance(e, SILENT))
    if isinstance(event, Checked):
        return isinstance(last, Checked) and last.party == event.party
    if isinstance(event, Learned | Noted | SignedIn) and isinstance(last, Learned | Noted | SignedIn):
        return last.party == event.party and _source(last) == _source(event)
    return False


def _source(event: Learned | Noted | SignedIn) -> str:
    return event.source if isinstance(event, Learned) else ""


def _handling(events: Sequence[Event]) -> dict[int, int | None]:
    """For each Checked event, the exchange that its party was handling."""
    open_: list[Sent] = []
    out: dict[int, int | None] = {}
    for e in events:
        if isinstance(e, Sent):
            open_.append(e)
        elif isinstance(e, Answered):
            open_ = [s for s in open_ if s.exchange != e.exchange]
        elif isinstance(e, Checked):
            out[e.index] = next((s.exchange for s in reversed(open_) if s.receiver in (e.party, NOWHERE)), None)
    return out


# ---------------------------------------------------------------- one group of events -> one moment


class _Reader:
    """Knows the whole run, so that it can tell what became of one request."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.sent = {e.exchange: e for e in of(run.events, Sent)}
        self.answered = {e.exchange: e for e in of(run.events, Answered)}
        self.handling = _handling(run.events)
        self.actor = {e.step: e.do.partition(".")[0] for e in of(run.events, StepStarted)}
        failed = (e for e in of(run.events, Checked) if e.outcome == "fail")
        self.failing = {self.handling[e.index] for e in failed}

    def moment(self, group: list[Event]) -> Moment:
        """The moment of these events, with neither number nor occurrence yet."""
        told = [e for e in group if not isinstance(e, StepStarted | SILENT)]
        if not told:
            return self._silent(group)
        return replace(self._told(told), first=group[0].index)

    def _told(self, told: list[Event]) -> Moment:
        match told[0]:
            case Sent() as e:
                return self._request(e)
            case Answered() as e:
                return self._answer(e)
            case Checked():
                return self._checks([e for e in told if isinstance(e, Checked)])
            case TimePassed() as e:
                verb = "passes" if duration(e.seconds).startswith("1 ") else "pass"
                return self._make(e, "time", "clock", "clock", f"{duration(e.seconds)} {verb}")
            case StepSkipped() as e:
                who = self.actor.get(e.step, "")
                return self._make(e, "skipped", who, who, f"Not possible without {e.missing}" if e.missing else LEFT_OUT, e.reason)
            case _:
                return self._own([e for e in told if isinstance(e, Learned | Noted | SignedIn)])

    def _make(self, event: Event, kind: Kind, sender: str, receiver: str, title: str, detail: str = "", name: str = "") -> Moment:
        who = sender if sender == receiver else f"{sender}>{receiver}"
        id_ = f"{event.step}/{who}:{name or kind}"
        mine = self._hers(sender, event.step) if kind != "answer" else self._hers(receiver, event.step) or self._always(sender)
        attack = mine and kind not in ("checks", "time", "skipped")
        return Moment(0, id_, event.step, kind, sender, receiver, title, detail, "", attack, False, False, event.index, 0, event.time)

    def _always(self, party: str) -> bool:
        return party in CAST and CAST[party].hers

    def _hers(self, party: str, step: str) -> bool:
        """A machine that she merely controls is honest in the steps that others drive."""
        return self._always(party) or (party in self.run.hers and self.actor.get(step) in self.run.hers)

    def _refused(self, exchange: int | None) -> bool:
        answer = None if exchange is None else self.answered.get(exchange)
        return answer is not None and (answer.response.status >= 400 or answer.response.error is not None)

    def _request(self, e: Sent) -> Moment:
        made = self._make(e, "request", e.sender, e.receiver, request_title(e.request), request_detail(e.request))
        stopped = e.exchange in self.failing and self._refused(e.exchange)
        blocked = stopped and (made.attack or self.run.verdict.word == "blocked")
        return replace(made, id=e.message, channel=e.channel, blocked=blocked, edited=e.edited, about=e.exchange)

    def _answer(self, e: Answered) -> Moment:
        made = self._make(e, "answer", e.sender, e.receiver, answer_title(e.response), answer_detail(e.response))
        return replace(made, id=e.message, channel=e.channel, edited=e.edited, about=e.exchange)

    def _checks(self, told: list[Checked]) -> Moment:
        e = told[0]
        failed = [c for c in told if c.outcome == "fail"]
        exchange = self.handling[e.index]
        ignored = bool(failed) and exchange in self.answered and not self._refused(exchange)
        detail = f"expected {_short(failed[0].expected)}, found {_short(failed[0].found)}" if failed else ""
        outcome: Outcome = "fail" if failed else "pass" if any(c.outcome == "pass" for c in told) else "skipped"
        made = self._make(e, "checks", e.party, e.party, checks_title(told, ignored), detail)
        return replace(made, about=exchange, outcome=outcome)

    def _own(self, told: list[Learned | Noted | SignedIn]) -> Moment:
        e = told[0]
        names = list(dict.fromkeys(t.name for t in told if isinstance(t, Learned)))
        notes = [note(t) for t in told if not isinstance(t, Learned)]
        victim = self._victim(e)
        if victim:
            return replace(self._make(e, "taken", victim, e.party, f"takes {listed(names)}", _source(e)), attack=True)
        title = f"makes {', '.join(names)}" if names else notes[0]
        values = "  ".join(f"{t.name}={clip(t.value)}" for t in told if isinstance(t, Learned))
        detail = "; ".join(notes if names else notes[1:]) or values
        return self._make(e, "local", e.party, e.party, title, detail)

    def _victim(self, event: Learned | Noted | SignedIn) -> str:
        """Whose log, history or storage the attacker read; '' if she made the value herself."""
        source = _source(event)
        if event.party not in self.run.hers or not source:
            return ""
        words = re.findall(r"\w+", source)
        return next((w for w in words if w in self.run.parties and w != event.party), "")

    def _silent(self, group: list[Event]) -> Moment:
        """A step that left no event but a changed state."""
        e = group[0]
        do = e.do if isinstance(e, StepStarted) else ""
        who, _, verb = do.partition(".")
        changed = next((s.party for s in group if isinstance(s, StateChanged)), who)
        return self._make(e, "local", who or changed, who or changed, verb.replace("_", " ") or "changes its state")


def _short(text: str) -> str:
    return clip(text.removeprefix("https://"), 48) or "nothing"
