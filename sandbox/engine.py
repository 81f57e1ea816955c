"""`run(scenario, settings, edits, seed) -> Run`: take a scenario's steps in a fresh world, and judge the trace.

A pure function: the same input gives the same trace, byte for byte.  `check.py` asks whether a file's claims are true.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from sandbox import library, verdict
from sandbox.cast import CAST, instances, title
from sandbox.certificates import certificate
from sandbox.checks import CHECKS
from sandbox.edits import Edit, Unfit
from sandbox.entropy import KeyType
from sandbox.exposure import longest
from sandbox.grammar import REFERENCE, Goal
from sandbox.knowledge import Knowledge, facts
from sandbox.parties.browser import Browser
from sandbox.run import NOT_DENIED, Counters, Reached, Run, Stop, Verdict
from sandbox.scenario import Scenario, Step
from sandbox.switches import Settings
from sandbox.tokens import NotAJwt, decode, key_for, sha256
from sandbox.trace import Answered, Sent, StepSkipped, StepStarted, of
from sandbox.verbs import FUNCTIONS, Missing
from sandbox.verdict import Record
from sandbox.wire import Request, Response, pairs, split
from sandbox.world import World, build, claim

LIMITED = 900  # seconds: a credential that dies this soon after its kill is `limited`, not `succeeded`
SHORTEST = 8  # characters; shorter values need not have been learned, they can be guessed


class NotLearned(Exception):
    """In its own setting a scenario lets the attacker use a value that she has not learned: the file is wrong.

    `step` and `value` say where: the id of the step, and the reference as it is written there.
    """

    def __init__(self, message: str, step: str = "", value: str = "") -> None:
        super().__init__(message)
        self.step, self.value = step, value


def run(scenario: Scenario, settings: Settings | None = None, edits: tuple[Edit, ...] = (), seed: int = 0) -> Run:
    """Run a scenario; `settings` None means the file's own.  Raises NotLearned if the file itself does not hold together."""
    settings = settings or scenario.settings
    lacking = settings.lacks(scenario.needs)
    if lacking is not None:
        idle = tuple((edit, "nothing is sent in this run") for edit in edits)
        return Run(scenario, settings, edits, seed, (), hers_of(scenario), (), Verdict("not-applicable", lacking.without), unfit=idle)
    stage = Stage.opened(scenario, settings, seed, edits, states=True).go_on()
    record = stage.record
    return Run(
        scenario, settings, edits, seed, _in_order(record), record.hers, tuple(record.events),
        judge(record, settings, seed, edits), counters(record), unfit=(*stage.world.net.unfit, *_unsent(record, edits)),
    )  # fmt: skip


def _unsent(record: Record, edits: tuple[Edit, ...]) -> Iterator[Unfit]:
    """The edits of messages that this run does not have."""
    sent = {e.message for e in record.events if isinstance(e, Sent | Answered)}
    return ((edit, "this message is not sent in this run") for edit in edits if edit.message not in sent)


def hers_of(scenario: Scenario) -> frozenset[str]:
    """The parties under the attacker's control in this scenario."""
    return frozenset(name for name in CAST if scenario.is_hers(name))


def counters(record: Record) -> Counters:
    return verdict.counters(record, frozenset(instances("rs")))


def _in_order(record: Record) -> tuple[str, ...]:
    """Those who took part: browsers, clients, issuers, APIs, and the attacker's machine last."""
    seen = {p for e in of(record.events, Sent) for p in (e.sender, e.receiver)}
    seen |= {p for e in record.events if (p := getattr(e, "party", ""))}
    rank = {"person": 0, "browser": 1, "malware": 1, "client": 2, "gateway": 3, "server": 4, "api": 5, "attacker": 6, "clock": 7}
    known = sorted((p for p in seen if p in CAST), key=lambda p: (rank[CAST[p].kind], list(CAST).index(p)))
    return (*known, *sorted(p for p in seen if p not in CAST))


# ---------------------------------------------------------------- playing the steps


def play(scenario: Scenario, settings: Settings, seed: int = 0, edits: tuple[Edit, ...] = (), states: bool = False) -> Record:
    """Take all steps."""
    return Stage.opened(scenario, settings, seed, edits, states).go_on().record


