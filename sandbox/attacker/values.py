"""What the attacker can name: values that she has learned, each with the reference by which a step uses it, and its provenance.

A provenance says whose a value is and what it is for (`the code of Alice for Budget, challenge: none`), never how many there were
before, so that two ways to the same thing are one.  It is read off the issuer's books: it names values, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.attacker.question import Question
from sandbox.core.memo import memo
from sandbox.core.wire import Request, Response, first, pairs, split
from sandbox.engine.knowledge import Knowledge, opened
from sandbox.engine.player import SHORTEST, Stage
from sandbox.engine.references import leaves
from sandbox.protocol.cast import CAST, resource, title
from sandbox.protocol.tokens import NotAJwt, decode, sha256
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.authorization_server.store import Code
from sandbox.world.world import World

OUTPUTS = {"access_token": "token", "token": "token", "refresh_token": "refresh_token", "id_token": "id_token"}
IN_FORMS = {"code": "code", "code_verifier": "verifier"}  # of a client that takes her server for the one that has answered
IN_ADDRESSES = OUTPUTS | {"code": "code"}
NOT_HERS_TO_MAKE = ("state", "nonce", "code_challenge", "request_uri", "request", "dpop_jkt")  # what ties a request to somebody's flow
AUDIENCES = {resource(m.name): m.title for m in CAST.values() if m.role == "rs" and not m.replica_of}
SAID = {"token": "access token", "request": "logged request", "address": "address with the code", "id_token": "ID token"}
CHALLENGES = {"none": "none", "hers": "Mallory's", "another": "somebody else's"}
WORTH = {  # how near a goal it brings
    "address": 1,
    "code": 1,
    "id_token": 1,
    "password": 2,
    "refresh_token": 2,
    "request": 3,
    "token": 3,
    "cookies": 3,
}


@dataclass(frozen=True)
class Value:
    """One thing that she knows.  `ref` is how a scenario file writes it; `name` its provenance; `place` where a code was sent."""

    ref: str
    kind: str  # token, id_token, refresh_token, code, challenge, verifier, address, asking, request, password, jwk, cookies, certificate
    value: Any
    name: str
    user: str = ""
    client: str = ""
    bound: bool = False
    forged: bool = False
    challenge: str = ""  # of a code: none, hers, another
    place: str = ""

    @property
    def key(self) -> str:
        """What tells it from others: the text itself, or the name of what has none."""
        return self.value if isinstance(self.value, str) else self.name


def given(question: Question) -> Iterator[Value]:
    """What she has from the beginning and can use like something learned."""
    for name, fact in question.facts.items():
        who, _, what = fact.partition(".")
        if what == "password":
            yield Value(f"${name}.password", "password", f"password of {who}", f"the password of {title(who)}", who)


def learned(stage: Stage, step: str, hers: bool = True) -> Iterator[Value]:
    """The values among a step's outputs that a party of hers knows by now; of steps of others only what reached her."""
    known, parties = stage.knowledge or Knowledge(), stage.record.hers
    outputs = stage.record.outputs.get(step, {})
    for ref, kind, value in _outputs(step, outputs if hers else {name: outputs.get(name) for name in ("received", "posted")}):
        if all(known.known_to(parties, text) for text in leaves(value) if len(text) >= SHORTEST):
            new = named(stage.world, ref, kind, value)
            if new.kind != "asking" or _is_somebodys(value, stage.world):
                yield new


