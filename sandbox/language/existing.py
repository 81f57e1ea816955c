"""What a scenario names of the world must exist there: hosts that are asked, and data that somebody is after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.core.memo import memo
from sandbox.core.text import close, short
from sandbox.core.wire import origin, split
from sandbox.language.document import Step
from sandbox.language.errors import Finding
from sandbox.language.goals import Goal
from sandbox.protocol.cast import MARKER, addresses, made_up
from sandbox.verbs.values import is_reference
from sandbox.world.parties.people import people
from sandbox.world.parties.records import GROWING, HELD

PERSONAL = ("email", "name")
ABOUT_DATA = ("read", "write", "pii", "credential")


def missing(steps: Sequence[Step | None], goals: Sequence[Goal | None]) -> Iterator[Finding]:
    """Hosts that nobody has, and goals about data that nobody holds and no step makes."""
    yield from _hosts(steps)
    made = {marker for step in steps if step for marker in MARKER.findall(str(step.args.model_dump()))}
    for index, goal in enumerate(goals):
        yield from _marker(index, goal, made) if goal else ()


def _hosts(steps: Sequence[Step | None]) -> Iterator[Finding]:
    for index, step in enumerate(steps):
        for key in ("url", "redirect"):
            url = getattr(step.args, key, None) if step else None
            if isinstance(url, str) and not is_reference(url) and not reachable(url):
                yield Finding(("steps", index, "with", key), f"nobody has the address `{short(origin(url))}`", _nearest(origin(url)))


def reachable(url: str) -> bool:
    """Whether somebody has the host of this address."""
    return origin(url) in addresses() or made_up(split(url).netloc)


def _nearest(wanted: str) -> str:
    """The address that was meant, whatever its scheme and port."""
    hosts = {split(address).netloc or address: address for address in addresses()}
    guess = close(split(wanted).netloc.partition(":")[0], hosts)
    return f"did you mean `{hosts[guess]}`?" if guess else f"write one of {', '.join(addresses())}"


# ---------------------------------------------------------------- data


@memo("table", 8)
def known(predicate: str) -> tuple[str, ...]:
    """The markers that a goal of this kind can be about, as the world has them at its beginning."""
    users, held = tuple(people().users), tuple(marker for objects in HELD.values() for marker in objects)
    if predicate == "credential":
        return tuple(f"{user}:password" for user in users)
    return (*(f"{user}:{what}" for user in users for what in PERSONAL), *held) if predicate == "pii" else held


def _marker(index: int, goal: Goal, made: set[str]) -> Iterator[Finding]:
    marker: Any = getattr(goal, goal.predicate)
    if goal.predicate not in ABOUT_DATA or marker in made or marker in known(goal.predicate) or f":{GROWING}-" in marker:
        return
    listed = known(goal.predicate)
    owner, _, what = marker.partition(":")
    same = {m.partition(":")[2]: m for m in reversed(listed) if m.startswith(f"{owner}:")}
    guess = close(what, same)
    cure = f"did you mean `{same[guess]}`?" if guess else f"write one of {', '.join(listed)}, or let a step make it"
    yield Finding(("goal", index, goal.predicate), f"there is no `{short(marker)}` that `{goal.predicate}` could be about", cure)
