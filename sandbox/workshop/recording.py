"""A story that is recorded instead of written: who does what is chosen from the moves that are possible now, honest people's and hers.

What was done is a position of the attacker's game (`attacker/game.py`), to whose honest day each honest step is added as it is taken.  The
story becomes a scenario file like any other.  Pure: no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sandbox.attacker import question, scenario_file
from sandbox.attacker.game import GROUPS, Choice, Game, Line, Position
from sandbox.attacker.question import ENDS, Question, Target
from sandbox.attacker.taking import is_generated
from sandbox.attacker.turns import MOST, name, outcome
from sandbox.core.text import plural
from sandbox.engine.case import Case
from sandbox.engine.record import last_exchange
from sandbox.engine.result import NOT_DENIED
from sandbox.language.document import Scenario, Step
from sandbox.language.goals import Goal
from sandbox.language.loader import loads
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import BUNDLES
from sandbox.studies import defence_search
from sandbox.studies.defence_search import Trial
from sandbox.views.stepper import turn
from sandbox.views.stepper.view import document
from sandbox.workshop import deeds

Doc = dict[str, Any]

ALWAYS_WANTED = (Goal(read="alice:account-1", at="x"), Goal(read="alice:transaction-7", at="x"))
FULL = f"A story has at most {plural(MOST, 'step')} here. Take some back."
MOST_SETS = 200  # runs of the search for a set, where no switch is enough alone
FLOW_REFS = ("RFC 6749 §4.1",)


@dataclass(frozen=True, slots=True)
class Told:
    """What the author says of the whole story: `refs` are the sections that it rests on."""

    title: str = ""
    story: str = ""
    lesson: str = ""
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocking:
    """How far the looking for defences is: how many settings were tried of how many, and what blocks, as the file says it."""

    tried: int
    total: int
    found: tuple[Doc, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The author's question before a step, with the answers if nothing is refused and if something is."""

    question: str
    accepted: str
    refused: str