def _outputs(step: str, out: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for key, kind in OUTPUTS.items():
        if isinstance(out.get(key), str):
            yield f"${step}.{key}", kind, out[key]
    for key in ("url", "redirect"):
        if isinstance(out.get(key), str):
            yield from _in_address(f"${step}.{key}", out[key])
    answer = out.get("response")  # to `send`; other verbs say themselves where a redirect led
    if isinstance(answer, Response) and "url" not in out and (sent_on := answer.header("location")):
        yield from _in_address(f"${step}.response.headers.location", sent_on)
    received, posted = out.get("received"), out.get("posted")
    if isinstance(received, Request):
        yield from _in_request(f"${step}.received", received)
    if isinstance(posted, Request) and posted is not received:
        yield from _in_request(f"${step}.posted", posted)
    if isinstance(out.get("cookies"), str):
        yield f"${step}.cookies", "cookies", out["cookies"]
    logged = out.get("request")
    if isinstance(logged, Request) and _credential(logged) and "access_token" in out and "redirect" not in out:  # what `read` found
        yield f"${step}.request", "request", logged
    if isinstance(logged, Request) and "redirect" not in out and (certificate := logged.header("client-cert")):
        yield f"${step}.request.headers.client-cert", "certificate", certificate
    body = out.get("json")
    if isinstance(body, dict) and isinstance(body.get("keys"), list):
        yield from ((f"${step}.json.keys.{i}", "jwk", k) for i, k in enumerate(body["keys"]) if isinstance(k, dict))


def _in_request(ref: str, request: Request) -> Iterator[tuple[str, str, Any]]:
    yield from _in_address(f"{ref}.url", request.url)
    if _credential(request):
        yield ref, "request", request
    referer = request.header("referer")
    if referer:
        yield from _in_address(f"{ref}.headers.referer", referer)
    for name, kind in IN_FORMS.items():
        if first(request.form, name):
            yield f"{ref}.form.{name}", kind, first(request.form, name)
    if first(request.form, "password"):
        yield f"{ref}.form.password", "password", first(request.form, "password")


def _credential(request: Request) -> str:
    """The token in a request, if there is one."""
    scheme, value = request.credential() or ("", "")
    return value if scheme in ("bearer", "dpop") else first(request.query, "access_token") or ""


def _in_address(ref: str, url: str) -> Iterator[tuple[str, str, Any]]:
    u = split(url)
    for part, text in (("query", u.query), ("fragment", u.fragment)):
        fields = dict(pairs(text))
        yield from ((f"{ref}.{part}.{k}", kind, fields[k]) for k, kind in IN_ADDRESSES.items() if fields.get(k))
        if fields.get("code_challenge") and fields.get("code_challenge_method") != "S256":
            yield f"{ref}.{part}.code_challenge", "challenge", fields["code_challenge"]
        if part == "query" and (fields.get("code") or fields.get("client_id")):
            yield ref, "address", url


# ---------------------------------------------------------------- names


def named(world: World, ref: str, kind: str, value: Any) -> Value:
    """The value with its provenance."""
    if kind == "jwk":
        return Value(ref, kind, value, f"the public key {value.get('kid')}")
    if kind == "certificate":
        return Value(ref, kind, value, "the certificate that a gateway has vouched for")
    if kind in ("challenge", "verifier"):
        return Value(ref, kind, value, "a challenge that says the verifier" if kind == "challenge" else "the verifier that came along")
    if kind == "cookies":
        return _cookies(world, ref, value)
    text = value
    if kind == "request":
        text = _credential(value)
    elif kind == "address":
        text = first(pairs(split(value).query), "code") or ""
    store = world.issuer.store if isinstance(world.issuer, AuthorizationServer) else None
    if store is not None and text in store.codes:
        return _code(world, ref, kind, value, store.codes[text])
    if kind == "address" and not text:
        return _asking(ref, value)
    if store is not None and text in store.tokens:
        token = store.tokens[text]
        user, client, told = token.grant.user.name, token.grant.client_id, opened(text)
        roles = f", {claimed('roles', told.claims.get('roles'))}" if told else ""  # tokens that say different things are different things
        about = f"{claimed('scope', token.scope)}, {claimed('aud', token.audience)}{roles}"
        name = f"{said(kind)} of {title(user)} for {title(client)}, {about}"
        return Value(ref, kind, value, name, user, client, bool(token.jkt or token.x5t))
    return _by_claims(ref, kind, value, text if isinstance(text, str) else "")


def said(kind: str) -> str:
    """The kind of a value in words."""
    return f"the {SAID.get(kind, kind.replace('_', ' '))}"


def claimed(claim: str, value: Any) -> str:
    """What a token says about scope, audience or roles: `scope read write`, `for Accounts only`, `role user`."""
    items = [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)] if value else []
    if claim == "aud":
        return f"for {' and '.join(AUDIENCES.get(item, title(item)) for item in items)} only" if items else "for any API"
    if not items:
        return f"no {claim}" if value is None else f"{claim}: none"
    return f"{claim.removesuffix('s') if len(items) == 1 else claim} {' and '.join(items)}"


def _code(world: World, ref: str, kind: str, value: Any, code: Code) -> Value:
    challenge = "none" if code.code_challenge is None else "hers" if code.code_challenge == own_challenge(world) else "another"
    user, client, place = code.grant.user.name, code.grant.client_id, code.redirect_uri or ""
    name = f"{said(kind)} of {title(user)} for {title(client)}, challenge: {CHALLENGES[challenge]}, sent to {place}"
    return Value(ref, kind, value, name, user, client, challenge=challenge, place=place)


def _cookies(world: World, ref: str, header: str) -> Value:
    """All cookies of a device, as a header: they are those of the browser that keeps them now."""
    kept = {b.name: {f"{name}={c.value}" for jar in b.jar.kept.values() for name, c in jar.items()} for b in world.browsers.values()}
    browser = next((name for name, cookies in kept.items() if cookies & set(header.split("; "))), "")
    return Value(ref, "cookies", header, f"the cookies of {title(browser)}", CAST[browser].owner if browser else "")


def own_challenge(world: World) -> str:
    """The challenge that she has made herself (RFC 7636 §4.2)."""
    return _own_challenge(world.net.entropy.seed)


@memo("key", 64)
def _own_challenge(seed: str) -> str:
    return sha256(sha256(f"{seed}|mallory|pkce"))


def _is_somebodys(url: str, world: World) -> bool:
    """Whether a request holds what she could not write herself: then it can be of use to her."""
    fields = dict(pairs(split(url).query))
    return any(fields.get(name) not in (None, own_challenge(world)) for name in NOT_HERS_TO_MAKE)


def _asking(ref: str, url: str) -> Value:
    """An authorization request: whose it is is not in it."""
    client = first(pairs(split(url).query), "client_id") or ""
    return Value(ref, "asking", url, f"the authorization request of {title(client)}", "", client)


def _by_claims(ref: str, kind: str, value: Any, text: str) -> Value:
    try:
        claims = decode(text).claims
    except NotAJwt:
        return Value(ref, kind, value, said(kind))
    user, client = str(claims.get("sub", "")), str(claims.get("client_id") or claims.get("azp") or "")
    about = [claimed(name, claims[name]) for name in ("scope", "aud", "role", "roles") if claims.get(name)]
    name = ", ".join([f"{said(kind)} of {title(user)}" + (f" for {title(client)}" if client else ""), *about])
    return Value(ref, kind, value, name, user, client, isinstance(claims.get("cnf"), dict))
