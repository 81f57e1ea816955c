"""Are a scenario's claims true?  Each claim is compared with a real run.

A claim is true only by observation: the weak setting must fall to the attack, each defence alone must stop it at the step, by the
check and with the answer that the file names, each myth must leave it succeeding, and the honest flows must go on working.  What an
attack owes its learners is demanded, too: a question to answer first, and something that stops it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.core.text import clean
from sandbox.engine import judge, player, simulation, verdict
from sandbox.engine.case import Case
from sandbox.engine.player import NotLearned
from sandbox.engine.record import last_answer
from sandbox.engine.result import Run, Stop
from sandbox.language.document import Defence, Limit, Myth, Scenario, Stopped
from sandbox.language.reading import read
from sandbox.language.source import Source
from sandbox.protocol.trace import Event, Sent, StepStarted, of
from sandbox.studies import earlier


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a file says.  `found` is what happened instead, if `ok` is false; `cure` what to write, where that can be said."""

    scenario: str
    text: str
    ok: bool
    found: str = ""
    cure: str = ""


def check(scenario: Scenario, seed: int = 0) -> list[Claim]:
    """Try every claim of a scenario."""
    owed = [] if scenario.is_flow else list(_owed(scenario))
    try:
        return owed + list(_claims(Case.of(scenario, seed=seed)))
    except NotLearned as error:
        return [*owed, Claim(scenario.id, "the attacker uses only what she has learned", False, str(error))]


def _owed(scenario: Scenario) -> Iterator[Claim]:
    """What an attack must have, beside what no scenario can do without."""
    at = scenario.goal[0].at
    yield Claim(
        scenario.id,
        "a step asks what will happen",
        any(step.predict for step in scenario.steps),
        "no step has a `predict`",
        f"line {_line(scenario, at)}: add predict: {{question: ..., accepted: ..., refused: ...}} to a step of hers, such as `{at}`",
    )
    yield Claim(
        scenario.id,
        "something blocks it, or limits it",
        bool(scenario.blocked_by or scenario.limited_by),
        "there is neither `blocked_by` nor `limited_by`",
        "add blocked_by: with the switches that stop it, or limited_by: with those that end it soon",
    )


def _line(scenario: Scenario, step: str) -> int:
    """The line of the file on which a step begins."""
    node, _ = read(Source(scenario.id, scenario.source))
    return node.find(("steps", [s.id for s in scenario.steps].index(step)))[0]


def _claims(own: Case) -> Iterator[Claim]:
    scenario, run = own.scenario, simulation.run_case(own)
    if run.verdict.word == "not-applicable":
        yield Claim(scenario.id, "its own setting has what it needs", False, run.verdict.sentence)
        return
    again = simulation.run_case(own)
    yield Claim(scenario.id, "the same input gives the same trace", run.events == again.events, "two runs differ")
    yield from _expectations(own, "in its own setting")
    yield from _control_flows(own)
    if scenario.is_flow:
        completed = run.verdict.word == "completed"
        yield Claim(scenario.id, "the flow completes", completed, _found(run), "" if completed else earlier.cure(own))
        return
    cure = "" if all(goal.reached for goal in run.verdict.predicates) else earlier.cure(own)
    for goal in run.verdict.predicates:
        text = f"in its own setting: {goal.predicate} {goal.what} at {goal.at}"
        yield Claim(scenario.id, text, goal.reached, _found(run, goal.at), "" if goal.reached else cure)
    for defence in scenario.blocked_by:
        yield from _defence(own, defence)
    for limit in scenario.limited_by:
        yield from _limit(own, limit)
    for myth in scenario.myths:
        if myth.switches:
            yield from _myth(own, myth)


def _expectations(case: Case, where: str, until: str = "") -> Iterator[Claim]:
    """The `expect`s before the step `until` (all of them if it is ''); those of control steps hold everywhere."""
    record, over = player.play(case), False
    for step in case.scenario.steps:
        over = over or step.id == until
        if step.expect is None or (over and not step.control):
            continue
        skipped = record.skipped(step.id)
        want, found = verdict.wanted(step.expect), verdict.found(record, step.id, step.expect)
        text = skipped.reason if skipped else ", ".join(f"{k} {v}" for k, v in found.items())
        yield Claim(
            case.scenario.id,
            f"{where}: {step.id} gives {', '.join(f'{k} {v}' for k, v in want.items())}",
            skipped is None and want == found,
            text + _answer(record.events, step.id),
        )


