"""Showing a token to a real API of the sandbox, in a world in which a scenario has been played before."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.core.memo import nothing_kept
from sandbox.core.wire import Request, Response, with_query
from sandbox.engine import player
from sandbox.engine.case import Case
from sandbox.language.document import Scenario
from sandbox.protocol.cast import CAST, instances
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.proofs import prove
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import Key, key_for, no_date
from sandbox.protocol.trace import Checked, of
from sandbox.studies.token_lab.finding import BadInput
from sandbox.studies.token_lab.reading import Reading, read
from sandbox.world.world import World, build

HORIZON = 400 * 86400  # seconds by which the clock may be moved
PROOFS = {"none": "None", "client": "Client's key", "mallory": "Mallory's key"}
DATES = {"expiry": "exp", "not_before": "nbf"}  # the claim at which a check looks
WAITS = {0: "At once", 600: "10 minutes later", 7200: "2 hours later", 172800: "2 days later"}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the API's checklist."""

    name: str
    outcome: str
    expected: str
    found: str
    sentence: str
    ref: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the API said, and the checks behind it.  `hint`: what a token like this one needs besides; `reason`: why a check
    refused exactly this token, where that can be said better than by what it looks at, ''."""

    status: int
    error: str
    body: str
    checks: tuple[Check, ...]
    now: int
    request: str
    hint: str = ""
    reason: str = ""

    @property
    def accepted(self) -> bool:
        return self.status < 400

    @property
    def sentence(self) -> str:
        """The decision in a sentence."""
        failed = next((c for c in self.checks if c.outcome == "fail"), None)
        if failed is not None:
            return f"Refused by the check “{failed.name.replace('_', ' ')}”: {self.reason or failed.sentence}"
        skipped = [c.name.replace("_", " ") for c in self.checks if c.outcome == "skipped"]
        if not self.accepted:
            return "Refused before any check."
        return f"Accepted. Not looked at: {', '.join(skipped)}." if skipped else "Accepted, and every check was performed."


def apis() -> dict[str, str]:
    """The APIs that a token can be shown to, with their titles; not those that take messages instead of an address for each thing."""
    return {name: CAST[name].title for name in instances("rs") if not CAST[name].path}


def verify(
    token: str, api: str, settings: Settings, scenario: Scenario | None = None, proof: str = "none", wait: int = 0, how: str = "header"
) -> Ruling:
    """Send a real request with this token to an API of a world with these settings, in which `scenario` has been played before."""
    reading = read(token)
    world, stage_keys = _world(settings, scenario)
    _set_clock(world, reading, wait)
    with nothing_kept():
        request = _request(world, reading, api, proof, how, stage_keys)
        start = len(world.net.trace.events)
        response = world.net.deliver(request, "mallory", "front")
        return _ruling(world, start, api, request, response, reading, proof)


def _world(settings: Settings, scenario: Scenario | None) -> tuple[World, dict[str, Key]]:
    """A world, and the proof keys of its clients' sessions by thumbprint."""
    if scenario is None or settings.lacks(scenario.needs) is not None:
        world = build(settings, states=False)
    else:
        world = player.Stage.opened(Case(scenario, settings)).go_on().world
    keys = [client.proof_key(session) for client in world.clients.values() for session in client.sessions.values()]
    world.net.edits = ()
    return world, {key.thumbprint: key for key in keys}


def _set_clock(world: World, reading: Reading, wait: int) -> None:
    """Not before the token was issued, and so many seconds later; a token from far away in time is taken as it is."""
    now, made = world.net.clock.now(), (reading.claims or {}).get("iat")
    ahead = made - now if isinstance(made, int) and not isinstance(made, bool) and now < made <= now + HORIZON else 0
    if ahead + wait:
        world.net.wait(ahead + min(max(wait, 0), HORIZON))


def _request(world: World, reading: Reading, api: str, proof: str, how: str, keys: dict[str, Key]) -> Request:
    if api not in world.apis:
        raise BadInput("There is no such API.")
    url = f"{world.apis[api].url}/{api}"
    if how == "query":
        return Request("GET", with_query(url, {"access_token": reading.token}))
    scheme = "Bearer" if proof == "none" else "DPoP"
    request = Request("GET", url).with_header("Authorization", f"{scheme} {reading.token}")
    if proof == "none":
        return request
    key = (
        key_for("0", "mallory")
        if proof == "mallory"
        else keys.get(reading.bound_to) or next(iter(keys.values()), key_for("0", "app in laptop"))
    )
    return request.with_header("DPoP", prove(key, "GET", url, world.net.clock.now(), "lab-1", reading.token))


def _ruling(world: World, start: int, api: str, request: Request, response: Response, reading: Reading, proof: str) -> Ruling:
    checks = tuple(
        Check(e.check, e.outcome, e.expected, e.found, CHECKS[e.check].sentence, CHECKS[e.check].ref)
        for e in of(world.net.trace.events[start:], Checked)
        if e.party == api
    )
    shown = "\n".join(
        [f"GET {request.path} HTTP/1.1", f"Host: {CAST[api].host.removeprefix('https://')}", *(f"{k}: {v}" for k, v in request.headers)]
    )
    return Ruling(
        response.status,
        response.error or "",
        response.body,
        checks,
        world.net.clock.now(),
        shown,
        _hint(world, api, reading, proof),
        _reason(checks, reading),
    )


def _reason(checks: tuple[Check, ...], reading: Reading) -> str:
    """Why exactly this was refused: it is no JWT but something that has a name, or what should be a date is none."""
    failed, claims = next((c.name for c in checks if c.outcome == "fail"), ""), reading.claims or {}
    if failed == "format" and reading.form and reading.form.strict:
        return f"{reading.form.strict[:1].upper()}{reading.form.strict[1:]}."
    date = DATES.get(failed, "")
    fault = no_date(claims[date]) if date in claims else ""
    return f"{date} is {fault}: it must be a number of seconds since 1970." if fault else ""


def _hint(world: World, api: str, reading: Reading, proof: str) -> str:
    wants = world.settings.value(f"{api}.dpop")
    if reading.bound_to and proof == "none" and wants != "off":
        return f"This token is bound to a key (cnf.jkt {reading.bound_to[:8]}…): send a DPoP proof by the client's key with it."
    if not reading.bound_to and wants == "require":
        return "This API takes bound tokens only, and this one is bound to no key: it has no cnf.jkt."
    if reading.bound_to and wants == "off":
        return "This token is bound to a key, and this API does not ask for a proof: whoever has a copy can use it."
    return ""
