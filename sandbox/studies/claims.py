"""Are a scenario's claims true?  Each claim is compared with a real run.

A claim is true only by observation: the weak setting must fall to the attack, each defence alone must stop it at the step, by the
check and with the answer that the file names, each myth must leave it succeeding, and the honest flows must go on working.  What an
attack owes its learners is demanded, too: a question to answer first, and something that stops it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sandbox.core.text import clean, plural
from sandbox.engine import judge, player, simulation, verdict
from sandbox.engine.case import Case
from sandbox.engine.exposure import is_short
from sandbox.engine.player import NotLearned
from sandbox.engine.record import last_answer
from sandbox.engine.result import Run, Stop
from sandbox.language import library
from sandbox.language.document import Defence, Limit, Myth, Scenario, Step, Stopped
from sandbox.language.reading import read
from sandbox.language.source import Source
from sandbox.protocol.trace import Event, Sent, StepStarted, of
from sandbox.studies import asking, earlier


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
    owed = [*_leads_back(scenario), *([] if scenario.is_flow else _owed(scenario))]
    try:
        return owed + list(_claims(Case.of(scenario, seed=seed)))
    except NotLearned as error:
        return [*owed, Claim(scenario.id, "the attacker uses only what she has learned", False, str(error))]


def _leads_back(scenario: Scenario) -> Iterator[Claim]:
    """Whether a learner can begin somewhere: what comes before a scenario must not come after it, too."""
    for number, first in enumerate(scenario.after):
        chain = library.before(first)
        yield Claim(
            scenario.id,
            f"{first} can be learned first",
            scenario.id not in chain,
            f"{first} comes after {scenario.id} itself",
            f"line {_line_of(scenario, 'after', number)}: remove `{first}`",
        )


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
    return _line_of(scenario, "steps", [s.id for s in scenario.steps].index(step))


def _line_of(scenario: Scenario, *path: str | int) -> int:
    return read(Source(scenario.id, scenario.source))[0].find(path)[0]


def _claims(own: Case) -> Iterator[Claim]:
    scenario, run = own.scenario, simulation.run_case(own)
    if run.verdict.word == "not-applicable":
        yield Claim(scenario.id, "its own setting has what it needs", False, run.verdict.sentence)
        return
    again = simulation.run_case(own)
    yield Claim(scenario.id, "the same input gives the same trace", run.events == again.events, "two runs differ")
    yield from _expectations(own, "in its own setting")
    yield from _questions(own)
    yield from _control_flows(own)
    if scenario.is_flow:
        completed = run.verdict.word == "completed"
        yield Claim(scenario.id, "the flow completes", completed, _found(run), "" if completed else earlier.cure(own))
        return
    cure = "" if all(goal.reached for goal in run.verdict.predicates) else earlier.cure(own)
    for goal in run.verdict.predicates:
        text = f"in its own setting: {goal.predicate} {goal.what} at {goal.at}"
        yield Claim(scenario.id, text, goal.reached, _found(run, goal.at), "" if goal.reached else cure)
    told = all(goal.reached for goal in run.verdict.predicates)
    for claim in _about_switches(own):
        yield claim if told else replace(claim, cure="")  # where the story itself goes wrong, the rest is looked at afterwards


def _about_switches(own: Case) -> Iterator[Claim]:
    """The claims about defences, limits and beliefs."""
    for number, defence in enumerate(own.scenario.blocked_by):
        yield from _defence(own, defence, number)
    for number, limit in enumerate(own.scenario.limited_by):
        yield from _limit(own, limit, number)
    for number, myth in enumerate(own.scenario.myths):
        if myth.switches:
            yield from _myth(own, myth, number)


WANTED = {
    "stops": "exactly one of `stops` blocks it",
    "refuses": "the one who refuses is among `refuses`",
    "knows": "some of `knows` are known by then, and some are not",
    "order": "each message of `order` is sent",
}


def _questions(own: Case) -> Iterator[Claim]:
    """Whether the questions of the steps have a right answer."""
    for index, step in enumerate(own.scenario.steps):
        if step.predict is not None and step.predict.about is not None:
            here = [e.message for e in of(simulation.run_case(own).events, Sent, step.id)]
            yield Claim(
                own.scenario.id,
                f"at {step.id}: the request of `about` is sent",
                step.predict.about in here,
                f"there is {', '.join(here) or 'none'}",
                f"line {_line_of(own.scenario, 'steps', index, 'predict', 'about')}: name a request of this step",
            )
        for number, ask in enumerate(step.ask):
            found = asking.right(own, step.id, ask)
            given = ", ".join(str(n + 1) for n in found) or "none"
            yield Claim(
                own.scenario.id,
                f"at {step.id}: {WANTED[ask.kind]}",
                asking.askable(ask, found),
                f"right would be {given}",
                f"line {_line_of(own.scenario, 'steps', index, 'ask', number)}: change the answers of this question",
            )


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
        ok = skipped is None and want == found
        yield Claim(
            case.scenario.id,
            f"{where}: {step.id} gives {', '.join(f'{k} {v}' for k, v in want.items())}",
            ok,
            text + _answer(record.events, step.id),
            "" if ok or skipped else _expected(case.scenario, step, found),
        )


def _expected(scenario: Scenario, step: Step, found: Mapping[str, Any]) -> str:
    """What an expectation would have to say, and where."""
    line = _line_of(scenario, "steps", [s.id for s in scenario.steps].index(step.id), "expect")
    now = ", ".join(f"{k}: {v}" for k, v in found.items() if v is not None)
    since = "; after 0.1.0 servers redirect with 303 after a POST" if found.get("status") == 303 else ""
    return f"line {line}: write `expect: {{{now}}}` if that is right{since}"


def _control_flows(own: Case) -> Iterator[Claim]:
    if own.scenario.control:
        return
    results = judge.controls(own.settings, own.seed)
    failed = [f"{name}: {step}" for name, steps in results.items() for step, ok in steps.items() if not ok]
    yield Claim(own.scenario.id, f"{plural(len(results), 'honest flow')} can be tried in its own setting", bool(results), ", ".join(failed))


def _defence(own: Case, defence: Defence, number: int) -> Iterator[Claim]:
    named, scenario = f"{_named(defence.switches)} blocks", own.scenario
    run = simulation.run_case(own.at_least(defence.switches))
    cure = "" if run.verdict.word == "blocked" else _instead(own, defence, number, run)
    yield Claim(scenario.id, named, run.verdict.word == "blocked", _found(run), cure)
    if run.verdict.word != "blocked":
        return
    for place, first in ((defence, True), *((p, False) for p in defence.also)):
        yield _stopped(
            scenario, f"{named} at {place.at}" + (f" by {place.by}" if place.by else "") + f" with {place.answer}", place, run, first
        )
    yield from _expectations(run.case, f"with {_named(defence.switches)}", defence.at)


def _instead(own: Case, defence: Defence, number: int, run: Run) -> str:
    """What to write about a defence that does not block."""
    at = f"line {_line_of(own.scenario, 'blocked_by', number, 'switches')}"
    backed = {**defence.switches, "client.bff": "on"}
    if run.verdict.word == "breaks-service" and simulation.run_case(own.at_least(backed)).verdict.word == "blocked":
        return f"{at}: add `client.bff: on`; after 0.1.0 a page without a backend has no certificate, and cannot do all that a backend can"
    if run.verdict.word == "limited":
        return f"{at}: write it under `limited_by`, with `window: {run.verdict.exposure}`; after 0.1.0 what she gets before counts"
    if run.verdict.word == "breaks-service":
        return f"{at}: add what the honest flows need with it, or write it under `myths` with `outcome: breaks-service`"
    return f"{at}: remove it, or write it under `myths`"


def _stopped(scenario: Scenario, text: str, place: Stopped, run: Run, first: bool) -> Claim:
    places = run.verdict.places
    stops = places[:1] if first else places
    ok = any((s.step, s.by or None, s.answer) == (place.at, place.by, place.answer) for s in stops)
    return Claim(scenario.id, text, ok, "; ".join(map(_place, places)) + _answer(run.events, place.at))


def _limit(own: Case, limit: Limit, number: int) -> Iterator[Claim]:
    scenario, record = own.scenario, player.play(own.at_least(limit.switches))
    text = f"{_named(limit.switches)} limits it to {limit.exposure} s"
    found, at = judge.timed(judge.judge(record), record.case), f"line {_line_of(scenario, 'limited_by', number, 'switches')}"
    if found.word not in ("succeeded", "limited"):
        said = f"{found.word}: a defence, not a limit"
        cure = f"{at}: write it under `blocked_by`" if found.word == "blocked" else f"{at}: remove it"
        yield Claim(scenario.id, text, False, said + _answer(record.events, _last_of(scenario)), cure)
        return
    seconds = found.exposure
    said = ("for ever" if seconds is None else f"{seconds} s") + _answer(record.events, _last_of(scenario))
    ok = seconds is not None and seconds <= limit.exposure
    since = "after 0.1.0 what can be renewed is not limited by the life of an access token"
    cure = f"{at}: write `window: {seconds}`" if seconds is not None and is_short(seconds) else f"{at}: write it under `myths`; {since}"
    yield Claim(scenario.id, text, ok, said, "" if ok else cure)


def _myth(own: Case, myth: Myth, number: int) -> Iterator[Claim]:
    scenario, named = own.scenario, _named(myth.switches)
    run = simulation.run_case(own.at_least(myth.switches))
    if myth.outcome:
        yield Claim(scenario.id, f"{named} breaks the service", run.verdict.word == "breaks-service", _found(run))
        return
    ok, line = run.verdict.word in ("succeeded", "limited"), f"line {_line_of(scenario, 'myths', number, 'switches')}"
    instead = {"blocked": "write it under `blocked_by`: it helps", "breaks-service": "add `outcome: breaks-service`"}
    cure = "" if ok else f"{line}: {instead.get(run.verdict.word, 'remove it')}"
    yield Claim(scenario.id, f"{named} does not help", ok, _found(run), cure)
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
