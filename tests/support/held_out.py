"""Ways that nobody has planned from: what a thief who holds something tries with it, generated and run.

At the step at which a script would reach its goal, she also signs in as herself through each client of the system, and presents each
credential that she holds then in each way to each API.  The script itself is played through every other door, too: where it uses an
account of her own, any other client signs her in as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.core.wire import Request
from sandbox.engine import judge
from sandbox.engine.case import Case
from sandbox.engine.goals import elsewhere, shown
from sandbox.engine.knowledge import Knowledge
from sandbox.engine.player import NotLearned, Stage
from sandbox.engine.record import answers
from sandbox.language.document import Scenario
from sandbox.language.goals import Goal
from sandbox.language.recast import named, recast
from sandbox.language.source import ScenarioError
from sandbox.protocol.cast import CAST, instances
from sandbox.protocol.settings import Settings
from sandbox.verbs import attacker, clients
from sandbox.verbs.verb import Missing

APIS = [m.name for m in CAST.values() if m.kind == "api" and m.host and not m.hers]
CREDENTIALS = ("access_token", "id_token", "refresh_token", "token")
WAYS = ("bearer", "dpop", "query", "cookie")


@dataclass(frozen=True)
class Tried:
    """One generated way, and whether the goal was reached by it."""

    script: str
    said: str
    reached: bool


def tried(script: Scenario, settings: Settings, clients_there: tuple[str, ...]) -> Iterator[Tried]:
    """All generated ways of one script in these settings."""
    for door, played in doors(script, clients_there):
        try:
            if door:
                word = judge.judge(Stage.opened(Case(played, settings)).go_on().record).word
                yield Tried(script.id, f"through {door}", word == "succeeded")
            yield from presented(played, settings, clients_there)
        except NotLearned:
            continue


def doors(script: Scenario, clients_there: tuple[str, ...]) -> Iterator[tuple[str, Scenario]]:
    """The script, and the same with each other client of the system where Mallory signs in as herself."""
    yield "", script
    own = {s.actor for s in script.steps if getattr(s.args, "user", None) == "mallory" and s.actor in instances("client")}
    for client in clients_there if len(own) == 1 and own <= named(script) else ():
        if client not in own:
            try:
                yield client, recast(script, dict.fromkeys(own, client))
            except ScenarioError:
                continue


def presented(script: Scenario, settings: Settings, clients_there: tuple[str, ...]) -> Iterator[Tried]:
    """Each door of her own account, or none, x each credential that she holds then x each way to present it x each API."""
    for goal in script.goal:
        like = asked(script, goal)
        if like is None or (goal.read is None and goal.late is None):
            continue
        before = Stage.opened(Case(script, settings)).go_on(goal.at)
        if elsewhere(before.record, goal):
            continue  # what the script itself reaches is judged by its verdict
        known = held(before)
        for door in ("", *clients_there):
            stage = before.after(0)
            stage.world.net.trace.step = goal.at
            there = entered(stage, door) if door else known
            for name, value in sorted(there.items()):
                if door and value in known.values():
                    continue
                for api in APIS:
                    for way in WAYS:
                        present(stage, value, api, like, way)
                        said = f"{name} as {way} to {api} {like.path}, {door or 'no'} account of her own"
                        yield Tried(script.id, said, shown(stage.record, goal, goal.at))


def entered(stage: Stage, door: str) -> dict[str, str]:
    """What she holds after she has signed in as herself through this client, on a device of her own."""
    given = {"browser": "mallory_browser", "user": "mallory", "scope": "read"}
    try:
        out = clients.sign_in(stage.world, door, clients.SignIn.model_validate(given))
    except Missing:
        return {}
    own = {f"{door}.{name}": value for name in CREDENTIALS if isinstance(value := out.get(name), str)}
    session = stage.world.clients[door].sessions.get("mallory_browser")  # what the client keeps on her device
    return held(stage) | {k: v for k, v in own.items() if session is not None}


def asked(script: Scenario, goal: Goal) -> Request | None:
    """The request to an API with which the goal is reached in the file's own setting."""
    record = judge.weak_record(Case.of(script))
    hosts = {CAST[name].host for name in APIS} | {m.host for m in CAST.values() if m.kind == "gateway"}
    return next((s.request for s, _ in answers(record, goal.at) if s.sender in record.hers and s.request.origin in hosts), None)


def held(stage: Stage) -> dict[str, str]:
    """The credentials that she has seen, or has made, by where they come from."""
    known = Knowledge().read(stage.world.net.trace.events)
    hers = [(f, party) for party in stage.record.hers for f in known.of(party)]
    seen = {f.value: f"{f.name} of {party}" for f, party in hers if f.name.rpartition(".")[2] in CREDENTIALS}
    made = {str(out["token"]): f"{step}.token" for step, out in stage.record.outputs.items() if out.get("token")}
    return {name: value for value, name in (seen | made).items()}


def present(stage: Stage, token: str, api: str, like: Request, way: str) -> None:
    """The request of the goal, with this credential presented in this way."""
    mallory = stage.world.attacker.name
    try:
        if way in ("bearer", "dpop"):
            given = {"api": api, "path": like.path, "method": like.method, "token": token, "scheme": way}
            clients.call_api(stage.world, mallory, clients.CallApi.model_validate(given))
        else:
            url = f"{CAST[api].host}{like.path}" + (f"?access_token={token}" if way == "query" else "")
            headers = {"headers": {"Cookie": f"access_token={token}"}} if way == "cookie" else {}
            attacker.send(stage.world, mallory, attacker.Send.model_validate({"method": like.method, "url": url} | headers))
    except Missing:
        return
