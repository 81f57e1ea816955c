"""What honest people and their clients can do at a moment: moves for somebody who tells a story.

Like the attacker's moves they are steps of the scenario language, generated; whether one can be taken is found out by taking it on a
copy of the world.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.attacker.moves import Move, waits
from sandbox.attacker.taking import Taker
from sandbox.core.fork import fork
from sandbox.engine.player import Stage
from sandbox.language.document import Step
from sandbox.protocol.cast import CAST, title

BROWSERS = {
    "app": ("laptop", "phone"),
    "budget": ("laptop", "phone"),
    "mobile": ("phone",),
    "importer": ("laptop",),
    "assistant": ("laptop",),
}
SCOPES = ("read", "read write")
READS = {"accounts": "/accounts", "transactions": "/transactions", "notifications": "/notifications"}  # API -> what people look at there
ALWAYS = ("sign_in", "wait", "set_user", "rotate_key")  # nothing has to be there before them
GROUPS = {  # verb -> heading
    "sign_in": "Somebody signs in",
    "show_code": "Somebody signs in",
    "type_code": "Somebody signs in",
    "visit": "Somebody signs in",
    "log_in": "Somebody signs in",
    "approve": "Somebody signs in",
    "poll": "Somebody signs in",
    "step_up": "Somebody signs in",
    "call_api": "A client asks an API",
    "refresh": "A client renews its token",
    "log_out": "Access ends",
    "log_out_everywhere": "Access ends",
    "disconnect": "Access ends",
    "set_user": "The operator acts",
    "rotate_key": "The operator acts",
    "wait": "Time passes",
}


def deeds(stage: Stage) -> Iterator[Step]:
    """All that can be done now by honest people, their clients, the operator and the clock: steps without ids."""
    for step in (move.step for move in _every(stage)):
        if step.verb in ALWAYS or _can_be_taken(stage, step):
            yield step


def _can_be_taken(stage: Stage, step: Step) -> bool:
    """Whether a step has all that it takes: then it is not skipped, whatever the answer is."""
    tried = fork(stage)
    named = step.model_copy(update={"id": "tried"})
    Taker().take(tried, named)
    return "tried" in tried.record.outputs and tried.record.skipped("tried") is None


def _every(stage: Stage) -> Iterator[Move]:
    """Everything that honest people do in the shipped stories, possible now or not."""
    for client, browsers in BROWSERS.items():
        if client in stage.world.clients:
            for browser in browsers:
                yield from _at(client, browser, f" on her {'phone' if browser == 'phone' else 'laptop'}" if len(browsers) > 1 else "")
    yield _deed("tv.show_code", "The TV shows a code.", scope="read")
    codes = [step for step, out in stage.record.outputs.items() if isinstance(out.get("json"), dict) and "user_code" in out["json"]]
    if codes:
        yield _deed("laptop.visit", "Alice opens the address that the TV shows.", url=f"${codes[-1]}.json.verification_uri")
        yield _deed("laptop.log_in", "Alice logs in.")
        yield _deed("laptop.type_code", "Alice types the code that the TV shows.", code=f"${codes[-1]}.json.user_code")
        yield _deed("laptop.approve", "Alice says yes.")
        yield _deed("tv.poll", "The TV asks whether Alice has said yes.")
        yield _deed("tv.call_api", "The TV reads her accounts.", api="accounts", path="/accounts")
    yield _deed("admin.set_user", "The operator locks Alice out.", user="alice", disabled=True)
    yield _deed("admin.set_user", "The operator locks Mallory out.", user="mallory", disabled=True)
    yield _deed("admin.rotate_key", "The operator has the server sign with its next key.")
    yield from waits()


def _at(client: str, browser: str, where: str) -> Iterator[Move]:
    """What Alice does with a client in a browser, and the client for her."""
    name = title(client)
    for scope in SCOPES:
        say = f"Alice {'connects' if client == 'budget' else 'signs in to'} {name}{where}, to {scope.replace(' ', ' and ')}."
        yield _deed(f"{client}.sign_in", say, browser=browser, scope=scope)
    for api, path in READS.items():
        yield _deed(f"{client}.call_api", f"{name} reads {path} at {title(api)}{where}.", browser=browser, api=api, path=path)
    yield _deed(f"{client}.refresh", f"{name} renews its token{where}.", browser=browser)
    yield _deed(f"{client}.step_up", f"{name} sends Alice to sign in once more{where}.", browser=browser)
    yield _deed(f"{browser}.log_out", f"Alice logs out of {name}{where}.", client=client)
    yield _deed(f"{browser}.disconnect", f"Alice takes back what she has allowed {name}{where}.", client=client)


def _deed(do: str, say: str, **args: Any) -> Move:
    return Move(do, args, "change", "wait", say)


def heading(step: Step) -> str:
    """Under which heading a step is offered."""
    return GROUPS.get(step.verb, "Somebody signs in")


def who(step: Step) -> str:
    """Who does it, in words."""
    return title(step.actor) if step.actor in CAST else step.actor
