"""Judging a record: who won, who stopped her, for how long she can go on, and whether the honest flows still do.

What one record shows is in `goals.py` and `verdict.py`; here runs are compared with other runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sandbox.core.memo import memo
from sandbox.core.text import plural
from sandbox.engine import verdict
from sandbox.engine.case import Case
from sandbox.engine.exposure import is_short, lasting
from sandbox.engine.goals import elsewhere, reached
from sandbox.engine.player import play
from sandbox.engine.record import Record, last_exchange
from sandbox.engine.result import NOT_DENIED, SILENT, Reached, Stop, Verdict, Word
from sandbox.language import library
from sandbox.language.document import Step
from sandbox.language.goals import Goal
from sandbox.protocol.cast import title
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered

UNTRIED = "; another was not tried."  # how the sentence of a stalled run ends


def judge(record: Record) -> Verdict:
    """What the trace shows, in a word and a sentence.

    In this order: a goal at its step; the same harm elsewhere in the run; an honest flow that fails with the attack; who stopped her.
    """
    if record.scenario.is_flow:
        return _judge_flow(record)
    goals = tuple(reached(record, goal) for goal in record.scenario.goal)
    won = [goal for goal, r in zip(record.scenario.goal, goals, strict=True) if r.reached]
    broken = tuple(broken_controls(record))
    if broken and won and all(goal.denied for goal in won):
        return Verdict("breaks-service", f"An honest request is refused, and so is an honest flow: {broken[0]}.", goals, broken=broken)
    if won:
        return _harmed(record, goals, won, broken)
    missed = [goal.model_copy(update={"at": step}) for goal in record.scenario.goal if (step := elsewhere(record, goal))]
    if missed:
        return _harmed_elsewhere(record, goals, missed, broken)
    stops = verdict.stops(record, weak_record(record.case.own))
    first = stops[0] if stops else verdict.last_refusal(record)
    if broken:
        return Verdict("breaks-service", f"The attack stops, but so does an honest flow: {broken[0]}.", goals, first, stops, broken=broken)
    if first is not None and (first.check or _claimed(record, first)):
        return Verdict("blocked", _blocked(first), goals, first, stops)
    return Verdict("stalled", _stalled(record, first), goals, first, stops)


# ---------------------------------------------------------------- she got something


def _harmed(record: Record, goals: tuple[Reached, ...], won: list[Goal], broken: tuple[str, ...]) -> Verdict:
    """Succeeded, or limited where all that she has reached is a killed credential that soon dies."""
    if not all(goal.late for goal in won):
        return Verdict("succeeded", _won(won[0]), goals, broken=broken)
    found = lasting(record, won)
    said = f"The {found.credential} still worked {span(found.seconds)} after access was ended."
    word: Word = "limited" if is_short(found.seconds) else "succeeded"
    return Verdict(word, said, goals, exposure=found.seconds, credential=found.credential, broken=broken)


def _harmed_elsewhere(record: Record, goals: tuple[Reached, ...], got: list[Goal], broken: tuple[str, ...]) -> Verdict:
    """What she was after was reached at another step than the file names: limited if it soon ends, succeeded if it does not."""
    stops = verdict.stops(record, weak_record(record.case.own))
    found = lasting(record, got)
    seconds = found.seconds
    lasts = f"The {found.credential} that she held worked {span(seconds)}."
    said = f"{_won(got[0]).removesuffix('.')}, at the step “{named(got[0].at)}”. {lasts}"
    first = stops[0] if stops else None
    return Verdict("limited" if is_short(seconds) else "succeeded", said, goals, first, stops, seconds, broken, found.credential)


WON = {
    "read": "{what} reached the attacker.",
    "write": "The attacker changed {what}.",
    "session": "{client} takes whoever sits at {browser} for {user}.",
    "late": "A revoked credential still works.",
    "credential": "{what} is in the attacker's hands.",
    "pii": "{what} is known to somebody who has no right to it.",
    "denied": "An honest request was refused.",
    "ssrf": "A server sent a request to {what}.",
}


def _won(goal: Goal) -> str:
    names = {name: title(getattr(goal.session, name)) for name in ("client", "browser", "user")} if goal.session else {}
    return WON[goal.predicate].format(what=goal.what, **names)


def timed(verdict: Verdict, case: Case) -> Verdict:
    """The verdict of this case, with the exposure measured where the attack succeeds; it is limited if that is short.  What is
    stolen may stop working by itself, whatever the goal."""
    if verdict.word != "succeeded" or verdict.exposure is not None:
        return verdict
    found = lasting(play(case))
    verdict = replace(verdict, exposure=found.seconds, credential=found.credential)
    if not is_short(found.seconds):
        return verdict
    return replace(verdict, word="limited", sentence=f"The stolen {found.credential} worked {span(found.seconds)}.")


def span(seconds: int | None) -> str:
    """`for 2 days`, `for 299 seconds`; None is said as for ever."""
    if seconds is None:
        return "for as long as anybody cares to wait"
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if not is_short(seconds) and seconds >= 2 * size:
            return f"for {plural(seconds // size, unit)}"
    return f"for {plural(seconds, 'second')}"


# ---------------------------------------------------------------- she got nothing


def _claimed(record: Record, stop: Stop) -> bool:
    """Whether the file says that a defence makes somebody give nothing at this step, and the defence is in force."""
    case = record.case
    return any(
        place.at == stop.step and place.answer == stop.answer and case.settings.at_least(defence.switches) == case.settings
        for defence in record.scenario.blocked_by
        for place in (defence, *defence.also)
        if place.answer in SILENT
    )


def _blocked(stop: Stop) -> str:
    """Who stopped her, at which step, and why."""
    if stop.missing == NOT_DENIED:
        return f"At the step “{named(stop.step)}” the honest request is answered."
    if not stop.check:
        return f"At the step “{named(stop.step)}” the attacker learns nothing."
    return f"{title(stop.party)} refused at the step “{named(stop.step)}”: {CHECKS[stop.check].sentence}"


def _stalled(record: Record, stop: Stop | None) -> str:
    """Where the script cannot go on, although nobody refused."""
    skipped = next((s for step in record.scenario.steps if not step.optional and (s := record.skipped(step.id))), None)
    if stop is not None and stop.missing == NOT_DENIED:
        why = f"at the step “{named(stop.step)}” the honest request is answered"
    elif stop is not None:
        why = f"the step “{named(stop.step)}” gives nothing here"
    elif skipped is not None:
        why = f"the step “{named(skipped.step)}” cannot be taken without {skipped.missing}" if skipped.missing else named(skipped.step)
    else:
        why = "the goal is not reached, and nobody refused anything"
    return f"This way is closed here ({why}){UNTRIED}"


def named(step: str) -> str:
    """A step's id as words."""
    return step.replace("_", " ")


