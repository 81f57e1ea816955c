"""Exposure: for how many seconds a stolen or revoked credential still works, found by waiting longer and longer."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sandbox.core.clock import clock_times
from sandbox.engine import verdict
from sandbox.engine.knowledge import Knowledge
from sandbox.engine.player import Stage
from sandbox.engine.verdict import Record
from sandbox.language.goals import Goal
from sandbox.protocol.trace import Checked, of

HORIZON = 400 * 86400  # seconds; whatever still works after this is taken to work for ever
LIMITED = 900  # seconds: with an exposure of at most this an attack is `limited`, not `succeeded`


def exposure(record: Record) -> int | None:
    """The longest exposure among the goals that were reached, in seconds; None if one of them can be reached for ever."""
    reached = [goal for goal in record.scenario.goal if verdict.reached(record, goal).reached]
    measured = [exposure_of(record, goal) for goal in reached]
    known = [seconds for seconds in measured if seconds is not None]
    return max(known, default=None) if len(known) == len(measured) else None


def exposure_of(record: Record, goal: Goal) -> int | None:
    """For how many seconds, from the kill or from the theft, this goal can still be reached; None if for ever."""
    before = Stage.opened(record.case).go_on(goal.at)

    def works(seconds: int) -> bool:
        return verdict.reached(before.after(seconds).go_on().record, goal).reached

    start = begin(record, goal)
    end = max((a.time for _, a in verdict.answers(record, goal.at)), default=None)
    under_way = (p.due - before.world.net.clock.now() - 1 for p in before.world.net.parcels)
    more = last_second(works, (*under_way, *deadlines(record, goal.at)))
    return None if more is None or start is None or end is None else end - start + more


def is_short(seconds: int | None) -> bool:
    """Whether an exposure is so short that the attack counts as limited."""
    return seconds is not None and seconds <= LIMITED


def begin(record: Record, goal: Goal) -> int | None:
    """When the exposure of this goal begins: at the kill for LATE, else when she first knew the credential that she uses."""
    if goal.late:
        return next((a.time for _, a in verdict.answers(record, goal.late) if a.response.ok), None)
    for s, _ in verdict.answers(record, goal.at):
        if s.sender in record.hers and (used := verdict.credentials(s.request)):
            known = (f for party in record.hers for f in Knowledge().read(record.events).of(party) if f.value in used)
            return min((record.events[f.at].time for f in known), default=None)
    return None


def deadlines(record: Record, step: str) -> tuple[int, ...]:
    """How many seconds later than in this step each moment is that its checks speak of: where the step is likely to begin to fail."""
    times = ((c.time, t) for c in of(record.events, Checked, step) for t in clock_times(f"{c.expected} {c.found}"))
    return tuple(dict.fromkeys(t - now - 1 for now, t in times if t > now))


# ---------------------------------------------------------------- the search


def last_second(works: Callable[[int], bool], guesses: Iterable[int] = (), horizon: int = HORIZON) -> int | None:
    """The largest number of seconds for which `works` is true, or None if it is true at the horizon.

    `works(0)` must be true, and once it is false it must stay false.  A good guess saves most of the search, a bad one costs one
    try: nothing is believed that was not tried, at that second and at the one after it.
    """
    good, bad = 0, horizon + 1
    for guess in guesses:
        if good < guess < bad:
            good, bad = _narrowed(works, good, bad, guess)
            good, bad = _narrowed(works, good, bad, guess + 1) if good == guess else (good, bad)
    step = 60
    while bad - good > 1:
        middle = min(good + step, bad - 1) if bad > horizon else (good + bad) // 2
        good, bad = _narrowed(works, good, bad, middle)
        step *= 4
    return good if bad <= horizon else None


def _narrowed(works: Callable[[int], bool], good: int, bad: int, middle: int) -> tuple[int, int]:
    return (middle, bad) if works(middle) else (good, middle)
