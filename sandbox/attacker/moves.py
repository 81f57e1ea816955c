"""The moves that the attacker has: steps of the scenario language, generated instead of written.

Their arguments come from what she knows and from what everybody knows; they were written from the RFCs and from a catalogue of
attacks, not from the parties.  Nothing here runs one.  Four kinds, by what they do to the world:

- gain: only adds to her knowledge;
- probe: asks an API whether a goal is reached, perhaps in two steps;
- change: changes somebody's state, and may open one way and close another;
- harm: destroys what is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sandbox.attacker.forgeries import KEY_SET, Forgery
from sandbox.attacker.question import Question
from sandbox.attacker.values import Value
from sandbox.language.document import Step
from sandbox.protocol.cast import title
from sandbox.verbs.table import VERBS
from sandbox.verbs.verb import Args

Kind = Literal["gain", "probe", "change", "harm"]
Group = Literal["read", "sign in", "call", "redeem", "forge", "lure", "act", "wait"]
Chain = tuple["Move", ...]  # in which `$1.token` stands for what the first of them gave

HERS, ACCOUNT = "mallory", "mallory_browser"
FOR_SPAS = ("app",)  # the clients that live in a page unless they have a backend
CONFIDENTIAL = ("budget",)  # third parties' web apps in which she can have an account, too


@dataclass(frozen=True)
class Move:
    """One move.  `sign` tells it from others by what it means, with provenances in the place of references."""

    do: str
    args: dict[str, Any] = field(hash=False)
    kind: Kind
    group: Group
    say: str
    uses: tuple[Value, ...] = ()
    forges: bool = False
    once: bool = False  # whether what comes of it does not depend on the state, so that one try is enough

    @classmethod
    def of(cls, do: str, kind: Kind, group: Group, say: str, *uses: Value, **args: Any) -> Move:
        """A move with those of these arguments that are not None; `in_` stands for an argument that is called `in`."""
        return cls(do, {k.rstrip("_"): v for k, v in args.items() if v is not None}, kind, group, say, uses)

    @cached_property
    def checked(self) -> Args:
        """The arguments as its verb takes them."""
        actor, _, verb = self.do.partition(".")
        args: Args = VERBS[verb].args.model_validate(self.args)
        args.suits(actor)
        return args

    @cached_property
    def step(self) -> Step:
        """The move as a step, still without an id."""
        return Step.model_construct(
            id="",
            do=self.do,
            args=self.checked,
            say=self.say[:400],
            expect=None,
            predict=None,
            optional=False,
            control=False,
        )

    @cached_property
    def sign(self) -> str:
        text = json.dumps([self.do, self.args], sort_keys=True, default=str)
        for value in self.uses:
            text = text.replace(f'"{value.ref}', f'"<{value.name}>')
        return text


# ---------------------------------------------------------------- words and questions that they share


def counts(question: Question, value: Value) -> bool:
    """Whether a token can reach a goal as it is; her own only where she is after what she may do no more."""
    return value.user != HERS or any(
        t.goal.after is not None or (t.goal.late and question.ended(t.goal.late)[0] == HERS) for t in question.targets
    )


def somewhere(question: Question, client: str, place: str | None) -> str:
    """Where this happens, in words, if it could be at several places."""
    return f" on {title(place)}" if place and len(question.used_at(client)) > 1 else ""


def thing(value: Value) -> str:
    """A value as a sentence names it."""
    return "the forged token" if value.forged else value.name.partition(", challenge")[0]


# ---------------------------------------------------------------- what only lets time pass

PAUSES = {"A minute": 60, "An hour": 3_600, "A day": 86_400}


def waits() -> Iterator[Move]:
    """Letting time pass.  The search does not do it: time ends what she has, and gives her nothing."""
    return (Move.of("clock.wait", "change", "wait", f"{name} passes.", seconds=seconds) for name, seconds in PAUSES.items())


# ---------------------------------------------------------------- what is made


def made(forgery: Forgery, question: Question) -> Chain:
    """The steps that make a token, and put her key set where the token says, if it says so."""
    mine = question.named("mallory.key")
    serve = Move.of(f"{HERS}.serve", "gain", "forge", "Mallory puts her keys on her own host.", url=KEY_SET, json=f"${mine}.jwks")
    forge = Move(f"{HERS}.forge", forgery.args, "gain", "forge", f"Mallory makes {forgery.said}.", forgery.uses, True)
    return (serve, forge) if forgery.served else (forge,)