class Recording:
    """One story while it is recorded.  `says` and `asks` have the author's own words, by the id of a step; `aims` the goals that count."""

    def __init__(self, settings: Settings, powers: Iterable[str] = (), seed: int = 0) -> None:
        can = tuple(powers)
        self.settings, self.powers, self.seed = settings, can, seed
        self.game = Game(Question(settings, can, (), _targets(settings, can, ()), {}, seed, "recorded"))
        self.names: tuple[str, ...] = ()
        self.said: tuple[str, ...] = ()
        self.says: dict[str, str] = {}
        self.asks: dict[str, Asked] = {}
        self._possible: dict[str, tuple[Choice, Step | None]] | None = None

    # ---- what can be done
    @property
    def position(self) -> Position:
        return self.game.position

    @property
    def full(self) -> bool:
        """Whether no more can be taken: a story has a limit."""
        return len(self.names) >= MOST

    def moves(self) -> Mapping[str, tuple[Choice, Step | None]]:
        """Everything that can be done now, by its name: a step of honest people, or a choice of hers."""
        if self._possible is None:
            honest = ((Choice(step.say, "wait"), step) for step in deeds.deeds(self.position.stage)) if not self.full else ()
            hers = ((choice, None) for choice in self.game.choices() if choice.chain and choice.group != "wait") if not self.full else ()
            self._possible = {name(choice): (choice, step) for choice, step in (*honest, *hers)}
        return self._possible

    def take(self, which: str) -> bool:
        """Do what has this name; whether it is possible now."""
        found = self.moves().get(which)
        if found is None:
            return False
        choice, step = found
        if step is None:
            self.game.take(choice)
        else:
            done = self.game.question.schedule[: self.position.honest]
            schedule = (*done, step.model_copy(update={"id": _free(step, {s.id for s in self.position.steps})}))
            self.game.plan(schedule, _targets(self.settings, self.powers, schedule))
            self.game.take(choice)
        self.names, self.said, self._possible = (*self.names, which), (*self.said, choice.say), None
        return True

    def undo(self) -> bool:
        """Take the last one back, with what was said and asked of it; whether there was one."""
        if not self.game.take_back():
            return False
        self.names, self.said, self._possible = self.names[:-1], self.said[:-1], None
        left = {s.id for s in self.position.steps}
        self.says = {step: text for step, text in self.says.items() if step in left}
        self.asks = {step: asked for step, asked in self.asks.items() if step in left}
        return True

    def go(self, names: Sequence[str]) -> int:
        """Do these one after the other from where it is; how many could be done, up to the first that could not."""
        return next((n for n, each in enumerate(names) if not self.take(each)), len(names))

    # ---- the author's words
    def say(self, step: str, text: str) -> None:
        """The sentence of a step; without a text, the one that it came with."""
        self.says.pop(step, None)
        if text.strip():
            self.says[step] = text.strip()

    def question(self, step: str, asked: Asked | None) -> None:
        """What is asked before a step; None for nothing."""
        self.asks.pop(step, None)
        if asked is not None:
            self.asks[step] = asked

    def goals(self) -> dict[Target, str]:
        """What she has reached, each with the step at which that was."""
        found: dict[Target, str] = {}
        p: Position | None = self.position
        while p is not None and p.steps:
            found |= dict.fromkeys(p.reached, p.steps[-1].id)  # the earliest position comes last, and stays
            p = p.before
        return dict(reversed(found.items()))

    # ---- the file
    def taken(self) -> tuple[Step, ...]:
        """The steps that were taken: what somebody could not do after all is not told."""
        record = self.position.stage.record
        return tuple(s for s in self.position.steps if s.id in record.outputs and record.skipped(s.id) is None)

    def as_scenario(self, told: Told, goals: Sequence[Target] = (), blocked_by: Sequence[Mapping[str, Any]] = ()) -> str:
        """The text of the file: with goals an attack, without one a flow, whose steps must go as they went.

        ValueError if nothing was done, or if a goal was not reached.
        """
        q, taken = self.game.question, self.taken()
        if not taken:
            raise ValueError("nothing was done yet")
        reached = self.goals()
        if any(goal not in reached for goal in goals):
            raise ValueError("a goal was not reached")
        ids = scenario_file.ids(taken)
        takes_part = bool(goals) or any(map(is_generated, taken))
        asking = {step: vars_of(asked) for step, asked in self.asks.items()}
        if goals and not asking:
            asking[reached[goals[0]]] = scenario_file.PREDICT
        steps = [self._step(s, ids, asking.get(s.id), flow=not goals) for s in taken]
        whole: dict[str, Any] = {
            "title": told.title.strip() or "A recorded story",
            "story": told.story.strip() or taken[0].say,
            "lesson": told.lesson.strip() or "What was recorded happens like this in this setting.",
            "refs": list(told.refs or (scenario_file.REFS if goals else FLOW_REFS)),
        }
        whole |= {"attacker": scenario_file.attacker(q, taken)} if takes_part else {}
        changes = dict(self.settings.changes)
        whole["setting"] = {"profile": self.settings.profile} | ({"switches": changes} if changes else {})
        whole["steps"] = steps
        if goals:
            whole["goal"] = [g.at(ids[reached[g]]).model_dump(exclude_none=True, by_alias=True, mode="json") for g in goals]
        if blocked_by:
            whole["blocked_by"] = [dict(each) for each in blocked_by]
        return scenario_file.text(whole)

    def _step(self, step: Step, ids: Mapping[str, str], asked: Mapping[str, str] | None, *, flow: bool) -> Doc:
        own = step.model_copy(update={"say": self.says.get(step.id, step.say)})
        last = last_exchange(self.position.stage.record, step.id)
        expected = {"expect": {"status": last.response.status}} if flow and last is not None else {}
        return scenario_file.step(own, ids, asked) | expected

    def blockers(self, text: str) -> Iterator[Blocking]:
        """What blocks the story of this file: every switch and bundle alone; where none does, the smallest set that is found."""
        case, own = Case.of(opened(text), seed=self.seed), tuple(s.id for s in opened(text).steps)
        options, found = defence_search.options(case.settings), list[Trial]()
        for number, option in enumerate(options, 1):
            trial = defence_search.attempt(case, dict(option.switches), option.name)
            found += [trial] if _stops(trial) else []
            yield Blocking(number, len(options), _weakest(found))
        if not found:
            progress = None
            for progress in defence_search.smallest(case, MOST_SETS):
                yield Blocking(len(options) + progress.tried, len(options) + progress.total, ())
            best = progress.best if progress else None
            if best is not None and _stops(best) and best.stop is not None and best.stop.step in own:
                yield Blocking(1, 1, (_defence(best),))


