"""“Your turn”: somebody plays the attacker, move by move, over the real parties.

A position is what the search calls a node.  The moves possible now are sentences in groups; what varies is a choice, so that hundreds
of moves are about nine lines.  One can take back, ask for a hint, and save what was played as a scenario file.  Pure: no page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from sandbox.attacker import changes, gains, moves, probes, sameness, values
from sandbox.attacker.cure import Candidates, completed
from sandbox.attacker.forgeries import forgeries
from sandbox.attacker.moves import Chain, Group, Move
from sandbox.attacker.question import Question, Target
from sandbox.attacker.reached import Goals
from sandbox.attacker.scenario_file import written
from sandbox.attacker.search import Bound, Node, search
from sandbox.attacker.story import Story
from sandbox.attacker.taking import Taker, is_generated
from sandbox.attacker.values import Value
from sandbox.attacker.way import Defect, Way, confirmed
from sandbox.core.fork import fork
from sandbox.engine.case import Case
from sandbox.engine.player import Stage
from sandbox.engine.record import last_exchange
from sandbox.engine.verdict import refusal
from sandbox.language.document import Step, hers
from sandbox.language.goals import GRACE
from sandbox.protocol.cast import CAST, title
from sandbox.protocol.checks import CHECKS

GROUPS: dict[Group, str] = {
    "wait": "Let the others go on, or wait",
    "read": "Read what leaks",
    "sign in": "Use a browser of your own",
    "lure": "Lead Alice somewhere",
    "act": "Act in a page, by a script",
    "redeem": "Trade something for tokens",
    "forge": "Make a token",
    "call": "Ask an API, or look at a page",
}
WANTED = {  # predicate -> what the player is to do
    "read": "read {what}",
    "write": "change {what}",
    "session": "have {client} take whoever sits at {browser} for {user}",
    "late": "still get in {grace} seconds or more after this: “{step}”",
    "credential": "get {what}",
    "pii": "learn {what}",
    "denied": "have this refused: “{step}”",
    "ssrf": "make a server send a request to {what}",
}
OWNED = re.compile(r"^(\w+):(?=\S)")  # whose something is, at the beginning of its name
SAID = {  # verb -> what its moves have in common, where it is hers
    "read": "Read what leaks ...",
    "send": "Send a request ...",
    "sign_in": "Sign in as yourself ...",
    "approve": "Say yes in your own browser.",
    "follow": "Go on in your own browser ...",
    "visit": "Look at a page in your own browser ...",
    "lure": "Have Alice follow a link ...",
    "frame": "Lay a page of somebody else's over yours ...",
    "popup": "Open a window from a page of yours ...",
    "act_for": "Let a service of yours call for somebody ...",
    "act": "Let your script act in the page ...",
    "redeem": "Ask for tokens ...",
    "forge": "Make a token ...",
    "call_api": "Ask an API ...",
    "serve": "Put something on your own host ...",
    "wait": "Let time pass ...",
}
EVERYBODY = frozenset(CAST)
HINT = Bound(2)
STORY = "The story goes on so: "  # before a hint that is its next step
NO_WAY = "No way from here was found, and none is known in this setting. Take something back, or begin anew."
PLAYER = "a player"  # who found what is saved
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Choice:
    """One thing that can be done now: the moves in it are taken one after the other; none is a pass to the honest people."""

    say: str
    group: Group
    chain: Chain = ()
    script: str = ""  # the step of the story that it is, if it is one


@dataclass(frozen=True)
class Line:
    """Choices that differ in one detail.  `say` is what they have in common; `choices` at least one."""

    group: Group
    say: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Hint:
    """The first step of a way from here.  `far`: none was found within what a hint may look at; `states`: how many were looked at;
    `told`: it is the next step of the story itself."""

    say: str = ""
    verb: str = ""
    far: bool = True
    states: int = 0
    told: bool = False


@dataclass(frozen=True)
class Position:
    """A moment in the game: what was done, what is known, what was reached, and what came of the last move."""

    stage: Stage
    steps: tuple[Step, ...] = ()
    honest: int = 0
    known: tuple[Value, ...] = ()
    begun: frozenset[str] = frozenset()
    reached: tuple[Target, ...] = ()
    told: tuple[str, ...] = ()
    before: Position | None = field(default=None, repr=False)
    script: tuple[tuple[str, str], ...] = ()  # steps of the story that she has taken, and what each is called here


class Game:
    """One game: a question, and the position that it has come to.  `case`: the story behind it, which helps where the search cannot."""

    def __init__(self, question: Question, case: Case | None = None) -> None:
        self.question, self._goals, self._taker, self._case = question, Goals(question), Taker(), case
        self._told: set[str] = set()  # steps of the story that a hint has told
        stage = Stage.opened(question.case)
        self.position = Position(stage, known=tuple(values.given(question)))

    # ---- what is possible
    def lines(self) -> tuple[Line, ...]:
        """What can be done now, in the order of GROUPS; choices that differ in a detail only are one line."""
        rows: dict[tuple[Group, str], dict[str, Choice]] = {}
        for choice in (*self.choices(), *self.scripted(told=True)):
            rows.setdefault((choice.group, _common(choice)), {}).setdefault(choice.say, choice)
        order = list(GROUPS)
        found = (Line(group, common, tuple(c.values())) for (group, common), c in rows.items())
        return tuple(sorted(found, key=lambda line: order.index(line.group)))

    def choices(self) -> Iterator[Choice]:
        """Everything that can be done now."""
        p, q = self.position, self.question
        if p.honest < len(q.schedule):
            yield Choice(q.schedule[p.honest].say, "wait")
        for move in moves.waits():
            yield Choice(move.say, move.group, (move,))
        for move in gains.gains(q, p.stage, p.known, True, EVERYBODY):
            yield Choice(move.say, move.group, (move,))
        for move in changes.changes(q, p.stage, p.known, p.begun):
            yield Choice(move.say, move.group, (move,))
        for forgery in forgeries(q, p.known):
            chain = moves.made(forgery, q)
            yield Choice(chain[-1].say, "forge", chain)
        for chain in probes.probes(q, p.stage, p.known):
            yield Choice(" ".join(m.say for m in chain), chain[0].group, chain)
        for forged in (v for v in p.known if v.forged):
            yield from (Choice(c[-1].say.replace("the forged token", forged.name), "call", c) for c in probes.shown(q, forged))

    @cached_property
    def story(self) -> Story:
        """The attack's own way, if it works here."""
        return Story.of(self._case) if self._case is not None else Story()

    def scripted(self, told: bool = False) -> Iterator[Choice]:
        """The next step of the story, if it is one of hers: as a choice, which stands among the others once a hint has `told` it."""
        p = self.position
        done = dict(p.script)
        step = self.story.next(p.honest, done) if not told or self._told else None
        if step is not None and self.story.hers(step) and (not told or step.id in self._told):
            move = self.story.move(step, self.question, done)
            yield Choice(move.say, move.group, (move,), step.id)

    # ---- playing
    def take(self, choice: Choice) -> Position:
        """The position after a choice."""
        p = replace(self.position, stage=fork(self.position.stage), told=(), before=self.position)
        if not choice.chain:
            p = replace(self._after(p, self.question.schedule[p.honest], None), honest=p.honest + 1)
        first = len(p.steps)
        for move in choice.chain:
            p = self._after(p, self._taker.step(self._taker.linked(move, p.steps[first:])), move)
        if choice.script and p.steps[-1].id in p.stage.record.outputs:
            p = replace(p, script=(*p.script, (choice.script, p.steps[-1].id)))
        self.position = p
        return p

    def plan(self, schedule: tuple[Step, ...], targets: tuple[Target, ...]) -> None:
        """Another honest day from now on, which begins as this one did, and what she is after in it."""
        self.question = replace(self.question, schedule=schedule, targets=targets)
        self._goals = Goals(self.question)

    def take_back(self) -> bool:
        """Go back to the position before; whether there was one."""
        if self.position.before is None:
            return False
        self.position = self.position.before
        return True

    def _after(self, p: Position, step: Step, move: Move | None) -> Position:
        start = self._taker.take(p.stage, step)
        attacker = self.question.attacker
        own = move is not None or hers(step.actor, attacker) or hers(str(getattr(step.args, "browser", "")), attacker)
        new = [] if step.id not in p.stage.record.outputs else list(self._new(p, step, move, own))
        still = [t for t in self.question.targets if t not in p.reached]
        reached = tuple(self._goals.reached(p.stage, still, step.id, start))
        names = dict.fromkeys(v.name for v in new)
        before = {v.name for v in p.known}
        unseen = () if own or new or reached else ("Nothing of it reaches you.",)
        learned = (f"You know {name}." for name in names if name not in before)
        told = (*p.told, *_told(p.stage, step), *learned, *(f"Reached: {self.wanted(t)}." for t in reached), *unseen)
        begun = p.begun | ({step.actor} if move and step.verb == "sign_in" and getattr(step.args, "hold", None) else frozenset())
        known = (*p.known, *new)
        return replace(p, steps=(*p.steps, step), known=known, begun=begun, reached=(*p.reached, *reached), told=told)

    def _new(self, p: Position, step: Step, move: Move | None, own: bool) -> Iterator[Value]:
        keys = {v.key for v in p.known}
        for value in values.learned(p.stage, step.id, own):
            if value.key not in keys:
                keys.add(value.key)
                made = move is not None and move.forges and value.kind == "token"
                yield replace(value, forged=True, name=move.say.removeprefix("Mallory makes ").rstrip(".")) if made and move else value

    # ---- help, and the end
    def wanted(self, target: Target) -> str:
        """A goal in words."""
        at = target.goal.session
        names = {"client": title(at.client), "browser": title(at.browser), "user": title(at.user)} if at else {}
        step = next((s.say.rstrip(".") for s in self.question.schedule if s.id == target.what), target.what)
        grace = GRACE if target.goal.grace is None else target.goal.grace
        what = OWNED.sub(lambda of: f"{of[1].capitalize()}'s ", target.what)
        return WANTED[target.predicate].format(what=what, step=step, grace=grace, **names)

    @property
    def left(self) -> tuple[Target, ...]:
        """The goals that are not reached yet."""
        return tuple(t for t in self.question.targets if t not in self.position.reached)

    @property
    def over(self) -> bool:
        """Whether everything is reached, or nothing can be done any more."""
        return not self.left

    def hint(self, stop: Stop = lambda: False, bound: Bound = HINT) -> Hint:
        """The first step of a shortest way from here, if one is found within what a hint may look at; else the story's next one."""
        *_, last = self.hinting(stop, bound)
        return self.helped(last)

    def helped(self, hint: Hint) -> Hint:
        """The hint; where it is too far for the search, what the story does next."""
        p = self.position
        step = self.story.next(p.honest, dict(p.script)) if hint.far and self.left else None
        if step is None:
            return hint
        self._told.add(step.id)
        return Hint(step.say, step.verb, False, hint.states, told=True)

    def hinting(self, stop: Stop = lambda: False, bound: Bound = HINT) -> Iterator[Hint]:
        """The same, a state at a time: each is what is known by then, the last one is the answer.  Only from where it began."""
        p = self.position
        start = Node(p.stage, p.steps, p.honest, 0, p.known, begun=p.begun)
        done = {s.id for s in p.steps}
        for progress in search(replace(self.question, targets=self.left), bound, stop, start=start):
            for way in progress.found:
                step = next(s for s in way.steps if s.id not in done)
                yield Hint(step.say, step.do.partition(".")[2], False, progress.states)
                return
            yield Hint(states=progress.states)

    def way(self) -> Way | Defect:
        """What was played up to the first goal that it reached, without the steps that are not needed, replayed and judged.

        ValueError if nothing is reached.
        """
        if not self.position.reached:
            raise ValueError("nothing is reached yet")
        target, p = self.position.reached[0], self.position
        while p.before is not None and target in p.before.reached:
            p = p.before
        return confirmed(self.question, target, p.steps)

    def saved(self, among: Candidates | None = None) -> str:
        """The same as a scenario file, with a defence that blocks it: one of these, or any single one."""
        way = self.way()
        if isinstance(way, Way):
            return completed(self.question, way, PLAYER, among)
        return written(self.question, way.target, way.steps, by=PLAYER)  # whoever loads it is told what is wrong

    def key(self) -> sameness.State:
        """What this position is, whatever led to it."""
        p = self.position
        return sameness.state(p.stage.world, p.known, True, sorted(p.begun))


def _common(choice: Choice) -> str:
    """What a choice has in common with those that differ in a detail."""
    return SAID[choice.chain[-1].do.partition(".")[2]] if choice.chain and not choice.script else choice.say


def _told(stage: Stage, step: Step) -> Iterator[str]:
    """What came of a step, in a sentence: who refused and why, or the answer."""
    skipped = stage.record.skipped(step.id)
    if skipped is not None:
        yield skipped.reason
        return
    if step.id not in stage.record.outputs:
        yield "You have not learned what this takes."
        return
    stop = refusal(stage.record, step.id)
    if stop is not None and stop.check:
        yield f"{title(stop.party)} refuses ({stop.answer}): {CHECKS[stop.check].sentence}"
        return
    last = last_exchange(stage.record, step.id)
    if last is not None and is_generated(step) and last.sender not in stage.record.hers:
        yield re.sub(r"\s+", " ", f"{title(last.sender)} answers {last.response.status}.")