def _control_flows(own: Case) -> Iterator[Claim]:
    if own.scenario.control:
        return
    results = judge.controls(own.settings, own.seed)
    failed = [f"{name}: {step}" for name, steps in results.items() for step, ok in steps.items() if not ok]
    yield Claim(own.scenario.id, f"{len(results)} honest flows can be tried in its own setting", bool(results), ", ".join(failed))


def _defence(own: Case, defence: Defence) -> Iterator[Claim]:
    named, scenario = f"{_named(defence.switches)} blocks", own.scenario
    run = simulation.run_case(own.at_least(defence.switches))
    yield Claim(scenario.id, named, run.verdict.word == "blocked", _found(run))
    if run.verdict.word != "blocked":
        return
    for place, first in ((defence, True), *((p, False) for p in defence.also)):
        yield _stopped(
            scenario, f"{named} at {place.at}" + (f" by {place.by}" if place.by else "") + f" with {place.answer}", place, run, first
        )
    yield from _expectations(run.case, f"with {_named(defence.switches)}", defence.at)


def _stopped(scenario: Scenario, text: str, place: Stopped, run: Run, first: bool) -> Claim:
    places = run.verdict.places
    stops = places[:1] if first else places
    ok = any((s.step, s.by or None, s.answer) == (place.at, place.by, place.answer) for s in stops)
    return Claim(scenario.id, text, ok, "; ".join(map(_place, places)) + _answer(run.events, place.at))


def _limit(own: Case, limit: Limit) -> Iterator[Claim]:
    scenario, record = own.scenario, player.play(own.at_least(limit.switches))
    text = f"{_named(limit.switches)} limits it to {limit.exposure} s"
    found = judge.timed(judge.judge(record), record.case)
    if found.word not in ("succeeded", "limited"):
        said = f"{found.word}: a defence, not a limit"
        yield Claim(scenario.id, text, False, said + _answer(record.events, _last_of(scenario)))
        return
    seconds = found.exposure
    said = ("for ever" if seconds is None else f"{seconds} s") + _answer(record.events, _last_of(scenario))
    yield Claim(scenario.id, text, seconds is not None and seconds <= limit.exposure, said)


def _myth(own: Case, myth: Myth) -> Iterator[Claim]:
    scenario, named = own.scenario, _named(myth.switches)
    run = simulation.run_case(own.at_least(myth.switches))
    if myth.outcome:
        yield Claim(scenario.id, f"{named} breaks the service", run.verdict.word == "breaks-service", _found(run))
        return
    yield Claim(scenario.id, f"{named} does not help", run.verdict.word in ("succeeded", "limited"), _found(run))
    yield from _expectations(run.case, f"with {named}")


def _named(switches: Mapping[str, str]) -> str:
    return " + ".join(name if name.isupper() else f"{name}={value}" for name, value in switches.items())


def _found(run: Run, step: str = "") -> str:
    """The verdict, and the last answer up to a step: '' is where it stopped, or the attacker's last goal."""
    stop = run.verdict.blocked_by
    at = step or (stop.step if stop else _last_of(run.scenario))
    return f"{run.verdict.word}: {_place(stop) if stop else run.verdict.sentence}{_answer(run.events, at)}"


def _place(stop: Stop) -> str:
    return f"at {stop.step}" + (f" by {stop.by}" if stop.by else "") + f" with {stop.answer}"


def _last_of(scenario: Scenario) -> str:
    """The step at which the last goal is reached, or the last step of a flow."""
    return scenario.goal[-1].at if scenario.goal else scenario.steps[-1].id


def _answer(events: tuple[Event, ...] | list[Event], until: str) -> str:
    """` (at use, PATCH /accounts/account-1 was answered 404)`: the last answer to whoever acted, in this step or before it."""
    steps = list(dict.fromkeys(e.step for e in of(events, StepStarted)))
    for step in reversed(steps[: steps.index(until) + 1] if until in steps else steps):
        last = last_answer(e for e in events if e.step == step)
        if last is not None:
            asked = next(e.request for e in of(events, Sent) if e.exchange == last.exchange)
            answer = f"{last.response.status} {last.response.error or ''}".rstrip()
            return clean(f" (at {step}, {asked.method} {asked.path or '/'} was answered {answer})")
    return " (nothing was answered)"
