"""How long the attacker can go on: the exposure of a goal, in seconds, measured in forks of its run in which more time passes.

Two things are tried.  The script as it is, with a wait before the step of the goal; and, where the harm comes of credentials, what
anybody would do who holds them after the last step: use the newest, and renew while it can be renewed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.core.clock import clock_times
from sandbox.core.wire import Request
from sandbox.engine.goals import credential_owners, credentials, hers_in, owner, shown, values
from sandbox.engine.knowledge import Knowledge
from sandbox.engine.player import Stage
from sandbox.engine.record import Record, answers
from sandbox.engine.waiting import HORIZON, last_second
from sandbox.language.goals import Goal
from sandbox.protocol.cast import CAST
from sandbox.protocol.trace import Answered, Checked, Issued, of
from sandbox.verbs import clients, redeeming
from sandbox.verbs.verb import Missing

LIMITED = 900  # seconds: with an exposure of at most this an attack is `limited`, not `succeeded`
CREDENTIAL = "credential"  # of which no kind is known
HOP = 7 * 86400  # seconds: how often somebody who wants to keep access renews it; shorter than any idle limit of a refresh token


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a goal can be reached, in seconds (None for as long as anybody waits), and what works for so long: `refresh token`."""

    seconds: int | None
    credential: str = CREDENTIAL


def lasting(record: Record, goals: Iterable[Goal] | None = None) -> Lasting:
    """The longest exposure among these goals, and the credential that lasts so long.  `goals` None: those reached at their steps."""
    found = [lasting_of(record, g) for g in (_reached(record) if goals is None else goals)]
    forever = next((f for f in found if f.seconds is None), None)
    return forever or max(found, key=lambda f: f.seconds or 0, default=Lasting(None))


def exposure(record: Record, goals: Iterable[Goal] | None = None) -> int | None:
    """The longest exposure among these goals, in seconds; None if one of them can be reached for as long as anybody waits."""
    return lasting(record, goals).seconds


def lasting_of(record: Record, goal: Goal) -> Lasting:
    """For how many seconds, from the kill or from the theft, this goal can still be reached, and with which credential."""
    start, end = begin(record, goal), max((a.time for _, a in answers(record, goal.at)), default=None)
    if start is None or end is None:
        return Lasting(None)
    scripted, used = put_off(record, goal), used_at(record, goal)
    if scripted is None:
        return Lasting(None, used)
    renewed = _renewed(record, goal)
    if renewed is None:
        return Lasting(end - start + scripted, used)
    more = renewed.last()
    if more is None:
        return Lasting(None, renewed.credential(HORIZON))
    whole = renewed.clock - start + more
    return Lasting(whole, renewed.credential(more)) if whole > end - start + scripted else Lasting(end - start + scripted, used)


def used_at(record: Record, goal: Goal) -> str:
    """The kind of credential with which she reaches a goal at its step: `access token`."""
    kinds = {e.value: e.kind for e in of(record.events, Issued)}
    used = (kinds[c] for s, _ in hers_in(record, goal.at) for c in credentials(s.request) if c in kinds)
    return next(used, CREDENTIAL).replace("_", " ")


def is_short(seconds: int | None) -> bool:
    """Whether an exposure is so short that the attack counts as limited."""
    return seconds is not None and seconds <= LIMITED


def begin(record: Record, goal: Goal) -> int | None:
    """When the exposure of a goal begins: at the kill for LATE, else when she first held a credential of the victim's for that client."""
    if goal.late:
        return next((a.time for _, a in answers(record, goal.late) if a.response.status < 400), None)
    for s, _ in hers_in(record, goal.at):
        if used := credentials(s.request):
            issued = {e.value: (e.user, e.client) for e in of(record.events, Issued)}
            family = {v for v, of_whom in issued.items() if of_whom in {issued.get(u) for u in used}} | set(used)
            known = (f for party in record.hers for f in Knowledge().read(record.events).of(party) if f.value in family)
            return min((record.events[f.at].time for f in known), default=None)
    return None


def deadlines(record: Record, step: str) -> tuple[int, ...]:
    """How many seconds later than in this step each moment is that its checks speak of: where the step is likely to begin to fail."""
    times = ((c.time, t) for c in of(record.events, Checked, step) for t in clock_times(f"{c.expected} {c.found}"))
    return tuple(dict.fromkeys(t - now - 1 for now, t in times if t > now))


def _reached(record: Record) -> list[Goal]:
    return [goal for goal in record.scenario.goal if shown(record, goal, goal.at)]


def put_off(record: Record, goal: Goal) -> int | None:
    """How many seconds longer than in the script the goal's step can be put off, and the goal still be reached."""
    before = Stage.opened(record.case).go_on(goal.at)

    def works(seconds: int) -> bool:
        return shown(before.after(seconds).go_on().record, goal, goal.at)

    under_way = (p.due - before.world.net.clock.now() - 1 for p in before.world.net.parcels)
    return last_second(works, (*under_way, *deadlines(record, goal.at)))