@dataclass
class Stage:
    """A world in which a scenario is being played.  `next`: the number of the step that comes next."""

    scenario: Scenario
    settings: Settings
    world: World
    outputs: dict[str, dict[str, Any]]
    record: Record
    knowledge: Knowledge | None = None
    next: int = 0

    @classmethod
    def opened(cls, scenario: Scenario, settings: Settings, seed: int = 0, edits: tuple[Edit, ...] = (), states: bool = False) -> Stage:
        """A fresh world, before the first step."""
        world = build(settings, seed, states, edits)
        for client in scenario.attacker.claims if scenario.attacker else ():
            claim(world, client)
        for zone in scenario.attacker.reaches if scenario.attacker else ():
            world.net.admit(zone, *hers_of(scenario))
        return cls(scenario, settings, world, {}, Record(scenario, hers_of(scenario), world.net.trace.events, {}))

    def go_on(self, until: str = "") -> Stage:
        """Take the next steps, up to and without the step of this id."""
        for step in self.scenario.steps[self.next :]:
            if step.id == until:
                break
            self.world.net.trace.step = step.id
            self.take(step)
            self.next += 1
        return self

    def after(self, seconds: int) -> Stage:
        """A second stage with the same past, in which so many seconds pass before the next step; this one stays as it is."""
        shared = (self.scenario, self.settings, *self.record.events)  # what never changes need not be copied
        stage = copy.deepcopy(self, {id(each): each for each in shared})
        stage.world.net.trace.step = self.scenario.steps[self.next].id
        if seconds:
            stage.world.net.wait(seconds)
        return stage

    def take(self, step: Step) -> None:
        """Take one step, or say why it cannot be taken."""
        trace = self.world.net.trace
        trace.add(StepStarted, step.do, step.say)
        start = len(trace.events)
        try:
            args = self._resolved(step)
            given = FUNCTIONS[step.verb](self.world, step.actor, args)
        except Missing as missing:
            trace.add(StepSkipped, str(missing), self._reason(step, str(missing)))
            return
        except NotLearned:
            raise
        except Exception as error:
            if not self.world.net.edits:
                raise
            why = f"{title(step.actor)} cannot go on after the edited message ({type(error).__name__}); this step ends here."
            trace.add(StepSkipped, "", why)  # a program that dies of what it is sent is an outcome, too
            return
        self.record.outputs[step.id] = self._common(start) | given
        self.record.pages[step.id] = self._page(step)
        for browser in self.world.browsers.values():
            browser.hold = ""

    def _reason(self, step: Step, missing: str) -> str:
        who = title(step.actor)
        return f"{who} does not have {missing}, so this step is not taken."

    def _common(self, start: int) -> dict[str, Any]:
        """The outputs that every verb gives: the actor's last exchange, and the last request that reached the attacker."""
        trace, last = self.world.net.trace, verdict.last_exchange(self.record, self.world.net.trace.step)
        new = trace.events[start:]
        asked = next((e.request for e in of(new, Sent) if last and e.exchange == last.exchange), None)
        reached = [e.request for e in of(new, Sent) if e.receiver in self.record.hers]
        answer = last.response if last else None
        return {
            "request": asked,
            "response": answer,
            "received": reached[-1] if reached else None,
            "status": answer.status if answer else None,
            "json": answer.json if answer else None,
        }

    def _page(self, step: Step) -> str | None:
        browser = self._browser(step)
        return browser.page.page if browser and browser.page else None

    def _browser(self, step: Step) -> Browser | None:
        name = step.actor if step.actor in self.world.browsers else getattr(step.args, "browser", None)
        return self.world.browsers.get(name) if isinstance(name, str) else None

    # ---- references
    def _resolved(self, step: Step) -> Any:
        """The step's arguments with every reference replaced by its value.  Raises Missing."""
        return _replaced(step.args, lambda text: self._value(step, text))

    def _value(self, step: Step, text: str) -> Any:
        found = REFERENCE.fullmatch(text)
        assert found is not None  # the loader has seen to it
        name, path = found[1], found[2].split(".")[1:]
        knows = self.scenario.attacker.knows if self.scenario.attacker else {}
        value: Any = self._fact(knows[name]) if name in knows else self.record.outputs.get(name, {})
        for part in path:
            value = part_of(value, part)
            if value is None:
                raise Missing(f"`{text.removeprefix('$')}`")
        if step.actor in self.record.hers and name not in knows:
            self._must_know(step, value, text)
        return value

    def _fact(self, fact: str) -> Any:
        """What the attacker has from the beginning.  Her keys are of the kind that the verifiers expect."""
        who, _, what = fact.partition(".")
        seed = self.world.net.entropy.seed
        if what == "password":
            return {"password": self.world.people.users[who].password}
        if what == "pkce":
            verifier = sha256(f"{seed}|{who}|pkce")
            return {"verifier": verifier, "challenge": sha256(verifier)}
        if what == "certificate":
            return certificate(seed, who)
        key = key_for(seed, who, self._asymmetric())
        return {"key": key, "jwk": dict(key.jwk or {}), "jwks": {"keys": [dict(key.jwk or {})]}}

    def _asymmetric(self) -> KeyType:
        return "RS256" if self.settings.value(f"{self.world.issuer.name}.signing") == "rs256" else "ES256"

    def _must_know(self, step: Step, value: Any, text: str) -> None:
        """She may use only what she has learned.  In the file's own setting anything else is the file's mistake."""
        self.knowledge = (self.knowledge or Knowledge()).read(self.world.net.trace.events)
        unknown = [v for v in leaves(value) if len(v) >= SHORTEST and not any(self.knowledge.knows(p, v) for p in self.record.hers)]
        if not unknown:
            return
        if self.settings == self.scenario.settings and not self.world.net.edits:
            raise NotLearned(f"{self.scenario.id}: the attacker has not learned `{text}`", step.id, text)
        raise Missing(f"`{text.removeprefix('$')}`")