def _judge_flow(record: Record) -> Verdict:
    """Completed if every step was taken, every expectation holds, and nobody was refused whom the file does not want refused."""
    failures = {f[0] for f in failed_expectations(record)} | set(unexpected_refusals(record))
    failures |= {s.id for s in record.scenario.steps if record.skipped(s.id) and not s.optional}
    if not failures:
        return Verdict("completed", "Everything went as it should.")
    step = next(s.id for s in record.scenario.steps if s.id in failures)
    stop = verdict.refusal(record, step)
    why = f" {title(stop.party)} refused: {CHECKS[stop.check].sentence}" if stop and stop.check else ""
    return Verdict("failed", f"The step “{named(step)}” did not go as it should.{why}", (), stop, (stop,) if stop else ())


def unexpected_refusals(record: Record) -> Iterator[str]:
    """The steps of which the file expects nothing, and that end in a refusal, or in a page that shows an error."""
    for step in record.scenario.steps:
        last = last_exchange(record, step.id)
        refused = last is not None and (last.response.status >= 400 or last.response.error is not None)
        if step.expect is None and (refused or record.pages.get(step.id) == "error"):
            yield step.id


def failed_expectations(record: Record) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The steps whose expectation does not hold, with what was wanted and what was found."""
    return [
        (step.id, verdict.wanted(step.expect), verdict.found(record, step.id, step.expect))
        for step in record.scenario.steps
        if step.expect is not None and not record.skipped(step.id) and not verdict.holds(record, step.id, step.expect)
    ]


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
        f"“{library.get(name).title.removeprefix('Control: ')}” fails at “{named(step)}”" for name, step in flows
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
    answer = last_exchange(record, step.id)
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
