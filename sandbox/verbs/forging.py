"""The tokens that the attacker makes: copied, changed, signed with her own key, with none, or with a guessed word."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from sandbox.core.forms import refuse_at
from sandbox.core.wire import compact
from sandbox.protocol.cast import CAST
from sandbox.protocol.certificates import certificate_thumbprint
from sandbox.protocol.tokens import Decoded, Key, NotAJwt, b64, decode, packed, pem, shared_key, signature_fits
from sandbox.verbs.values import Parts, Scalar, Value
from sandbox.verbs.verb import Args, Missing, Outputs, verb
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.world import World

GUESSES = ("password", "123456", "secret", "letmein", "sunshine", "qwerty")  # the top of any word list


class Forge(Args):
    """Build a token from parts.  Parts that are not given are copied from `from`, or look like those of a genuine access token."""

    from_: Scalar | None = Field(None, alias="from", description="the token to copy from")
    header: Parts | None = Field(None, description="entries of the header to set or, with null, to leave out")
    claims: Parts | None = Field(None, description="claims to set or, with null, to leave out")
    around: Scalar | None = Field(
        None, description="a genuine token: all becomes one text in JSON that is verified as that one, and read as the other at its dots"
    )
    key: Value = Field(description="a reference to a key, a text, or one of none, random, zeros, guessed, such as none")

    retired: ClassVar[dict[str, str]] = {"shape": "remove it: tokens are compact here, and nothing else was ever made"}

    @model_validator(mode="after")
    def _can_be_guessed(self) -> Self:
        if self.key == "guessed" and self.from_ is None:
            raise refuse_at(("key",), "there is no signature to guess the key by", "add `from`, a token that was signed with it")
        if self.around is not None and self.key != "none":
            raise refuse_at(("key",), "has no effect with `around`: the signature is that of the genuine token", "write `key: none`")
        return self


@verb(
    by=("attacker",),
    gives=("token",),
    wire="nothing (internal); key is a key she knows, a text used as an HMAC secret, or none, random, zeros, guessed",
)
def forge(world: World, actor: str, args: Forge) -> Outputs:
    source = args.from_ if args.from_ is not None else _genuine_look(world)
    try:
        token = decode(source)
    except NotAJwt as error:
        raise Missing(f"a token to start from: {error}") from None
    key = args.key["key"] if isinstance(args.key, dict) and isinstance(args.key.get("key"), Key) else args.key
    claims = {k: v for k, v in (token.claims | _own_binding(world, token) | (args.claims or {})).items() if v is not None}
    if key == "guessed":
        key = _guess(token)
        if key is None:
            world.net.noted(actor, "No word of the list has made this signature.")
            return {"token": None}
    head = {k: v for k, v in (token.header | _algorithm(key) | (args.header or {})).items() if v is not None}
    forged = _signed(world, head, claims, key)
    if args.around is not None:
        forged = _in_one_text(forged, args.around)
    world.net.learned(actor, "forged_token", forged, "made it")
    return {"token": forged}


def _algorithm(key: Any) -> dict[str, str]:
    """What the header says unless it is told otherwise: the algorithm that this key signs with, if it is a key."""
    if isinstance(key, Key):
        return {"alg": key.alg}
    return {} if key in ("none", "random", "zeros") else {"alg": "HS256"}


def _own_binding(world: World, token: Decoded) -> dict[str, Any]:
    """Where tokens are bound to a key or a certificate, she writes her own into the one that she makes."""
    cnf = token.claims.get("cnf")
    if not isinstance(cnf, dict):
        return {}
    mine = {"jkt": next(iter(world.attacker.keys)), "x5t#S256": certificate_thumbprint(world.attacker.certificate())}
    return {"cnf": {k: v for k, v in mine.items() if k in cnf}}


def _genuine_look(world: World) -> str:
    """A token that looks as the issuer's would, for someone who has seen none: everything but the signature is public."""
    issuer, now = world.issuer, world.net.clock.now()
    claims = {
        "iss": issuer.issuer,
        "sub": "mallory",
        "client_id": "app",
        "scope": "read write",
        "iat": now,
        "exp": now + 300,
        "jti": "forged",
    }
    if issuer.policy.stamp_aud == "on":
        claims["aud"] = CAST["accounts"].host
    bound = {"jkt": issuer.policy.dpop_bind, "x5t#S256": issuer.policy.mtls_bind}
    if isinstance(issuer, AuthorizationServer) and "on" in bound.values():
        claims["cnf"] = {k: "" for k, v in bound.items() if v == "on"}
    key = issuer.core.key if isinstance(issuer, AuthorizationServer) else issuer.key
    head = {"alg": key.alg, "typ": "at+jwt" if issuer.policy.stamp_typ == "on" else "JWT"} | ({"kid": key.kid} if key.kid else {})
    return f"{packed(head)}.{packed(claims)}."


def _signed(world: World, head: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    body = f"{packed(head)}.{packed(claims)}"
    if isinstance(key, Key):
        return key.seal(head, claims)
    if key == "none":
        return body + "."
    if key in ("random", "zeros"):
        return f"{body}.{b64(world.net.entropy.bytes('forged signature', 64) if key == 'random' else bytes(64))}"
    word = pem(key) if isinstance(key, dict) else str(key).encode()
    return shared_key(word).seal(head, claims)


def _in_one_text(made: str, genuine: str) -> str:
    """A genuine token in JSON (RFC 7515 §7.2.2), with the header and claims of another one, and their dots, as the name of a member that
    nobody knows."""
    protected, payload, signature = genuine.split(".")
    head, claims, _ = made.split(".")
    return compact({f"{head}.{claims}.": "", "protected": protected, "payload": payload, "signature": signature})


def _guess(token: Decoded) -> str | None:
    """Offline guessing: which word of the list has signed the token that she has?"""
    return next((word for word in GUESSES if signature_fits(token, word.encode(), "HS256")), None)
