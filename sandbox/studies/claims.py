"""Are a scenario's claims true?  Each claim is tried in a real run and compared with what is found.

A claim is true only by observation: the weak setting must fall to the attack, each defence alone must stop it at the step, by the
check and with the answer that the file names, each myth must leave it succeeding, and the honest flows must go on working.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.engine import judge, player, simulation, verdict
from sandbox.engine.case import Case
from sandbox.engine.player import NotLearned
from sandbox.engine.result import Run, Stop
from sandbox.language.document import Defence, Limit, Myth, Scenario, Stopped
from sandbox.protocol.checks import CHECKS


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a file says.  `found` is what happened instead, if `ok` is false."""

    scenario: str
    text: str
    ok: bool
    found: str = ""


def check(scenario: Scenario, seed: int = 0) -> list[Claim]:
    """Try every claim of a scenario."""
    try:
        return list(_claims(Case.of(scenario, seed=seed)))
    except NotLearned as error:
        return [Claim(scenario.id, "the attacker uses only what she has learned", False, str(error))]


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
        yield Claim(scenario.id, "the flow completes", run.verdict.word == "completed", run.verdict.sentence)
        return
    for goal in run.verdict.predicates:
        yield Claim(scenario.id, f"in its own setting: {goal.predicate} {goal.what} at {goal.at}", goal.reached, _found(run))
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
            text,
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
    if place.by and place.by.partition(".")[2] not in CHECKS:
        return Claim(scenario.id, text, False, f"there is no check {place.by.partition('.')[2]}")
    stops = run.verdict.stops[:1] if first else run.verdict.stops
    ok = any((s.step, s.by or None, s.answer) == (place.at, place.by, place.answer) for s in stops)
    return Claim(scenario.id, text, ok, "; ".join(_place(s) for s in run.verdict.stops) or "nothing stopped her")


def _limit(own: Case, limit: Limit) -> Iterator[Claim]:
    scenario, record = own.scenario, player.play(own.at_least(limit.switches))
    text = f"{_named(limit.switches)} limits it to {limit.window} s"
    if not any(verdict.reached(record, goal).reached for goal in scenario.goal):
        yield Claim(scenario.id, text, False, "it does not succeed at all: a defence, not a limit")
        return
    longest = judge.lifetime(record)
    yield Claim(scenario.id, text, longest is not None and longest <= limit.window, "for ever" if longest is None else f"{longest} s")


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


def _found(run: Run) -> str:
    stop = run.verdict.blocked_by
    return run.verdict.word + (f": {_place(stop)}" if stop else f": {run.verdict.sentence}")


def _place(stop: Stop) -> str:
    return f"at {stop.step}" + (f" by {stop.by}" if stop.by else "") + f" with {stop.answer}"
