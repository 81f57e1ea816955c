"""Whether a step has reached a goal: a cheap look at its events first, then the predicate of the engine decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sandbox.attacker.question import Question, Target
from sandbox.engine import goals
from sandbox.engine.player import Stage
from sandbox.protocol.trace import Answered, Event, Issued, Learned, Sent, SignedIn, StepSkipped
from sandbox.world.parties.people import people


class Goals:
    """Looks for the targets of one question."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.hers = question.case.hers
        self.people = people()

    def reached(self, stage: Stage, targets: Iterable[Target], step: str, start: int) -> Iterator[Target]:
        """The targets that the step reaches whose events begin at `start`."""
        new = stage.world.net.trace.events[start:]
        if not targets or any(type(e) is StepSkipped for e in new):
            return
        arrived = list(self._arrived(new))
        for target in list(targets):
            if self._worth_asking(target, stage, step, new, arrived) and goals.shown(stage.record, target.at(step), step):
                yield target

    def _worth_asking(self, target: Target, stage: Stage, step: str, new: list[Event], arrived: list[str]) -> bool:
        goal = target.goal
        if goal.read or goal.write:
            if goal.after is not None and goal.after not in stage.record.outputs:
                return False  # until then it is her right
            return any(target.what in text for text in arrived)
        if goal.session:
            return any(isinstance(e, SignedIn) for e in new)
        if goal.late:
            return goal.late in stage.record.outputs and step != goal.late and self._is_of_what_ended(goal.late, stage, new)
        if goal.denied:
            return goal.denied == step
        if goal.pii:
            return any(isinstance(e, Learned) or getattr(e, "receiver", "") in self.hers for e in new) and self._knows(goal.pii, stage)
        if goal.credential:
            return any(isinstance(e, Sent) and e.receiver in self.hers for e in new)
        if goal.ssrf:
            return any(isinstance(e, Sent) and e.request.url == goal.ssrf for e in new)
        return True

    def _arrived(self, new: list[Event]) -> Iterator[str]:
        """The texts that reached a party of hers: bodies, and addresses."""
        for event in new:
            if isinstance(event, Answered) and event.receiver in self.hers and event.response.ok:
                yield event.response.body
            elif isinstance(event, Sent) and event.receiver in self.hers:
                yield from (event.request.body, event.request.url)

    def _is_of_what_ended(self, kill: str, stage: Stage, new: list[Event]) -> bool:
        """Whether she used a credential of the access that was ended: Budget's token has nothing to do with the app's log-out."""
        user, client = self.question.ended(kill)
        sent = [e for e in new if isinstance(e, Sent) and e.sender in self.hers]
        used = {c for e in sent for c in goals.credentials(e.request)}
        used |= {c for e in sent if client in ("", e.receiver) for c in e.request.cookies.values()}
        if not used:
            return False
        issued = {e.value: e for e in stage.record.events if isinstance(e, Issued)}
        of = [issued[c] for c in used if c in issued]
        unknown = used - set(issued)  # a password, a cookie, or what somebody has made
        return bool(unknown) or any(e.user == user and (not client or e.client in ("", client)) for e in of)

    def _knows(self, marker: str, stage: Stage) -> bool:
        owner, _, what = marker.partition(":")
        person, known = self.people.users.get(owner), stage.knowledge
        value = (person.value(what) if person else None) or marker
        return known is not None and known.known_to(self.hers, value)