def _stops(trial: Trial) -> bool:
    """Whether a defence stops her at a step: somebody refuses, or she learns nothing there."""
    stop = trial.stop
    return stop is not None and (
        trial.enough if stop.check else trial.word in ("blocked", "stalled") and stop.missing not in ("", NOT_DENIED)
    )


def _weakest(found: Sequence[Trial]) -> tuple[Doc, ...]:
    """As the file has them; of a switch only the weakest value that does."""
    return tuple(_defence(trial) for trial in {t.switches[0][0] if len(t.switches) == 1 else t.name: t for t in reversed(found)}.values())[
        ::-1
    ]


def _defence(trial: Trial) -> Doc:
    stop = trial.stop
    assert stop is not None
    switches = {trial.name: "on"} if trial.name in BUNDLES else dict(trial.switches)
    if stop.check:
        return {"switches": switches, "at": stop.step, "by": stop.by, "answer": stop.answer, "because": CHECKS[stop.check].sentence}
    because = f"At the step “{stop.step.replace('_', ' ')}” she learns nothing any more."
    return {"switches": switches, "kind": "incidental", "at": stop.step, "answer": "nothing learned", "because": because}


def vars_of(asked: Asked) -> dict[str, str]:
    """A question as the file has it."""
    return {"question": asked.question, "accepted": asked.accepted, "refused": asked.refused}


def _free(step: Step, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9_]", "_", f"{step.actor}_{step.verb}")
    return next(n for n in (base, *(f"{base}_{i}" for i in range(2, MOST + 3))) if n not in taken)


def _targets(settings: Settings, powers: tuple[str, ...], schedule: tuple[Step, ...]) -> tuple[Target, ...]:
    """All that she might be after: what those are after in the shipped attacks who can do no more, and what ended in this story."""
    usual = question.goals(Question(settings, powers, (), ()))
    here = [t for t in usual if t.goal.late is None and t.goal.after is None]
    late = [Target.of(Goal(late=step.id, at="x")) for step in schedule if step.verb in ENDS]
    every = [*(Target.of(goal) for goal in ALWAYS_WANTED), *here, *late]
    return tuple({str(target): target for target in every}.values())


# ---------------------------------------------------------------- as a document


def drawn(recording: Recording) -> Doc:
    """What the stepper shows: the diagram of what was done, and beside it what can be done next."""
    doc = document((turn.played(recording.position),))
    return doc | {"scenario": "recorded", "editable": False, "turn": beside(recording)}


def beside(recording: Recording) -> Doc:
    """The moves in groups, what came of the last one, what she knows, and what she has reached."""
    position, game = recording.position, recording.game
    return {
        "side": "record",
        "powers": question.in_words(game.question),
        "goals": [[turn.sentence(game.wanted(target)), True] for target in position.reached],
        "news": turn.told(position, recording.said[-1], outcome(position)) if recording.said else None,
        "groups": list(groups(recording)),
        "closed": [],
        "known": turn.known(position),
        "moves": len(recording.names),
        "back": bool(recording.names),
        "full": FULL if recording.full else "",
        "sign": ".".join(recording.names) or "start",
    }


def groups(recording: Recording) -> Iterator[Doc]:
    """Honest people's moves under their headings, then hers."""
    honest: dict[str, dict[str, list[Choice]]] = {}
    hers: list[Choice] = []
    for choice, step in recording.moves().values():
        if step is None:
            hers.append(choice)
        else:
            honest.setdefault(deeds.heading(step), {}).setdefault(f"{deeds.who(step)} {step.verb}", []).append(choice)
    for says, lines in honest.items():
        yield {"says": says, "lines": [row for same in lines.values() for row in turn.rows(Line("wait", same[0].say, tuple(same)), {})]}
    for group, says in GROUPS.items():
        mine = [line for line in game_lines(recording, hers) if line.group == group]
        if mine:
            yield {"says": f"Mallory: {says[:1].lower()}{says[1:]}", "lines": [row for line in mine for row in turn.rows(line, {})]}


def game_lines(recording: Recording, hers: Iterable[Choice]) -> Iterator[Line]:
    """Her choices as the game puts them into lines."""
    possible = {choice.say for choice in hers}
    for line in recording.game.lines():
        kept = tuple(choice for choice in line.choices if choice.chain and choice.say in possible and line.group != "wait")
        if kept:
            yield replace(line, choices=kept)


def opened(text: str) -> Scenario:
    """The scenario of a file that was recorded.  ScenarioError."""
    return loads(text, "recorded.yaml")
