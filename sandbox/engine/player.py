"""Playing a scenario: its steps, one after the other, in a world of their own.  What the record of it shows is for `judge.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sandbox.core.fork import fork
from sandbox.engine.case import Case
from sandbox.engine.knowledge import Knowledge
from sandbox.engine.record import Record, last_answer
from sandbox.engine.references import leaves, part_of, replaced
from sandbox.language.document import Step
from sandbox.protocol.cast import CAST, title
from sandbox.protocol.certificates import certificate
from sandbox.protocol.tokens import key_for, sha256
from sandbox.protocol.trace import Sent, StepSkipped, StepStarted, of
from sandbox.verbs.values import REFERENCE
from sandbox.verbs.verb import Missing
from sandbox.world.members import key_type
from sandbox.world.parties.browser import Browser
from sandbox.world.world import World, build, claim

SHORTEST = 8  # characters; shorter values need not have been learned, they can be guessed


class NotLearned(Exception):
    """In its own setting a scenario lets the attacker use a value that she has not learned: the file is wrong.

    `step` and `value` say where: the id of the step, and the reference as it is written there.
    """

    def __init__(self, message: str, step: str = "", value: str = "") -> None:
        super().__init__(message)
        self.step, self.value = step, value


def play(case: Case, states: bool = False) -> Record:
    """Take all steps.  `states`: the record has the parties' state, too."""
    return Stage.opened(case, states).go_on().record


@dataclass
class Stage:
    """A world in which a scenario is being played.  `next`: the number of the step that comes next."""

    case: Case
    world: World
    record: Record
    knowledge: Knowledge | None = None
    next: int = 0

    @classmethod
    def opened(cls, case: Case, states: bool = False) -> Stage:
        """A fresh world, before the first step."""
        world, attacker = build(case.settings, case.seed, states, case.edits), case.scenario.attacker
        for client in attacker.claims if attacker else ():
            claim(world, client)
        for zone in attacker.reaches if attacker else ():
            world.net.admit(zone, *case.hers)
        return cls(case, world, Record(case, case.hers, world.net.trace.events, {}))

    def go_on(self, until: str = "") -> Stage:
        """Take the next steps, up to and without the step of this id."""
        for step in self.case.scenario.steps[self.next :]:
            if step.id == until:
                break
            self.world.net.trace.step = step.id
            self.take(step)
            self.next += 1
        return self

    def after(self, seconds: int) -> Stage:
        """A second stage with the same past, in which so many seconds pass before the next step; this one stays as it is."""
        stage = fork(self)
        if self.next < len(self.case.scenario.steps):
            stage.world.net.trace.step = self.case.scenario.steps[self.next].id
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
            given = step.spec(self.world, step.actor, args)
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
        new = self.world.net.trace.events[start:]
        last = last_answer(new)
        asked = next((e.request for e in of(new, Sent) if last and e.exchange == last.exchange), None)
        reached = [e.request for e in of(new, Sent) if e.receiver in self.record.hers]
        answer = last.response if last else None
        return {
            "request": asked,
            "response": answer,
            "received": reached[-1] if reached else None,
            "posted": next((r for r in reversed(reached) if r.method == "POST"), None),
            "all": reached[::-1],
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
        try:
            return replaced(step.args, lambda text: self._value(step, text))
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise Missing(f"a value that fits `{place}`" if place else "values that fit together") from None

    def _value(self, step: Step, text: str) -> Any:
        value, knows = self.value(text), self._knows
        if step.actor in self.record.hers and text.removeprefix("$").partition(".")[0] not in knows:
            self._must_know(step, value, text)
        return value

    @property
    def _knows(self) -> dict[str, str]:
        attacker = self.case.scenario.attacker
        return attacker.knows if attacker else {}

    def value(self, text: str) -> Any:
        """What a reference or a fact (`alice.password`) stands for by now, whoever knows it.  Raises Missing."""
        found = REFERENCE.fullmatch(text)
        if found is None:
            return self._fact(text)
        name, path = found[1], found[2].split(".")[1:]
        value: Any = self._fact(self._knows[name]) if name in self._knows else self.record.outputs.get(name, {})
        for part in path:
            value = part_of(value, part)
            if value is None:
                raise Missing(f"`{text.removeprefix('$')}`")
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
        issuers = CAST[who].role == "as"  # whichever of them this design has: what it signed with at first
        key = self.world.net.keys["issuer"] if issuers else key_for(seed, who, key_type(self.world.issuer.policy))
        return {"key": key, "jwk": dict(key.jwk or {}), "jwks": {"keys": [dict(key.jwk or {})]}}

    def _must_know(self, step: Step, value: Any, text: str) -> None:
        """She may use only what she has learned.  In the file's own setting anything else is the file's mistake."""
        self.knowledge = (self.knowledge or Knowledge()).read(self.world.net.trace.events)
        unknown = [v for v in leaves(value) if len(v) >= SHORTEST and not self.knowledge.known_to(self.record.hers, v)]
        if not unknown:
            return
        if self.case == self.case.own:
            raise NotLearned(f"{self.case.scenario.id}: the attacker has not learned `{text}`", step.id, text)
        raise Missing(f"`{text.removeprefix('$')}`")
