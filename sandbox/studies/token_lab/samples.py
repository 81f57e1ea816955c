"""Tokens that travelled in a run, to begin with."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.core.memo import memo
from sandbox.engine import knowledge, player
from sandbox.engine.case import Case
from sandbox.language.document import Scenario
from sandbox.protocol.cast import instances
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Sent
from sandbox.studies.token_lab.verifying import verify


@dataclass(frozen=True, slots=True)
class Found:
    """A token that travelled in a run: its name, who had sent it to whom, and the token."""

    name: str
    sender: str
    receiver: str
    step: str
    token: str


@memo("run", 32)
def sample(scenario: Scenario, settings: Settings) -> tuple[int, str, str]:
    """A token of the run that some API accepts: its number, the API, and the proof that is sent with it."""
    found = tokens_of(scenario, settings)
    access = [n for n, f in enumerate(found) if f.name == "access_token"]
    for number in access:
        for api in instances("rs"):
            for proof in ("none", "client"):
                if verify(found[number].token, api, settings, scenario, proof).accepted:
                    return number, api, proof
    return (access or [0])[0], instances("rs")[0], "none"


@memo("run", 256)
def opens_something(scenario: Scenario, settings: Settings) -> bool:
    """Whether some API accepts a token of this run, once the run is over."""
    found = tokens_of(scenario, settings)
    number, api, proof = sample(scenario, settings) if found else (0, "", "")
    return bool(found) and verify(found[number].token, api, settings, scenario, proof).accepted


@memo("run", 64)
def tokens_of(scenario: Scenario, settings: Settings) -> tuple[Found, ...]:
    """Every JWT of a run, once, where it was first seen; none if the run makes no sense in these settings."""
    if settings.lacks(scenario.needs) is not None:
        return ()
    found: dict[str, Found] = {}
    for event in player.play(Case(scenario, settings)).events:
        message = event.request if isinstance(event, Sent) else event.response if isinstance(event, Answered) else None
        if message is not None and isinstance(event, Sent | Answered):
            for name, token in knowledge.tokens(message):
                found.setdefault(token, Found(name.rpartition(".")[2], event.sender, event.receiver, event.step, token))
    return tuple(found.values())
