"""The search: from a question to ways, or to the statement that the bound is exhausted.

A node is a list of steps, and a stage that has taken them.  All moves that only gain knowledge are taken, all probes are tried on a
copy, and each move that changes something makes a child on a fork; the honest step goes on with the stage itself.  The best node comes
first: few moves of hers, less what they have brought her.  Whoever asks can stop between two nodes; nothing here knows the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import heappop, heappush

from sandbox.attacker import changes, gains, moves, probes, sameness, values
from sandbox.attacker.forgeries import forgeries, ingredients
from sandbox.attacker.moves import Chain, Move
from sandbox.attacker.question import Question, Target
from sandbox.attacker.reached import Goals
from sandbox.attacker.taking import Taker
from sandbox.attacker.values import WORTH, Value
from sandbox.attacker.way import Defect, Way, confirmed
from sandbox.core.fork import fork
from sandbox.core.garbage import collected_afterwards
from sandbox.engine.player import Stage
from sandbox.language.document import Step, hers
from sandbox.protocol.cast import CAST
from sandbox.protocol.trace import Checked, Sent

MOST_DEFECTS = 3  # of one target; then it is given up, and the search is not exhausted
LATER = 10_000  # the number after which steps are counted that follow on others
REQUEST_ONLY = frozenset({"redirect_uri", "response_type", "code_challenge"})  # checks of the authorization request that need no state
LOOK_AT_PAGES = ("approve", "log_in", "click")  # verbs of honest steps that depend on the page shown
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Bound:
    """How far to look.  `changes`: moves of hers that change something; reading, forging and asking are free."""

    changes: int = 2
    states: int = 100_000


@dataclass(frozen=True)
class How:
    """Which reductions are on.  Without them the search is slow, and is to find the same: tests compare both."""

    merge: bool = True  # the same moments, and those in which she knows less, are visited once; what led to nothing is not tried again
    gains_at_once: bool = True  # what only adds to her knowledge is taken, and not chosen


@dataclass(frozen=True)
class Progress:
    """How far the search has come.  `found` and `defects` are new since the last one; `exhausted`: the whole bound was looked at."""

    states: int
    moves: int
    merged: int
    waiting: int
    found: tuple[Way, ...] = ()
    defects: tuple[Defect, ...] = ()
    done: bool = False
    exhausted: bool = False


@dataclass
class Node:
    """A moment: the steps that lead to it, the number of honest ones and of her changes among them, and what she knows."""

    stage: Stage
    steps: tuple[Step, ...] = ()
    honest: int = 0
    changes: int = 0
    known: tuple[Value, ...] = ()
    duds: frozenset[str] = frozenset()  # signs of moves that changed nothing here
    begun: frozenset[str] = frozenset()  # clients at which she has a flow of her own
    tried: frozenset[str] = frozenset()  # values that every API has refused since the last honest step: no move of hers makes them good

    @property
    def gain(self) -> int:
        """How near she is: the best thing of somebody else's that she holds."""
        return max((WORTH.get(v.kind, 0) for v in self.known if v.user not in ("", moves.HERS)), default=0)


def search(
    question: Question, bound: Bound | None = None, stop: Stop = lambda: False, how: How | None = None, start: Node | None = None
) -> Iterator[Progress]:
    """The progress of a search, node by node; the last one says whether the bound is exhausted.  `start`: where it begins, if not at the
    first second; its stage is left as it is."""
    return Search(question, bound or Bound(), stop, how or How(), start).run()


class Scratch:
    """A copy of a node on which she asks around; it is made when it is needed first."""

    def __init__(self, of: Node) -> None:
        self.of = of

    @cached_property
    def node(self) -> Node:
        return replace(self.of, stage=fork(self.of.stage))


