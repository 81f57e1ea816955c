"""The table of all verbs, group by group, and who can do which."""

from __future__ import annotations

from typing import Any

from sandbox.core.forms import refuse, suggestion
from sandbox.protocol.cast import CAST
from sandbox.verbs import attacker, browsers, calling, clients, devices, exchanging, forging, operator, page_script, reading, redeeming
from sandbox.verbs.names import a, members
from sandbox.verbs.verb import Verb

GROUPS = (clients, redeeming, exchanging, calling, devices, browsers, attacker, page_script, reading, forging, operator)
VERBS: dict[str, Verb[Any]] = {v.name: v for group in GROUPS for v in vars(group).values() if isinstance(v, Verb)}


def deed(do: str) -> tuple[str, Verb[Any]]:
    """`app.sign_in` as the actor's name and the verb; refuses what nobody can do."""
    actor, dot, name = do.partition(".")
    if not dot or not actor or not name:
        raise refuse(f"`{do}` does not say who does what", "write actor.verb, such as app.sign_in")
    if actor not in CAST:
        raise refuse(f"there is nobody called `{actor}`", suggestion(actor, members()) or f"write one of {', '.join(members())}")
    if name not in VERBS:
        raise refuse(f"there is no verb `{name}`", suggestion(name, tuple(VERBS)) or f"write one of {', '.join(VERBS)}")
    if actor not in VERBS[name].who:
        able = [v.name for v in VERBS.values() if actor in v.who]
        cure = f"{name} is for {', '.join(VERBS[name].who)}" + (f"; {actor} can {', '.join(able)}" if able else "")
        raise refuse(f"`{actor}` is {a(CAST[actor].kind)} and cannot {name}", cure)
    return actor, VERBS[name]
