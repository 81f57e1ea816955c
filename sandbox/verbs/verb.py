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

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import ValidationError

from sandbox.core.forms import Form, refuse, refuse_at
from sandbox.protocol.cast import CAST
from sandbox.world.world import World

Outputs = dict[str, Any]

OUTPUTS = {  # all that `$step.` may be followed by; one that has no value where it is asked for leaves the asking step out
    "request": "the last request of the actor in that step, or the one that was read; its parts: .method, .url, .headers, .form, .json,"
    " .cookies, .token (the first one, wherever it stands)",
    "response": "the answer to that request; its parts: .status, .headers, .json, .cookies, .token, and .form of a page with a form",
    "received": "the last request that reached a party of hers in that step, with the parts of a request",
    "posted": "the last of these that is a POST, whatever came after it",
    "all": "everything of that kind, newest first: requests that reached a party of hers, or what was read; $step.all.1 is the second",
    "status": "the status of the answer",
    "json": "the body of the answer, if it is JSON; go on with a key or a number: $step.json.accounts.0",
    "redirect": "the address of the request that a browser holds back (`hold`); an address has the parts .host, .path, .query, .fragment",
    "url": "the address that is shown, or was read, with the same parts, and .token: $step.url.query.code",
    "access_token": "the access token that was issued or found; a token has the parts .header and .claims",
    "refresh_token": "the refresh token that was issued or found",
    "id_token": "the ID token that was issued or found, with the parts of a token",
    "token": "the token that was made",
    "client_secret": "the secret of the client whose storage on its server was read; empty if it has none",
    "cookies": "all cookies of the device that was read, as one Cookie header",
}
COMMON_OUTPUTS = ("request", "response", "received", "posted", "all", "status", "json")  # what every verb gives
PAGE = ("redirect", "url")
TOKENS = ("access_token", "refresh_token", "id_token")


class Missing(Exception):
    """The actor does not have a value that this step needs: the step is not taken."""


class Args(Form):
    """The arguments of one verb.  One that would have no effect beside the others is refused, at its place in the file."""

    def suits(self, actor: str) -> None:
        """Refuse arguments without effect for this member of the cast.  Unless a verb knows better, everything suits everybody."""

    def given(self, name: str) -> bool:
        """Whether this argument says something other than nothing."""
        return bool(getattr(self, name) != type(self).model_fields[name].default)

    def refused(self, name: str, why: str, cure: str) -> ValidationError:
        """An error about this argument, for raising."""
        return refuse_at((self._key(name),), f"`{self._key(name)}` {why}", cure)

    def at_most_one(self, *names: str) -> None:
        """Refuse a second one of these."""
        first, *others = [n for n in names if self.given(n)] or [""]
        for other in others:
            raise refuse_at((self._key(other),), f"`{self._key(first)}` and `{self._key(other)}` cannot be combined", "keep one of them")

    def exactly_one(self, *names: str) -> None:
        """Refuse none of these, and a second one."""
        self.at_most_one(*names)
        if not any(self.given(n) for n in names):
            raise refuse("nothing says what to use", f"add one of {', '.join(map(self._key, names))}")

    def only_with(self, name: str, *others: str) -> None:
        """Refuse this one where none of the others is given."""
        if self.given(name) and not any(self.given(o) for o in others):
            needed = " or ".join(f"`{self._key(o)}`" for o in others)
            raise self.refused(name, f"has no effect without {needed}", f"remove it, or add {needed}")

    def no_headers(self, path: tuple[str, ...], names: Iterable[str], writer: str, cure: str) -> None:
        """Refuse headers, in the map at this path of keys, that somebody else writes."""
        headers: Any = self
        for key in path:
            headers = getattr(headers, key, None)
        for header in headers or ():
            if header.lower() in names:
                raise refuse_at((*path, header), f"the header `{header}` is written by {writer}", cure)

    def _key(self, name: str) -> str:
        """What the argument is called in a file."""
        return type(self).model_fields[name].alias or name


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
        """The members of the cast that may do it, in the order of `actors`."""
        return tuple(m.name for actor in self.actors for m in CAST.values() if actor in (m.kind, m.name))


def verb(*, by: tuple[str, ...], wire: str, gives: tuple[str, ...] = ()) -> Callable[[Callable[[World, str, A], Outputs]], Verb[A]]:
    """Make a function the verb of its name; its third parameter says which model its arguments have."""

    def made(act: Callable[[World, str, A], Outputs]) -> Verb[A]:
        return Verb(act.__name__, get_type_hints(act)["args"], by, gives, wire, act)

    return made
