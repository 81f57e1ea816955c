"""Signing a token, or forging it by each flaw that verifiers have had.  Every key here is a teaching key."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.core.text import quoted
from sandbox.protocol.policies import resolved
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import Key, b64, key_for, packed, pem, shared_key
from sandbox.studies.token_lab.finding import MAX, BadInput
from sandbox.world.members import WORD, signing_key


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
            "As a password the PEM file of the public key, which everybody can read.",
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
    """A token from the text of a header and of claims.  `old`: the signature that it had.  Raises BadInput.

    Claims without any header that nobody signs stay claims alone.
    """
    if forgery not in FORGERIES:
        raise BadInput("There is no such way to sign.")
    if not claims.strip():
        raise BadInput("There are no claims that could be signed: write some, as a JSON object.")
    if not header.strip():
        if forgery == "keep":
            return json.dumps(_typed("claims", claims), ensure_ascii=False)
        header = "{}"
    return FORGERIES[forgery].make(_typed("header", header), _typed("claims", claims), old, settings)


def _typed(name: str, text: str) -> dict[str, Any]:
    if len(text) > MAX:
        raise BadInput(f"The text of the {name} is longer than {MAX // 1024} KiB.")
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _unique(name, pairs))
    except BadInput:
        raise
    except json.JSONDecodeError as error:
        raise BadInput(f"The text of the {name} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except (ValueError, RecursionError):
        raise BadInput(f"The text of the {name} is not JSON that can be read.") from None
    if not isinstance(value, dict):
        raise BadInput(f"The text of the {name} must be a JSON object, in braces.")
    return value


def _unique(name: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that has a name twice would be read in two ways, and the token could have only one of them."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for n, (key, _) in enumerate(pairs) if key in dict(pairs[:n]))
        raise BadInput(f"The text of the {name} has the name {quoted(twice)} twice in one object.")
    return found