class Search:
    """One search."""

    def __init__(self, question: Question, bound: Bound, stop: Stop, how: How, start: Node | None = None) -> None:
        self.question, self.bound, self.stop, self.how, self.start = question, bound, stop, how, start
        self.goals, self.taker = Goals(question), Taker(LATER if start is not None else 0)
        self.states = self.merged = 0
        self.children = 0
        self.open: list[Target] = list(question.targets)
        self.found: list[Way] = []
        self.defects: list[Defect] = []
        self.given_up = False
        self.pages = any(s.verb in LOOK_AT_PAGES for s in question.schedule)
        self.shown: set[tuple[str, str]] = set()  # forged tokens that every API has seen, by kind of asking
        self.views: set[bytes] = set()  # what her own browser has shown, by the state on which it depends
        self.settled: set[str] = set()  # signs of moves that are refused in every state
        self.seen: dict[tuple[bytes, int], list[frozenset[str]]] = {}

    # ---- the loop
    def run(self) -> Iterator[Progress]:
        """Node by node."""
        root = self._rooted()
        queue = [(0, 0, 0, root)]
        reported = 0, 0
        while queue and self.open and self.states < self.bound.states and not self.stop():
            node = heappop(queue)[-1]
            self.states += 1
            with collected_afterwards():
                children = list(self._visit(node))
            for child in children:
                self.children += 1
                heappush(queue, (child.changes - child.gain, -child.honest, self.children, child))
            yield self._progress(len(queue), reported)
            reported = len(self.found), len(self.defects)
        done = not queue or not self.open
        yield replace(self._progress(len(queue), reported), done=True, exhausted=done and not self.given_up)

    def _progress(self, waiting: int, reported: tuple[int, int]) -> Progress:
        new, wrong = tuple(self.found[reported[0] :]), tuple(self.defects[reported[1] :])
        return Progress(self.states, self.taker.taken, self.merged, waiting, new, wrong)

    def _rooted(self) -> Node:
        if self.start is not None:
            node = replace(self.start, stage=fork(self.start.stage))
        else:
            node = Node(Stage.opened(self.question.case), known=tuple(values.given(self.question)))
        node = self._gained(node, self.start is None, frozenset(CAST))
        self._visited(node)
        return node

    def _over(self) -> bool:
        return not self.open or self.stop()

    # ---- a node
    def _visit(self, node: Node) -> Iterator[Node]:
        """Ask whoever can be asked, on a copy; then her moves, what destroys something, and last the honest step, on the stage itself."""
        scratch = Scratch(node)
        self._ask(scratch, "probe")
        if node.changes < self.bound.changes:
            yield from self._hers(node)
        self._ask(scratch, "harm")
        if node.honest < len(self.question.schedule):
            yield from self._honest(node)

    def _gained(self, node: Node, anew: bool, touched: frozenset[str]) -> Node:
        """All that costs her nothing: what can be learned is learned, where anything has happened."""
        if self.how.gains_at_once:
            for move in gains.gains(self.question, node.stage, node.known, anew, touched):
                after = self._taken(node, move)
                node = after if len(after.known) > len(node.known) else node
        return node

    def _ask(self, scratch: Scratch, kind: str) -> None:
        for chain in self._probes(scratch.of, kind == "probe" and self._sees_new(scratch.of)):
            if self._over():
                return
            if chain[-1].kind == kind and self._first_time(kind, chain):
                self._chained(scratch.node, chain)
        self._forge(scratch, kind)

    def _first_time(self, kind: str, chain: Chain) -> bool:
        """Whether this is worth trying: what depends on no state is tried once."""
        if not chain[-1].once:
            return True
        mark = (kind, chain[-1].sign)
        new = mark not in self.shown
        self.shown.add(mark)
        return new

    def _sees_new(self, node: Node) -> bool:
        """Whether clients could show her something in her own browser that no moment before this one has shown."""
        if "account" not in self.question.can or not self.how.merge:
            return True
        here = sameness.view(node.stage.world, moves.ACCOUNT)
        new = here not in self.views
        self.views.add(here)
        return new

    def _probes(self, node: Node, looks: bool) -> Iterator[Chain]:
        known = tuple(v for v in node.known if v.key not in node.tried)
        return probes.probes(self.question, node.stage, known, node.begun if looks else None)

    def _chained(self, node: Node, chain: Chain) -> Node:
        """The node after the moves of a chain; a value of an earlier one is named by its number."""
        first = len(node.steps)
        for move in chain:
            node = self._taken(node, self.taker.linked(move, node.steps[first:]))
        return node

    def _forge(self, scratch: Scratch, kind: str) -> None:
        """Make each token that can be made, and show it around.  What an API thinks of it does not depend on the state: once is enough."""
        mark = (kind, " and ".join(v.name for v in ingredients(scratch.of.known) if v is not None))
        if mark in self.shown:
            return
        self.shown.add(mark)
        node = scratch.node
        for forged in (v for v in node.known if v.forged):  # those that were made before the search began
            for ask in probes.shown(self.question, forged):
                if ask[-1].kind == kind:
                    self._chained(node, ask)
        for forgery in forgeries(self.question, node.known):
            if self._over():
                return
            after = self._chained(node, moves.made(forgery, self.question))
            new = after.known[len(node.known) :]
            for ask in probes.shown(self.question, new[-1]) if new else ():
                if ask[-1].kind == kind:
                    self._chained(after, ask)

    # ---- children
    def _honest(self, node: Node) -> Iterator[Node]:
        """The next honest step.  Nothing else comes after this node, so that its stage goes on."""
        step = self.question.schedule[node.honest]
        child = replace(node, honest=node.honest + 1, duds=frozenset(), tried=frozenset())
        child = self._after(child, step, None)
        child = self._gained(child, step.verb == "set_user", touched(child))
        yield from self._new(child)

    def _hers(self, node: Node) -> Iterator[Node]:
        """Each of her moves that changes something.  What led to nothing is not tried again before the next honest step; never again
        where a check refused it that looks at nothing but the request."""
        duds, made = set(node.duds), list[Node]()
        tried = frozenset(v.key for v in node.known) if self.how.merge else frozenset()
        for move in self._options(node):
            if self.how.merge and (move.sign in duds or move.sign in self.settled):
                continue
            if self._over():
                return
            child = replace(node, stage=fork(node.stage), changes=node.changes + 1, tried=tried)
            child = self._taken(child, move)
            others = touched(child)
            child = self._gained(child, False, others)
            new = list(self._new(child))
            made += new
            if not new:
                duds.add(move.sign)
                if settled(child, node):
                    self.settled.add(move.sign)
        yield from (replace(child, duds=frozenset(duds)) for child in made)

    def _options(self, node: Node) -> Iterator[Move]:
        yield from changes.changes(self.question, node.stage, node.known, node.begun)
        if not self.how.gains_at_once or self.start is not None:  # later on, a sign-in of hers can cost her a flow that is under way
            yield from gains.gains(self.question, node.stage, node.known, True, frozenset(CAST))

    def _new(self, child: Node) -> Iterator[Node]:
        """The child, unless it is where the search was before."""
        if self.how.merge and self._visited(child):
            self.merged += 1
        else:
            yield child

    def _visited(self, node: Node) -> bool:
        """Whether a node like this one was there: the same state, no more moves spent, and at least this knowledge."""
        here, knows = sameness.state(node.stage.world, node.known, self.pages, sorted(node.begun))
        wanted, old = knows | {f"changes {node.changes}"}, self.seen.setdefault((here, node.honest), [])
        if any(wanted <= one for one in old):
            return True
        old.append(knows | {f"changes {n}" for n in range(node.changes, self.bound.changes + 1)})
        return False

    # ---- a step
    def _taken(self, node: Node, move: Move) -> Node:
        return self._after(node, self.taker.step(move), move)

    def _after(self, node: Node, step: Step, move: Move | None) -> Node:
        """The node with this step taken: goals are looked for, and new values are named."""
        start = self.taker.take(node.stage, step)
        known = self._learned(node, step, move)
        steps = (*node.steps, step)
        for target in self.goals.reached(node.stage, self.open, step.id, start):
            self._reached(target, steps)
        begun = node.begun | ({step.actor} if move and step.verb == "sign_in" and getattr(step.args, "hold", None) else frozenset())
        return replace(node, steps=steps, known=known, begun=begun)

    def _learned(self, node: Node, step: Step, move: Move | None) -> tuple[Value, ...]:
        if step.id not in node.stage.record.outputs:
            return node.known
        attacker = self.question.attacker
        own = hers(step.actor, attacker) or hers(str(getattr(step.args, "browser", "")), attacker) or step.actor == "evil_app"
        gained = list(values.learned(node.stage, step.id, own))
        if not gained:
            return node.known
        known, keys = list(node.known), {v.key for v in node.known}
        names = {(v.kind, v.name) for v in known if v.user == moves.HERS and v.kind != "address"}
        for value in gained:
            if move and move.forges and value.kind == "token":
                value = replace(value, forged=True, name=move.say)
            elif move and move.kind == "gain" and step.verb == "sign_in" and value.kind in ("code", "address"):
                continue  # spent by her own client already
            if value.key not in keys and (value.kind, value.name) not in names:
                known.append(value)
                keys.add(value.key)
        return tuple(known)

    def _reached(self, target: Target, steps: tuple[Step, ...]) -> None:
        """A way, once it was replayed and judged; otherwise a defect of ours."""
        way = confirmed(self.question, target, steps)
        if isinstance(way, Way):
            self.found.append(way)
            self.open.remove(target)
            return
        self.defects.append(way)
        if sum(d.target == target for d in self.defects) >= MOST_DEFECTS:
            self.open.remove(target)
            self.given_up = True


def settled(after: Node, before: Node) -> bool:
    """Whether all that refused her move would refuse it in any state: checks that look at the request and at the setting only."""
    start = len(before.stage.record.events)
    refused = {e.check for e in after.stage.record.events[start:] if isinstance(e, Checked) and e.outcome == "fail"}
    return bool(refused) and refused <= REQUEST_ONLY


def touched(node: Node) -> frozenset[str]:
    """Who took part in the last step: what others keep is as it was."""
    step = node.steps[-1]
    found = {step.actor, str(getattr(step.args, "browser", ""))}
    for event in reversed(node.stage.record.events):
        if event.step != step.id:
            break
        if isinstance(event, Sent):
            found |= {event.sender, event.receiver}
    return frozenset(found)


# ---------------------------------------------------------------- for those who want the end only


@dataclass
class Outcome:
    """All that a search came to."""

    found: list[Way] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    states: int = 0
    moves: int = 0
    exhausted: bool = False


def finished(progress: Iterator[Progress]) -> Outcome:
    """The outcome of a search, when it is over."""
    out = Outcome()
    for p in progress:
        out.found += p.found
        out.defects += p.defects
        out.states, out.moves, out.exhausted = p.states, p.moves, p.exhausted
    return out
