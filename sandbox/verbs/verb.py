"""A verb is one function: the model of its arguments, its actors and outputs, what travels, and what it does stand together.

    class Wait(Args):
        \"\"\"Let time pass.\"\"\"

        seconds: int = Field(gt=0, description="a number of seconds")


    @verb(by=("clock",), wire="nothing; time passes")
    def wait(world: World, actor: str, args: Wait) -> Outputs:
        world.net.wait(args.seconds)
        return {}

`table.py` finds it; the guide, the schema, the loader's checks and `oauth-sandbox verbs` follow from what is written there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, get_type_hints

from sandbox.core.forms import Form, refuse
from sandbox.protocol.cast import CAST
from sandbox.world.world import World

Outputs = dict[str, Any]

COMMON_OUTPUTS = ("request", "response", "received", "status", "json")  # what every verb gives
PAGE = ("redirect", "url")
TOKENS = ("access_token", "refresh_token", "id_token")


class Missing(Exception):
    """The actor does not have a value that this step needs: the step is not taken."""


def a_token(value: Any) -> str:
    """The value as the text of a token.  Raises Missing."""
    if not isinstance(value, str):
        raise Missing("a token")
    return value


class Args(Form):
    """The arguments of one verb."""

    def one_of(self, names: tuple[str, ...], least: int = 1) -> Self:
        """At most one of these may be given, and at least `least`."""
        given = [n for n in names if getattr(self, n) is not None]
        if len(given) > 1:
            raise refuse(f"{' and '.join(f'`{n}`' for n in given)} cannot be combined", "keep one of them")
        if len(given) < least:
            raise refuse("nothing says what to use", f"add one of {', '.join(names)}")
        return self


A = TypeVar("A", bound=Args)


@dataclass(frozen=True, slots=True)
class Verb(Generic[A]):
    """One verb.  `actors`: kinds or names of the cast that may do it; `gives`: its outputs beside COMMON_OUTPUTS; `wire`: what travels."""

    name: str
    args: type[A]
    actors: tuple[str, ...]
    gives: tuple[str, ...]
    wire: str
    act: Callable[[World, str, A], Outputs]

    def __call__(self, world: World, actor: str, args: A) -> Outputs:
        """Do it, as `actor`; the outputs by name.  Raises Missing."""
        return self.act(world, actor, args)

    @property
    def doc(self) -> str:
        """What it does, in one sentence."""
        return (self.args.__doc__ or "").strip()

    @property
    def outputs(self) -> tuple[str, ...]:
        """All that `$step.` may be followed by."""
        return (*self.gives, *(o for o in COMMON_OUTPUTS if o not in self.gives))

    @property
    def who(self) -> tuple[str, ...]:
        """The members of the cast that may do it."""
        return tuple(m.name for m in CAST.values() if m.kind in self.actors or m.name in self.actors)


def verb(*, by: tuple[str, ...], wire: str, gives: tuple[str, ...] = ()) -> Callable[[Callable[[World, str, A], Outputs]], Verb[A]]:
    """Make a function the verb of its name; its third parameter says which model its arguments have."""

    def made(act: Callable[[World, str, A], Outputs]) -> Verb[A]:
        return Verb(act.__name__, get_type_hints(act)["args"], by, gives, wire, act)

    return made