def _replaced(value: Any, resolve: Any) -> Any:
    """The value with references resolved and `$$` turned into a dollar; the value itself where there is nothing to replace."""
    if isinstance(value, str):
        if not value.startswith("$"):
            return value
        return value[1:] if value.startswith("$$") else resolve(value)
    if isinstance(value, BaseModel):
        changed = {k: new for k, old in value.__dict__.items() if (new := _replaced(old, resolve)) is not old}
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, dict):
        items = {k: _replaced(v, resolve) for k, v in value.items()}
        return items if any(items[k] is not value[k] for k in value) else value
    if isinstance(value, list | tuple):
        return type(value)(_replaced(v, resolve) for v in value)
    return value


def part_of(value: Any, part: str) -> Any:
    """One step into a value: a part of a message, of an address, of a token, of a map or a list.  None if there is none."""
    if isinstance(value, Request | Response):
        return _part_of_message(value, part)
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list | tuple):
        return value[int(part)] if part in map(str, range(len(value))) else None
    return _part_of_text(value, part) if isinstance(value, str) else None


def _part_of_message(message: Request | Response, part: str) -> Any:
    if part == "headers":
        return {k.lower(): v for k, v in message.headers}
    if part == "form":
        return dict(message.form) if isinstance(message, Request) else None
    if part in ("url", "method") and isinstance(message, Request):
        return getattr(message, part)
    if part == "status" and isinstance(message, Response):
        return message.status
    return message.json if part == "json" else None


def _part_of_text(text: str, part: str) -> Any:
    """Text that parses as a token or an address may be entered."""
    if part in ("header", "claims"):
        try:
            token = decode(text)
        except NotAJwt:
            return None
        return dict(token.header if part == "header" else token.claims)
    u = split(text)
    if not u.scheme:
        return None
    return {"host": u.netloc, "path": u.path, "query": dict(pairs(u.query)), "fragment": dict(pairs(u.fragment))}.get(part)


