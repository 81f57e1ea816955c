"""Judging a record: who won, who stopped her, and whether the honest flows still work.

Single predicates over one record are in `verdict.py`, the measuring of exposure is in `exposure.py`; here runs are compared with
other runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.core.memo import memo
from sandbox.engine import verdict
from sandbox.engine.case import Case
from sandbox.engine.exposure import exposure, is_short
from sandbox.engine.player import play
from sandbox.engine.result import NOT_DENIED, Reached, Stop, Verdict
from sandbox.engine.verdict import Record
from sandbox.language import library
from sandbox.language.document import Step
from sandbox.language.goals import Goal
from sandbox.protocol.cast import title
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered


def judge(record: Record) -> Verdict:
    """What the trace shows, in a word and a sentence."""
    if record.scenario.is_flow:
        return _judge_flow(record)
    goals = tuple(verdict.reached(record, goal) for goal in record.scenario.goal)
    won = {g.predicate for g in goals if g.reached}
    if won == {"DENIED"} and (broken := broken_controls(record)):
        return Verdict("breaks-service", f"An honest request is refused, and so is an honest flow: {broken[0]}.", goals)
    if won:
        return _judge_success(record, goals)
    weak = weak_record(record.case.own)
    stops = verdict.stops(record, weak)
    first = stops[0] if stops else None
    broken = broken_controls(record)
    if broken:
        return Verdict("breaks-service", f"The attack stops, but so does an honest flow: {broken[0]}.", goals, first, stops)
    return Verdict("blocked", _blocked(record, first), goals, first, stops)


def _blocked(record: Record, stop: Stop | None) -> str:
    """Who stopped her, at which step, and why."""
    if stop is None:
        return "The attacker does not get what she is after."
    if stop.missing == NOT_DENIED:
        return f"At the step “{named(stop.step)}” the honest request is answered."
    if not stop.check:
        return f"At the step “{named(stop.step)}” the attacker learns nothing."
    return f"{title(stop.party)} refused at the step “{named(stop.step)}”: {CHECKS[stop.check].sentence}"


def named(step: str) -> str:
    """A step's id as words."""
    return step.replace("_", " ")


def _judge_flow(record: Record) -> Verdict:
    failures = failed_expectations(record)
    skipped = [s.id for s in record.scenario.steps if record.skipped(s.id) and not s.optional]
    if not failures and not skipped:
        return Verdict("completed", "Everything went as it should.")
    step = next(s.id for s in record.scenario.steps if s.id in skipped or s.id in {f[0] for f in failures})
    stop = verdict.refusal(record, step)
    why = f" {title(stop.party)} refused: {CHECKS[stop.check].sentence}" if stop and stop.check else ""
    return Verdict("failed", f"The step “{named(step)}” did not go as it should.{why}", (), stop, (stop,) if stop else ())


def failed_expectations(record: Record) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The steps whose expectation does not hold, with the expected and the found values."""
    return [
        (step.id, verdict.wanted(step.expect), verdict.found(record, step.id, step.expect))
        for step in record.scenario.steps
        if step.expect is not None and not record.skipped(step.id) and not verdict.holds(record, step.id, step.expect)
    ]


def _judge_success(record: Record, goals: tuple[Reached, ...]) -> Verdict:
    """Succeeded, or limited where all that she has reached is a killed credential that soon dies."""
    won = [goal for goal, r in zip(record.scenario.goal, goals, strict=True) if r.reached]
    if all(goal.late for goal in won):
        seconds = exposure(record)
        if is_short(seconds):
            said = f"The credential still worked for {seconds} seconds after it was revoked."
            return Verdict("limited", said, goals, exposure=seconds)
        span = "for as long as anybody cares to wait" if seconds is None else f"for {_span(seconds)}"
        return Verdict("succeeded", f"The credential still worked {span} after it was revoked.", goals, exposure=seconds)
    return Verdict("succeeded", _won(won[0]), goals)


def _span(seconds: int) -> str:
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


WON = {
    "read": "{what} reached the attacker.",
    "write": "The attacker changed {what}.",
    "session": "{what}: the client believes it.",
    "late": "A revoked credential still works.",
    "credential": "{what} is in the attacker's hands.",
    "pii": "{what} is known to somebody who has no right to it.",
    "denied": "An honest request was refused.",
    "ssrf": "A server sent a request to {what}.",
}


def _won(goal: Goal) -> str:
    return WON[goal.predicate].format(what=goal.what)


def timed(verdict: Verdict, case: Case) -> Verdict:
    """The verdict of this case, with the exposure measured where the attack succeeds; it is limited if that is short.  What is
    stolen may stop working by itself, whatever the goal."""
    if verdict.word != "succeeded" or verdict.exposure is not None:
        return verdict
    seconds = exposure(play(case))
    if not is_short(seconds):
        return replace(verdict, exposure=seconds)
    return replace(verdict, word="limited", sentence=f"What was stolen worked for {seconds} seconds.", exposure=seconds)


@memo("run", 512)
def weak_record(own: Case) -> Record:
    """The run in the file's own setting, with which others are compared.  Do not change it."""
    return play(own)


# ---------------------------------------------------------------- does the service still work?


def broken_controls(record: Record) -> list[str]:
    """The honest things that work before a defence is added and fail with it: control steps of the file, and the control flows."""
    case, scenario = record.case, record.scenario
    base = case.under(_before(scenario.settings, case.settings))
    if case.settings == base.settings:
        return []
    weak = weak_record(base) if base == case.own else play(base)
    own = [s for s in scenario.steps if s.control and s.expect is not None and _works(weak, s) and not _works(record, s)]
    flows = broken_flows(base.settings, case.settings, case.seed)
    return [f"the step “{named(s.id)}” fails ({_failure(record, s)})" for s in own] + [
        f"{name} fails at “{named(step)}”" for name, step in flows
    ]


def broken_flows(before: Settings, after: Settings, seed: int = 0) -> list[tuple[str, str]]:
    """The steps of control flows that work in the settings before and fail in those after: the id of the flow, and that of the step."""
    worked, works = controls(before, seed), controls(after, seed)
    return [(flow, s) for flow, steps in worked.items() if flow in works for s, ok in steps.items() if ok and not works[flow].get(s)]


def _before(own: Settings, settings: Settings) -> Settings:
    """What these settings are compared with: the file's own, if they only add to it, else the bare profile."""
    adds = settings.profile == own.profile and own.at_least(dict(settings.changes)) == settings
    return own if adds else Settings.of(settings.profile)


def _works(record: Record, step: Step) -> bool:
    return step.expect is not None and not record.skipped(step.id) and verdict.holds(record, step.id, step.expect)


def _failure(record: Record, step: Step) -> str:
    skipped = record.skipped(step.id)
    if skipped is not None:
        return skipped.reason
    answer = verdict.last_exchange(record, step.id)
    return f"{answer.response.status} {answer.response.error or ''}".strip() if isinstance(answer, Answered) else "no answer"


@memo("run", 4096)
def controls(settings: Settings, seed: int = 0) -> dict[str, dict[str, bool]]:
    """Each control flow that these settings allow, with whether each of its expectations holds.  Do not change it."""
    out = {}
    for control in library.controls():
        if settings.lacks(control.needs) is None:
            record = play(Case(control, settings, seed))
            out[control.id] = {s.id: _works(record, s) for s in control.steps if s.expect is not None}
    return out