# ---------------------------------------------------------------- renewing


@dataclass
class Hoard:
    """What she holds of the victim's in one fork: access tokens and refresh tokens (each with the client it was issued to, '' where the
    design knows none), newest last."""

    stage: Stage
    access: list[str]
    refresh: list[tuple[str, str]]

    def renew(self) -> bool:
        """Trade the newest refresh token that still works for new tokens."""
        for value, client in reversed(self.refresh):
            args = redeeming.Redeem.model_validate({"client": client or "app", "refresh_token": value})
            try:
                given = redeeming.redeem(self.stage.world, self.stage.world.attacker.name, args)
            except Missing:
                continue
            if isinstance(given["access_token"], str):
                self.access.append(given["access_token"])
                self.refresh.append((given["refresh_token"], client))
                return True
        return False

    def fork(self) -> Hoard:
        return Hoard(self.stage.after(0), list(self.access), list(self.refresh))


class Renewal:
    """What she can do after the last step with the credentials that she holds, for the sake of one goal."""

    def __init__(self, record: Record, goal: Goal, like: Request) -> None:
        self.goal, self.like = goal, like
        stage, knowledge, victim = Stage.opened(record.case).go_on(), Knowledge().read(record.events), owner(record, goal)
        held = [e for e in of(record.events, Issued) if e.user == victim and knowledge.known_to(record.hers, e.value)]
        access = [e.value for e in held if e.kind == "access_token"]
        refresh = [(e.value, e.client) for e in held if e.kind == "refresh_token" and (e.client in CAST or not e.client)]
        self.hoard, self.clock = Hoard(stage, access, refresh), stage.world.net.clock.now()

    def works(self, seconds: int) -> bool:
        """Whether she reaches the goal again after so many seconds, renewing on the way where she can."""
        return self._try(self.hoard.fork(), seconds)

    def last(self) -> int | None:
        """The longest that she can wait and reach the goal again; None if for as long as anybody waits.  `works(0)` must be true."""
        soon, late = self.hoard.fork(), self.hoard.fork()
        self._try(soon, 0)
        if self._try(late, HORIZON):
            return None
        step = soon.stage.world.net.trace.step
        return last_second(self.works, (*self._missed(late), *deadlines(soon.stage.record, step)))

    def _missed(self, late: Hoard) -> tuple[int, ...]:
        """After how many seconds each moment was that a check speaks of which failed when it was too late."""
        checks = (c for c in of(late.stage.record.events, Checked) if c.outcome == "fail" and c.time > self.clock)
        times = (t - self.clock - 1 for c in checks for t in clock_times(f"{c.expected} {c.found}") if self.clock < t < c.time)
        return tuple(dict.fromkeys(times))

    def credential(self, seconds: int) -> str:
        """What makes it work after so many seconds: the refresh token, if it does not work without one."""
        bare = self.hoard.fork()
        bare.refresh.clear()
        return "access token" if self._try(bare, seconds) else "refresh token"

    def _try(self, hoard: Hoard, seconds: int) -> bool:
        left = seconds
        while left > 0:
            hop = min(left, HOP) if hoard.refresh else left
            hoard.stage.world.net.wait(hop)
            left -= hop
            if left and not hoard.renew():
                hoard.refresh.clear()
        if any(self._reaches(hoard.stage, token) for token in reversed(hoard.access)):
            return True
        if not hoard.renew():
            return False
        return self.goal.late is not None or self._reaches(hoard.stage, hoard.access[-1])

    def _reaches(self, stage: Stage, token: str) -> bool:
        """Whether the request with which the goal was reached reaches it with this token."""
        trace, api = stage.world.net.trace, _asked(self.like)
        if not api:
            return False
        start = len(trace.events)
        args = clients.CallApi.model_validate({"api": api, "path": self.like.path, "method": self.like.method, "token": token})
        clients.call_api(stage.world, stage.world.attacker.name, args)
        answer = next(of(list(reversed(trace.events[start:])), Answered), None)
        return answer is not None and answer.response.ok and (self.goal.late is not None or self.goal.read in values(answer.response))


def _renewed(record: Record, goal: Goal) -> Renewal | None:
    """Where the goal was reached with a credential that was issued to its victim: what she can do with it later, if anything."""
    if goal.read is None and goal.late is None:
        return None
    owners = credential_owners(record)
    asked = (s.request for s, answer in hers_in(record, goal.at) if answer.ok)
    like = next((r for r in asked if any(owners.get(c) == owner(record, goal) for c in credentials(r))), None)
    renewal = Renewal(record, goal, like) if like is not None else None
    return renewal if renewal is not None and renewal.works(0) else None


def _asked(request: Request) -> str:
    """The API that a request was for, or '' if it was for none."""
    return next((m.name for m in CAST.values() if m.kind == "api" and m.host == request.origin), "")
