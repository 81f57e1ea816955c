"""The tokens that can be made: for each victim, from nothing and from one of her own (RFC 8725 §2.1 and §2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.attacker.asks import resources
from sandbox.attacker.question import Question
from sandbox.attacker.values import Value
from sandbox.protocol.cast import CAST, EVIL
from sandbox.verbs.forging import GUESSES

KEY_SET = f"{EVIL}/jwks.json"
EMPTY_FILE = "../../../../dev/null"  # as a key id, for a verifier that takes it for the name of a file (RFC 8725 §3.10)


@dataclass(frozen=True)
class Forgery:
    """One way to make a token: the arguments of `forge`, the values in it, and whether she has to serve her key set first."""

    said: str
    args: dict[str, Any]
    uses: tuple[Value, ...] = ()
    served: bool = False


def ingredients(known: tuple[Value, ...]) -> tuple[Value | None, Value | None]:
    """What a token can be made of: one of her own, and a public key."""
    own = next((v for v in known if v.kind == "token" and v.user == "mallory" and not v.forged), None)
    return own, next((v for v in known if v.kind == "jwk"), None)


def forgeries(question: Question, known: tuple[Value, ...]) -> Iterator[Forgery]:
    """Each way to make a token for each person whose data she is after."""
    own, jwk = ingredients(known)
    for victim in victims(question):
        for source in (None, own) if own else (None,):
            for audience in (None, *(CAST[api].host for api in resources(question))):
                claims = {"sub": victim} | ({"aud": audience} if audience else {})
                start = f"for {victim}, {'from her own' if source else 'from nothing'}{f', for {audience}' if audience else ''}"
                copied = {"from": source.ref} if source else {}
                uses = tuple(v for v in (source, jwk) if v)
                for said, args in _kinds(question, source, jwk):
                    yield Forgery(f"a token {start}, {said}", copied | {"claims": claims} | args, uses, "jku" in str(args.get("header")))


def victims(question: Question) -> tuple[str, ...]:
    """The people whose data she is after."""
    owners = (t.what.partition(":")[0] for t in question.targets if t.predicate in ("read", "write"))
    return tuple(dict.fromkeys(o for o in owners if o != "mallory"))


def _kinds(question: Question, source: Value | None, jwk: Value | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Signatures, each with what it is: none, noise, zeros, her own key in three places, an empty file, a public key as a word, words."""
    mine = f"${question.named('mallory.key')}"
    for alg in ("none", "nOnE"):
        yield f"unsigned, alg {alg}", {"header": {"alg": alg}, "key": "none"}
    yield "with noise for a signature", {"key": "random"}
    yield "with zeros for a signature", {"key": "zeros"}
    yield "signed by her key, which it brings along", {"header": {"jwk": f"{mine}.jwk"}, "key": mine}
    yield "signed by her key, which it says where to find", {"header": {"jku": KEY_SET, "kid": f"{mine}.jwk.kid"}, "key": mine}
    yield "signed with the content of an empty file, which it says to use", {"header": {"alg": "HS256", "kid": EMPTY_FILE}, "key": ""}
    yield "signed by her key", {"key": mine}
    if jwk is not None:
        yield "signed with the public key as a word", {"header": {"alg": "HS256", "kid": f"{jwk.ref}.kid"}, "key": jwk.ref}
    if source is not None:
        yield "signed with the word that has signed hers", {"key": "guessed"}
        return
    for word in GUESSES:
        yield f"signed with the word {word}", {"header": {"alg": "HS256", "kid": None}, "key": word}
