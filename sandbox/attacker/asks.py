"""The requests to APIs that can show whether a goal is reached: what the documentation of the APIs tells everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.attacker.question import Question, Target
from sandbox.core.memo import memo
from sandbox.protocol.cast import CAST, ROUTES
from sandbox.world.parties import records

SERVES = {"account": ("accounts", "accounts_2"), "transaction": ("transactions",), "notification": ("notifications",)}  # kind of object
REACHED_BY_READING = ("list", "one", "imports")  # operations, by what the goal's predicate needs
REACHED_BY_CHANGING = ("delete",)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: to this API, with this method, at this path.  `changes`: whether it destroys something."""

    api: str
    method: str
    path: str
    changes: bool = False
    is_filled_by_others: bool = False  # whether somebody else can put something there

    @property
    def behind_gateway(self) -> bool:
        """Whether the gateway leads there."""
        return ROUTES.get(self.path.removeprefix("/").partition("/")[0]) == self.api

    @property
    def said(self) -> str:
        return f"{self.method} {self.path} at {CAST[self.api].title}"


def asks(question: Question) -> tuple[Ask, ...]:
    """All requests that could show one of the goals."""
    return tuple(dict.fromkeys(ask for target in question.targets for ask in _of(target)))


@memo("run", 256)
def _of(target: Target) -> tuple[Ask, ...]:
    return tuple(_showing(target))


def _showing(target: Target) -> Iterator[Ask]:
    if target.predicate == "late":
        for kind in ("account", "transaction"):
            yield from _routes(kind, ("list",))
    if target.predicate in ("read", "write"):
        kind, user, number = _parts(target.what)
        wanted = REACHED_BY_READING if target.predicate == "read" else REACHED_BY_CHANGING
        if kind in SERVES:
            yield from _routes(kind, wanted, user, number)
        else:  # somebody has put it there
            yield from _routes("account", ("imports",))


def _parts(marker: str) -> tuple[str, str, str]:
    """`alice:account-1` as kind, owner and number."""
    owner, _, what = marker.partition(":")
    kind, _, number = what.partition("-")
    return kind, owner, number


def _routes(kind: str, actions: tuple[str, ...], user: str = "", number: str = "") -> Iterator[Ask]:
    """The operations of this kind's APIs that do one of these things, with the person and the number filled in."""
    for route in records.ROUTES[kind]:
        if route.action not in actions or (route.action == "imports" and user):
            continue
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda found: {"user": user, "id": number}[found[1]], route.pattern)
        for api in SERVES[kind]:
            yield Ask(api, route.method, path, route.method != "GET", route.action == "imports")


def resources(question: Question) -> tuple[str, ...]:
    """The APIs for which she may want a token, beside the one that tokens are for anyway."""
    wanted = [CAST[ask.api].replica_of or ask.api for ask in asks(question)]
    return tuple(dict.fromkeys(api for api in wanted if api != SERVES["account"][0]))
