"""Who plays the clients of an attack in a system that does not have them all: any client that it has, if the story works with it.

Whether it works is seen by running the recast file in its own setting: the attack must reach its goal there as the original does.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.core.memo import memo
from sandbox.engine import judge, player
from sandbox.engine.case import Case
from sandbox.engine.player import NotLearned
from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.language.recast import named, recast
from sandbox.language.source import ScenarioError
from sandbox.protocol.cast import instances

CLIENTS = instances("client")
ON_A_PHONE = ("mobile",)  # clients beside which nobody needs a laptop


@memo("run", 1000)
def cast(scenario: str, clients: tuple[str, ...]) -> Scenario | None:
    """A shipped attack or way, played by these clients only; as it is if they suffice, None if it does not work with them."""
    own = library.get(scenario)
    missing = [name for name in CLIENTS if name not in clients and name in named(own)]
    return next(_works(own, missing, clients), None) if missing else own


def _works(own: Scenario, missing: list[str], clients: tuple[str, ...]) -> Iterator[Scenario]:
    """The story with each of these clients in turn, where the attacker gets what she is after."""
    for client in clients:
        try:
            other = recast(own, dict.fromkeys(missing, client) | _browsers(own, clients))
            word = judge.judge(player.play(Case.of(other))).word
        except (ScenarioError, NotLearned):
            continue
        if word in ("succeeded", "limited"):
            yield other


def _browsers(own: Scenario, clients: tuple[str, ...]) -> dict[str, str]:
    """Which browser plays another: where all clients are apps on a phone, so is the browser, unless the story needs both."""
    return {"laptop": "phone"} if set(clients) <= set(ON_A_PHONE) and "phone" not in _seats(own) else {}


def _seats(scenario: Scenario) -> frozenset[str]:
    """The browsers that act or are named in the steps."""
    return frozenset({s.actor for s in scenario.steps} | {str(getattr(s.args, "browser", "")) for s in scenario.steps})
