"""Short scenarios for tests: steps in, what happened out."""

from __future__ import annotations

from typing import Any

from sandbox.core.wire import Request, Response
from sandbox.engine import player
from sandbox.engine.case import Case
from sandbox.engine.record import Record
from sandbox.language.document import Scenario
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Answered, Checked, Sent, of

HEAD = "title: T\nstory: S.\nlesson: L.\nrefs: [RFC 6749 §1]\nattacker: {{is: she, operates: [{operates}], knows: {{{knows}}}}}\nsetting: {{profile: {profile}, switches: {{client.bff: off}}}}\nsteps:\n"
UNLEARNED = """title: She knows too much
story: Mallory uses a token that stays at Budget.
lesson: She cannot.
refs: [RFC 6749 §1.4]
difficulty: beginner
attacker: {is: somebody}
setting: {profile: oauth-basic}
steps:
  - {id: start, do: budget.sign_in, with: {browser: mallory_browser, user: mallory, scope: read}, say: Mallory connects.}
  - id: use
    do: mallory.call_api
    with:
      api: accounts
      path: /accounts
      token: $start.access_token
    say: She uses it.
goal: [{read: "mallory:account-2", at: use}]
"""


def story(steps: str, profile: str = "oauth-bcp", operates: str = "", knows: str = "mine: mallory.key") -> Scenario:
    """Lines of `id do {with}` as a scenario."""
    return loads(HEAD.format(profile=profile, operates=operates, knows=knows) + lines(steps), "story.yaml")


def lines(steps: str) -> str:
    """The steps as YAML."""
    parts = (line.strip().split(" ", 2) for line in steps.strip().splitlines())
    return "".join(f"  - {{id: {i}, do: {do}, with: {args[0] if args else '{}'}, say: S.}}\n" for i, do, *args in parts)


def told(steps: str, profile: str = "oauth-bcp", operates: str = "", knows: str = "mine: mallory.key", **switches: Any) -> Record:
    """Play the steps; switches are written as_mtls_bind="on" or MTLS="on".  The app is a page that keeps its tokens."""
    changes = {"client.bff": "off"} | {name if name.isupper() else name.replace("_", ".", 1): value for name, value in switches.items()}
    return player.play(Case(story(steps, profile, operates, knows), Settings.of(profile, changes)))


def answer(record: Record, step: str) -> Response:
    """The step's own answer, that of its last exchange."""
    response = record.outputs[step]["response"]
    assert isinstance(response, Response)
    return response


def status(record: Record, step: str) -> tuple[int, str | None]:
    return answer(record, step).status, answer(record, step).error


def sent(record: Record, step: str, receiver: str) -> list[Request]:
    """The requests to a party in a step, without those with which a browser asks for permission (CORS)."""
    return [e.request for e in of(record.events, Sent, step) if e.receiver == receiver and e.request.method != "OPTIONS"]


def failed(record: Record, step: str) -> list[str]:
    return [f"{e.party}.{e.check}" for e in of(record.events, Checked, step) if e.outcome == "fail"]


def answered(record: Record, step: str, sender: str) -> list[Response]:
    return [e.response for e in of(record.events, Answered, step) if e.sender == sender]
