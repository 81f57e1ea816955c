"""The token lab: read a token however broken it is, change it, sign it or forge it, and show it to a real API of the sandbox.

Nothing that is pasted is kept: it is decoded, and shown to an API, inside `nothing_kept()`.  Every key here is a teaching key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.core.memo import memo, nothing_kept
from sandbox.core.wire import Request, Response, with_query
from sandbox.engine import knowledge, player
from sandbox.engine.case import Case
from sandbox.language.document import Scenario
from sandbox.protocol.cast import CAST, instances
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.policies import resolved
from sandbox.protocol.proofs import prove
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import Key, NotAJwt, b64, decode, key_for, packed, pem, shared_key
from sandbox.protocol.trace import Answered, Checked, Sent, of
from sandbox.world.members import WORD, signing_key
from sandbox.world.world import World, build

MAX = 16 * 1024  # characters of a pasted token, and of a header or of claims
SURROGATE = re.compile("[\ud800-\udfff]")  # half a pair: JSON can escape it, UTF-8 cannot carry it
HORIZON = 400 * 86400  # seconds by which the clock may be moved
WARNING = "Never paste a token of a real system: whoever sees it can use it. Take one from a run; this page keeps nothing."


class BadInput(ValueError):
    """The typed text cannot be used; the message says why."""


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts between the dots: what a strict reader says about it ('' if it is fine), and what a lenient one makes of it."""

    name: str
    raw: str
    fault: str
    lenient: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A token read twice.  `strict`: why RFC 7519 refuses it, or ''; `header` and `claims` as a lenient reader sees them, or None."""

    token: str
    strict: str
    parts: tuple[Part, ...]
    header: dict[str, Any] | None = None
    claims: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()

    @property
    def lenient(self) -> bool:
        return self.header is not None and self.claims is not None

    @property
    def bound_to(self) -> str:
        """The thumbprint of the key that the token is bound to (RFC 9449 §6), or ''."""
        cnf = (self.claims or {}).get("cnf")
        return str(cnf["jkt"]) if isinstance(cnf, dict) and "jkt" in cnf else ""


def cleaned(text: str) -> tuple[str, tuple[str, ...]]:
    """The token in the pasted text, and the parts that were removed from it.  Raises BadInput if it is too long."""
    if len(text) > MAX:
        raise BadInput(f"This is longer than {MAX // 1024} KiB. No API would take such a token.")
    token, notes = text.encode("utf-8", "replace").decode().strip(), list[str]()
    for scheme in ("authorization:", "bearer ", "dpop "):
        if token.lower().startswith(scheme):
            token = token[len(scheme) :].lstrip()
            notes.append(f"“{scheme.strip().rstrip(':').capitalize()}” was taken off.")
    bare = "".join(token.split())
    if bare != token:
        notes.append("Line breaks and blanks were taken out.")
    return bare, tuple(notes)


def read(text: str) -> Reading:
    """Read a token, strictly and leniently, part by part.  Raises BadInput if it is too long."""
    token, notes = cleaned(text)
    raws = token.split(".", 3)
    with nothing_kept():
        strict = _fault(token)
        parts = tuple(_part(name, raw) for name, raw in zip(("header", "claims", "signature"), raws, strict=False))
    found = [_object(raw) for raw in raws[:2]]
    header, claims = (*found, None, None)[:2]
    if header is not None and claims is not None and knowledge.opened(token) is None:
        notes += ("Even a lenient reader finds this only piece by piece: it does not look like a JWT as a whole.",)
    return Reading(token, strict, parts, header, claims, notes)


def _fault(token: str) -> str:
    """Why a strict reader refuses the token, or ''."""
    try:
        decode(token)
    except NotAJwt as error:
        return str(error)
    return ""


def _part(name: str, raw: str) -> Part:
    """Which fault a strict reader finds in this part alone: it is tried inside a token that is otherwise fine."""
    empty = packed({})
    trial = {"header": f"{raw}.{empty}.", "claims": f"{empty}.{raw}.", "signature": f"{empty}.{empty}.{raw}"}[name]
    fault = _fault(trial)
    if name == "signature":
        return Part(name, raw, fault, f"{len(raw)} characters" if raw else "none")
    data = _object(raw)
    return Part(name, raw, fault, pretty(data) if data is not None else _bytes(raw))


def pretty(value: Any) -> str:
    """JSON as people read it; '' if it is nested too deep.  Half a surrogate pair is escaped, or no page could be sent it."""
    try:
        return SURROGATE.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(value, indent=2, ensure_ascii=False))
    except RecursionError:
        return ""


def _object(raw: str) -> dict[str, Any] | None:
    """A JSON object in base64url of any kind: padded or not, with doubled names, with stray bits."""
    try:
        value = json.loads(base64.urlsafe_b64decode(raw.rstrip("=") + "=" * (-len(raw.rstrip("=")) % 4)))
    except (ValueError, RecursionError):
        try:
            value = json.loads(raw)  # JSON that was never encoded
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def _bytes(raw: str) -> str:
    """Whatever can be seen of a part that is no JSON object."""
    try:
        return base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)).decode("utf-8", "replace")[:2000]
    except ValueError:
        return ""


# ---------------------------------------------------------------- making


@dataclass(frozen=True, slots=True)
class Forgery:
    """A way to sign or not to sign: its name, its source, and the function that does it."""

    id: str
    label: str
    about: str
    ref: str
    make: Callable[[dict[str, Any], dict[str, Any], str, Settings], str]


def issuer_key(settings: Settings) -> Key:
    """The teaching key of the issuer in this setting."""
    return signing_key(resolved(settings).issuer, "0", settings.issuer)


def _public(settings: Settings) -> Mapping[str, Any]:
    """A public key of the issuer; the one it would have where it shares a word instead."""
    return issuer_key(settings).jwk or key_for("0", settings.issuer).jwk or {}


def _body(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    return f"{packed(header)}.{packed(claims)}"


def _with_key(key: Key, header: dict[str, Any], claims: dict[str, Any], **more: Any) -> str:
    return key.seal({**header, "alg": key.alg, **more}, claims)


def _keep(header: dict[str, Any], claims: dict[str, Any], old: str, _: Settings) -> str:
    return f"{_body(header, claims)}.{old}"


def _genuine(header: dict[str, Any], claims: dict[str, Any], _: str, settings: Settings) -> str:
    key = issuer_key(settings)
    return _with_key(key, header, claims, **({"kid": key.kid} if key.kid else {}))


def _hers(header: dict[str, Any], claims: dict[str, Any], _: str, settings: Settings) -> str:
    return _with_key(key_for("0", "mallory"), header, claims)


def _embedded(header: dict[str, Any], claims: dict[str, Any], _: str, settings: Settings) -> str:
    key = key_for("0", "mallory")
    return _with_key(key, header, claims, jwk={k: v for k, v in (key.jwk or {}).items() if k in ("kty", "crv", "x", "y")}, kid=key.kid)


def _shared(header: dict[str, Any], claims: dict[str, Any], _: str, settings: Settings) -> str:
    return _with_key(shared_key(WORD), header, claims)


def _confused(header: dict[str, Any], claims: dict[str, Any], _: str, settings: Settings) -> str:
    body = _body({**header, "alg": "HS256", "kid": _public(settings).get("kid")}, claims)
    return f"{body}.{b64(hmac.new(pem(_public(settings)), body.encode(), hashlib.sha256).digest())}"


def _none(spelling: str) -> Callable[[dict[str, Any], dict[str, Any], str, Settings], str]:
    return lambda header, claims, old, settings: f"{_body({**header, 'alg': spelling}, claims)}."


def _stripped(header: dict[str, Any], claims: dict[str, Any], _: str, settings: Settings) -> str:
    return f"{_body(header, claims)}."


def _zeros(header: dict[str, Any], claims: dict[str, Any], _: str, settings: Settings) -> str:
    return f"{_body(header, claims)}.{b64(bytes(64))}"


def _flipped(header: dict[str, Any], claims: dict[str, Any], old: str, settings: Settings) -> str:
    """The signature as it was, but for its first character."""
    first = "B" if old[:1] == "A" else "A"
    return f"{_body(header, claims)}.{first}{old[1:]}"


FORGERIES: dict[str, Forgery] = {
    f.id: f
    for f in (
        Forgery(
            "keep",
            "Keep the signature",
            "The old signature under the new text, as whoever edits a token in a browser does.",
            "RFC 7515 §5.2",
            _keep,
        ),
        Forgery("issuer", "Sign as the issuer", "With the issuer's teaching key: what only the issuer can do.", "RFC 7515 §5.1", _genuine),
        Forgery("flip", "Break the signature", "One character of the signature is another one.", "RFC 7515 §5.2", _flipped),
        Forgery("strip", "Strip the signature", "The last part is empty, and the header stays as it is.", "RFC 8725 §3.3", _stripped),
        Forgery("none", "alg: none", "The token says that it needs no signature.", "RFC 8725 §2.1", _none("none")),
        Forgery(
            "None", "alg: nOnE", "The same, spelled so that a list of forbidden words does not find it.", "RFC 8725 §2.1", _none("nOnE")
        ),
        Forgery(
            "pem",
            "HS256 with the public key",
            "The public key's PEM file as a password, which everybody can read.",
            "RFC 8725 §2.1",
            _confused,
        ),
        Forgery("word", "HS256 with the shared word", "A dictionary word: guessed offline from any one token.", "RFC 8725 §2.2", _shared),
        Forgery("mallory", "Sign with Mallory's key", "A sound signature by somebody else.", "RFC 8725 §3.8", _hers),
        Forgery("jwk", "Bring a key along", "Mallory's key, and the same key in the header as `jwk`.", "RFC 7515 §4.1.3", _embedded),
        Forgery(
            "zeros",
            "A signature of zeros",
            "64 zero bytes; a verifier that forgot to check the range said yes (CVE-2022-21449).",
            "RFC 8725 §3.4",
            _zeros,
        ),
    )
}


def make(header: str, claims: str, forgery: str, settings: Settings, old: str = "") -> str:
    """A token from the text of a header and of claims.  `old`: the signature that it had.  Raises BadInput."""
    if forgery not in FORGERIES:
        raise BadInput("There is no such way to sign.")
    return FORGERIES[forgery].make(_typed("header", header), _typed("claims", claims), old, settings)


def _typed(name: str, text: str) -> dict[str, Any]:
    if len(text) > MAX:
        raise BadInput(f"The text of the {name} is longer than {MAX // 1024} KiB.")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(f"The text of the {name} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except (ValueError, RecursionError):
        raise BadInput(f"The text of the {name} is not JSON that can be read.") from None
    if not isinstance(value, dict):
        raise BadInput(f"The text of the {name} must be a JSON object, in braces.")
    return value


# ---------------------------------------------------------------- loading from a run


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


# ---------------------------------------------------------------- verifying


PROOFS = {"none": "None", "client": "Client's key", "mallory": "Mallory's key"}
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
    """What the API said, and the checks behind it.  `hint`: what a token like this one needs besides."""

    status: int
    error: str
    body: str
    checks: tuple[Check, ...]
    now: int
    request: str
    hint: str = ""

    @property
    def accepted(self) -> bool:
        return self.status < 400

    @property
    def sentence(self) -> str:
        """The decision in a sentence."""
        failed = next((c for c in self.checks if c.outcome == "fail"), None)
        if failed is not None:
            return f"Refused by the check “{failed.name.replace('_', ' ')}”: {failed.sentence}"
        skipped = [c.name.replace("_", " ") for c in self.checks if c.outcome == "skipped"]
        if not self.accepted:
            return "Refused before any check."
        return f"Accepted. Not looked at: {', '.join(skipped)}." if skipped else "Accepted, and every check was performed."


def apis() -> dict[str, str]:
    """The APIs that a token can be shown to, with their titles."""
    return {name: CAST[name].title for name in instances("rs")}


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
        response.status, response.error or "", response.body, checks, world.net.clock.now(), shown, _hint(world, api, reading, proof)
    )


def _hint(world: World, api: str, reading: Reading, proof: str) -> str:
    wants = world.settings.value(f"{api}.dpop")
    if reading.bound_to and proof == "none" and wants != "off":
        return f"This token is bound to a key (cnf.jkt {reading.bound_to[:8]}…): send a DPoP proof by the client's key with it."
    if not reading.bound_to and wants == "require":
        return "This API takes bound tokens only, and this one is bound to no key: it has no cnf.jkt."
    if reading.bound_to and wants == "off":
        return "This token is bound to a key, and this API does not ask for a proof: whoever has a copy can use it."
    return ""


__all__ = [
    "FORGERIES",
    "MAX",
    "PROOFS",
    "WAITS",
    "WARNING",
    "BadInput",
    "Found",
    "Reading",
    "Ruling",
    "apis",
    "make",
    "read",
    "tokens_of",
    "verify",
]