def leaves(value: Any) -> Iterator[str]:
    """The texts inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, Request | Response):
        yield from (text for name, text in facts(value) if "." not in name)


# ---------------------------------------------------------------- judging


def judge(record: Record, settings: Settings, seed: int, edits: tuple[Edit, ...] = ()) -> Verdict:
    """What the trace shows, in a word and a sentence."""
    if record.scenario.is_flow:
        return _judge_flow(record)
    goals = tuple(verdict.reached(record, goal) for goal in record.scenario.goal)
    won = {g.predicate for g in goals if g.reached}
    if won == {"DENIED"} and (broken := broken_controls(record, settings, seed)):
        return Verdict("breaks-service", f"An honest request is refused, and so is an honest flow: {broken[0]}.", goals)
    if won:
        return _judge_success(record, settings, seed, goals, edits)
    weak = weak_record(record.scenario, seed)
    stops = verdict.stops(record, weak)
    first = stops[0] if stops else None
    broken = broken_controls(record, settings, seed)
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
    """The steps whose expectation does not hold, with what was wanted and what was found."""
    return [
        (step.id, verdict.wanted(step.expect), verdict.found(record, step.id, step.expect))
        for step in record.scenario.steps
        if step.expect is not None and not record.skipped(step.id) and not verdict.holds(record, step.id, step.expect)
    ]


def _judge_success(record: Record, settings: Settings, seed: int, goals: tuple[Reached, ...], edits: tuple[Edit, ...]) -> Verdict:
    """Succeeded, or limited where all that she has reached is a killed credential that soon dies."""
    won = [goal for goal, r in zip(record.scenario.goal, goals, strict=True) if r.reached]
    if all(goal.late for goal in won):
        seconds = lifetime(record, settings, seed, edits)
        if seconds is not None and seconds <= LIMITED:
            return Verdict("limited", f"The credential still worked for {seconds} seconds after it was revoked.", goals, None, (), seconds)
        span = "for as long as anybody cares to wait" if seconds is None else f"for {_span(seconds)}"
        return Verdict("succeeded", f"The credential still worked {span} after it was revoked.", goals, None, (), seconds)
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


def exposure(record: Record, settings: Settings, seed: int, goal: Goal, edits: tuple[Edit, ...] = ()) -> int | None:
    """For how many seconds, from the kill or from the theft, this goal can still be reached: measured by waiting longer and longer."""
    before = Stage.opened(record.scenario, settings, seed, edits).go_on(goal.at)

    def works(seconds: int) -> bool:
        return verdict.reached(before.after(seconds).go_on().record, goal).reached

    start = verdict.credential_time(record, goal)
    end = max((a.time for _, a in verdict.answers(record, goal.at)), default=None)
    under_way = (p.due - before.world.net.clock.now() - 1 for p in before.world.net.parcels)
    more = longest(works, (*under_way, *verdict.deadlines(record, goal.at)))
    return None if more is None or start is None or end is None else end - start + more


def lifetime(record: Record, settings: Settings, seed: int = 0, edits: tuple[Edit, ...] = ()) -> int | None:
    """The longest exposure among the goals that were reached; None if one of them can be reached for ever."""
    reached = [goal for goal in record.scenario.goal if verdict.reached(record, goal).reached]
    windows = [exposure(record, settings, seed, goal, edits) for goal in reached]
    known = [w for w in windows if w is not None]
    return max(known, default=None) if len(known) == len(windows) else None


@lru_cache(maxsize=512)
def weak_record(scenario: Scenario, seed: int = 0) -> Record:
    """The run in the file's own setting, with which others are compared.  Do not change it."""
    return play(scenario, scenario.settings, seed)


# ---------------------------------------------------------------- does the service still work?


def broken_controls(record: Record, settings: Settings, seed: int) -> list[str]:
    """The honest things that work before a defence is added and fail with it: control steps of the file, and the control flows."""
    scenario, base = record.scenario, _before(record.scenario.settings, settings)
    if settings == base:
        return []
    weak = weak_record(scenario, seed) if base == scenario.settings else play(scenario, base, seed)
    own = [s for s in scenario.steps if s.control and s.expect is not None and _works(weak, s) and not _works(record, s)]
    before, after = controls(base, seed), controls(settings, seed)
    flows = [(n, s) for n, steps in before.items() if n in after for s, ok in steps.items() if ok and not after[n].get(s)]
    return [f"the step “{named(s.id)}” fails ({_failure(record, s)})" for s in own] + [
        f"{name} fails at “{named(step)}”" for name, step in flows
    ]


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


@lru_cache(maxsize=4096)
def controls(settings: Settings, seed: int = 0) -> dict[str, dict[str, bool]]:
    """Each control flow that these settings allow, with whether each of its expectations holds.  Do not change it."""
    out = {}
    for control in library.controls():
        if settings.lacks(control.needs) is None:
            record = play(control, settings, seed)
            out[control.id] = {s.id: _works(record, s) for s in control.steps if s.expect is not None}
    return out


__all__ = [
    "LIMITED",
    "NotLearned",
    "controls",
    "exposure",
    "failed_expectations",
    "hers_of",
    "judge",
    "lifetime",
    "play",
    "run",
    "weak_record",
]
