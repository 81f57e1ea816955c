"""What the search is asked: in which setting, with which powers, beside which honest steps, and after what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sandbox.core.memo import memo
from sandbox.core.wire import origin
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.document import Attacker, Scenario, Setting, Step, hers
from sandbox.language.goals import Goal
from sandbox.language.loader import loads
from sandbox.language.powers import KINDS, sentence, with_included
from sandbox.protocol.cast import CAST, EVIL_AS
from sandbox.protocol.settings import Settings

ENDS = ("log_out", "log_out_everywhere", "disconnect", "set_user")  # the verbs that end somebody's access
SOMEWHERE = "somewhere"  # the step of a goal whose step is to be found
USED_AT, USUALLY = {"mobile": "phone"}, "laptop"  # where Alice uses a client, if a day does not say
KEYS = {"mine": "mallory.key", "pkce": "mallory.pkce"}  # what she has from the beginning, whoever she is


@dataclass(frozen=True)
class Target:
    """A goal without its step."""

    goal: Goal

    @classmethod
    def of(cls, goal: Goal, after: str | None = None) -> Target:
        return cls(goal.model_copy(update={"at": SOMEWHERE, "after": goal.after or after}))

    def at(self, step: str) -> Goal:
        return self.goal.model_copy(update={"at": step})

    @cached_property
    def predicate(self) -> str:
        return self.goal.predicate

    @cached_property
    def what(self) -> str:
        return self.goal.what

    def __str__(self) -> str:
        return f"{self.predicate} {self.what}"

    def __hash__(self) -> int:
        return hash(str(self))


@dataclass(frozen=True)
class Question:
    """One question.  `powers`: words of language/powers.py; `knows`: names of facts that she has beside her own keys."""

    settings: Settings
    powers: tuple[str, ...]
    schedule: tuple[Step, ...]
    targets: tuple[Target, ...]
    knows: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    name: str = "found-way"

    @cached_property
    def can(self) -> frozenset[str]:
        """Her powers, with those that follow from them."""
        return with_included(self.powers)

    def of(self, kind: str) -> tuple[str, ...]:
        """The members of the cast that her powers of this kind are about."""
        return self._members[kind]

    @cached_property
    def _members(self) -> dict[str, tuple[str, ...]]:
        return {k.name: tuple(word.partition(".")[2] for word in k.words if word in self.can) for k in KINDS.values()}

    @cached_property
    def places(self) -> dict[str, tuple[str, ...]]:
        """The browsers of honest people in which each client is used on this day."""
        found: dict[str, dict[str, None]] = {}
        for step in self.schedule:
            browser = str(getattr(step.args, "browser", ""))
            if browser in CAST and not CAST[browser].hers and step.actor in CAST and CAST[step.actor].kind == "client":
                found.setdefault(step.actor, {})[browser] = None
        return {client: tuple(browsers) for client, browsers in found.items()}

    def used_at(self, client: str) -> tuple[str, ...]:
        """The browsers in which a client is used; where the day says nothing, the one that it is made for."""
        return self.places.get(client) or (USED_AT.get(client, USUALLY),)

    @cached_property
    def browsers(self) -> tuple[str, ...]:
        """The browsers in which anything happens on this day."""
        return tuple(dict.fromkeys(b for client in self.places for b in self.places[client])) or (USUALLY,)

    @cached_property
    def attacker(self) -> Attacker:
        """She, as a file states her."""
        stated = {
            name: [m for k in KINDS.values() if k.field == name for m in self.of(k.name)] for name in ("operates", "claims", "reaches")
        }
        can = [p for p in self.powers if KINDS[p.partition(".")[0]].field == "can"]
        return Attacker.model_validate({"is": "somebody who looks for a way", "can": can, "knows": self.facts} | stated)

    @cached_property
    def facts(self) -> dict[str, str]:
        """What she has from the beginning, by name; no name is that of a step."""
        taken = {s.id for s in self.schedule} | set(self.knows)
        new = {name: fact for name, fact in KEYS.items() if fact not in self.knows.values()}
        return dict(self.knows) | {(f"her_{name}" if name in taken else name): fact for name, fact in new.items()}

    def named(self, fact: str) -> str:
        """The name of a fact that she has."""
        return next(name for name, f in self.facts.items() if f == fact)

    @cached_property
    def case(self) -> Case:
        """A case with the honest steps only, in which they and hers can be taken in any order."""
        setting = Setting.model_validate({"profile": self.settings.profile, "switches": dict(self.settings.changes)})
        story = Scenario.model_construct(
            id=self.name,
            source="",
            title=self.name,
            story="",
            lesson="",
            refs=(),
            attacker=self.attacker,
            setting=setting,
            steps=self.schedule,
            goal=(),
            needs=(),
        )
        return Case(story, self.settings, self.seed)

    def ended(self, kill: str) -> tuple[str, str]:
        """Whose access the step ends, and at which client; '' for all of them."""
        step = next(s for s in self.schedule if s.id == kill)
        user = getattr(step.args, "user", None)
        if step.verb == "log_out_everywhere":
            return CAST[step.actor].owner, ""
        return (str(user), "") if user else (CAST[step.actor].owner, str(getattr(step.args, "client", "")))

    @property
    def bound(self) -> dict[str, object]:
        """Within what the answer holds, for people and for programs."""
        return {
            "profile": self.settings.profile,
            "switches": dict(self.settings.changes),
            "powers": list(self.powers),
            "honest steps": [s.id for s in self.schedule],
            "goals": [str(t) for t in self.targets],
        }


# ---------------------------------------------------------------- from a scenario


def is_hers(step: Step, attacker: Attacker | None) -> bool:
    """Whether a step is the attacker's own; what other people do at a client of hers is not."""
    owner = CAST[b].owner if (b := getattr(step.args, "browser", None)) in CAST else ""
    if owner and step.verb == "sign_in":
        return hers(str(b), attacker)
    return hers(step.actor, attacker) or (bool(owner) and hers(str(b), attacker) and CAST[step.actor].kind == "client")


def of_scenario(scenario: Scenario, settings: Settings | None = None, seed: int = 0) -> Question:
    """The question behind a scripted attack: its honest steps, its attacker's powers and its goals, and none of her steps."""
    honest = tuple(s for s in scenario.steps if not is_hers(s, scenario.attacker))
    targets = tuple(dict.fromkeys(Target.of(g, _hired_until(honest)) for g in scenario.goal))
    knows = {n: f for n, f in scenario.attacker.knows.items() if f not in KEYS.values()} if scenario.attacker else {}
    return Question(settings or scenario.settings, stated(scenario), honest, targets, knows, seed)


def _hired_until(honest: Iterable[Step]) -> str | None:
    """The last step in which the operator changes what the attacker may do: what she may before it is her right."""
    return next((s.id for s in reversed(tuple(honest)) if getattr(s.args, "user", None) == "mallory" and s.verb in ENDS), None)


def stated(scenario: Scenario) -> tuple[str, ...]:
    """The powers that a file states; in a file that states none under `can`, those that its attacker's steps take, too."""
    a = scenario.attacker
    if a is None:
        return ()
    given = [*a.can, *(f"{k.name}.{m}" for k in KINDS.values() if k.field != "can" for m in getattr(a, k.field))]
    if not a.can:
        given += [p for s in scenario.steps if is_hers(s, a) or (s.actor in CAST and CAST[s.actor].hers) for p in needed(s)]
    return tuple(dict.fromkeys(given))


def needed(step: Step) -> Iterator[str]:
    """The powers that a step of hers takes."""
    args = step.args
    if step.actor == "mallory_browser" or getattr(args, "browser", None) == "mallory_browser":
        yield "account"
    if step.actor == "evil_app":
        yield "client"
    if step.verb in ("lure", "frame", "popup"):
        yield "lures"
    if step.verb == "vouch" or getattr(args, "at", None) == "evil_as" or (step.verb == "serve" and origin(args.url) == EVIL_AS):  # type: ignore[attr-defined]
        yield "server"
    if step.verb == "read":
        yield next(f"{kind}.{member}" for kind in ("log", "history", "storage", "device") if (member := getattr(args, kind)))
    if step.verb == "act":
        yield f"script.{args.in_}"  # type: ignore[attr-defined]


# ---------------------------------------------------------------- without one


@memo("table", 1)
def day() -> Scenario:
    """The honest day beside which she acts where no scenario says another one."""
    return loads((Path(__file__).parent / "day.yaml").read_text(encoding="utf-8"), "day.yaml")


def of_settings(settings: Settings, powers: Iterable[str], seed: int = 0) -> Question:
    """The question whether these powers reach anything in a setting, beside an ordinary day."""
    question = Question(settings, tuple(powers), day().steps, (), {}, seed)
    return Question(settings, question.powers, question.schedule, tuple(goals(question)), {}, seed)


def goals(question: Question) -> Iterator[Target]:
    """What those are after in the shipped attacks who can do no more than she."""
    seen = set()
    for attack in library.attacks():
        if with_included(stated(attack)) <= question.can:
            for target in map(_on_another_day, attack.goal):
                if target is not None and str(target) not in seen:
                    seen.add(str(target))
                    yield target


def _on_another_day(goal: Goal) -> Target | None:
    """The same goal beside the ordinary day; None if it is about a step that this day does not have."""
    if goal.denied is not None:
        return None
    ends = next(s.id for s in day().steps if s.verb in ENDS)
    return Target.of(goal.model_copy(update={"after": None} | ({"late": ends} if goal.late else {})))


def in_words(question: Question) -> str:
    """Her powers, in sentences."""
    return " ".join(sentence(p) for p in question.powers) or "She can send messages, and nothing else."
