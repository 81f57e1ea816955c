"""JSON Web Tokens: keys, signing, strict decoding, verifying a signature.

PyJWT's algorithm classes sign and verify.  Reading the three parts is ours, because PyJWT accepts padded base64url; judging the
claims is the business of whoever receives a token.  Nothing here knows the time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWK
from jwt.algorithms import Algorithm, ECAlgorithm, HMACAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError
from jwt.utils import der_to_raw_signature

from sandbox.core.clock import clock_time
from sandbox.core.entropy import KeyType, PrivateKey, private_key
from sandbox.core.frozen import Frozen
from sandbox.core.memo import memo
from sandbox.core.strict_json import NotJson, read
from sandbox.core.text import plural
from sandbox.core.wire import compact

MIN_RSA = 2048  # bits (RFC 7518 §3.3)
LONGEST_KEPT = 8192  # characters; longer tokens are taken apart again each time
MAX_TOKEN = 64 * 1024  # characters; far above any honest token, far below what would hurt


class NotAJwt(ValueError):
    """The text is not a JWT; the message says where reading failed."""


class DeterministicEC(ECAlgorithm):
    """ES256 with the nonce of RFC 6979, so that the same token always has the same signature."""

    def sign(self, msg: bytes, key: Any) -> bytes:
        der = key.sign(msg, ec.ECDSA(self.hash_alg(), deterministic_signing=True))
        return der_to_raw_signature(der, key.curve)


ALGORITHMS: dict[str, Algorithm] = {
    "HS256": HMACAlgorithm(HMACAlgorithm.SHA256),
    "ES256": DeterministicEC(DeterministicEC.SHA256, ec.SECP256R1),
    "RS256": RSAAlgorithm(RSAAlgorithm.SHA256),
    "EdDSA": OKPAlgorithm(),
    "Ed25519": OKPAlgorithm(),
}
KEY_TYPES = {"ES256": "EC", "RS256": "RSA", "EdDSA": "OKP", "Ed25519": "OKP", "HS256": "oct"}
ED25519 = ("EdDSA", "Ed25519")  # the older name, and the one of RFC 9864, which means this curve only


def b64(data: bytes) -> str:
    """base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


_B64URL = re.compile(r"[A-Za-z0-9_-]*\Z")


def unb64(text: str) -> bytes:
    """Strict base64url: no padding, no stray bits.  Raises NotAJwt."""
    if not _B64URL.match(text):
        raise NotAJwt("a part is not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise NotAJwt("a part is not base64url") from None
    if b64(data) != text:
        raise NotAJwt("a part has stray bits at its end")
    return data


def packed(value: Any) -> str:
    """A JSON value as one part of a token."""
    return b64(compact(value).encode())


def sha256(text: str) -> str:
    """base64url(SHA-256(text)): S256 challenges (RFC 7636 §4.2) and `ath` (RFC 9449 §4.2)."""
    return b64(hashlib.sha256(text.encode(errors="surrogatepass")).digest())


def half_hash(token: str, alg: str) -> str:
    """`at_hash`: the left half of the hash that belongs to the ID token's algorithm (OIDC Core §3.1.3.6); SHA-512 for Ed25519."""
    digest = hashlib.new("sha512" if alg in ED25519 else "sha256", token.encode("ascii", "replace")).digest()
    return b64(digest[: len(digest) // 2])


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The SHA-256 thumbprint of a public key (RFC 7638 §3)."""
    members = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}.get(str(jwk.get("kty")), ())
    return sha256(compact({m: jwk.get(m) for m in members}))


@dataclass(frozen=True)
class Key(Frozen):
    """A signing key: asymmetric with its public JWK, or an HMAC secret (`jwk` is then None)."""

    alg: str
    kid: str
    secret: Any
    jwk: Mapping[str, Any] | None = None

    @cached_property
    def thumbprint(self) -> str:
        return thumbprint(self.jwk or {})

    def sign(self, claims: Any, typ: str | None = "JWT", **header: Any) -> str:
        """Sign claims as a compact JWT; `header` adds to, or replaces, the header's entries."""
        head: dict[str, Any] = {"alg": self.alg} | ({"typ": typ} if typ else {}) | ({"kid": self.kid} if self.kid else {}) | header
        return self.seal(head, claims)

    def seal(self, header: Mapping[str, Any], claims: Any) -> str:
        """Sign exactly this header and these claims."""
        body = f"{packed(header)}.{packed(claims)}"
        return f"{body}.{b64(ALGORITHMS[self.alg].sign(body.encode(), self.secret))}"


@memo("key", 1024)
def key_for(seed: str, owner: str, alg: KeyType = "ES256") -> Key:
    """The signing key of this owner in worlds of this seed."""
    private = private_key(seed, owner, alg)
    return from_private(private, alg)


def from_private(private: PrivateKey, alg: str) -> Key:
    """A Key around a private key object."""
    algorithm: Any = ALGORITHMS[alg]
    public = json.loads(algorithm.to_jwk(private.public_key()))
    public = {k: v for k, v in public.items() if k != "key_ops"}
    kid = thumbprint(public)
    return Key(alg, kid, private, {**public, "kid": kid, "alg": alg, "use": "sig"})


def shared_key(secret: str | bytes) -> Key:
    """An HMAC key (HS256)."""
    return Key("HS256", "", secret.encode() if isinstance(secret, str) else secret)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A token taken apart; nothing about it has been verified."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Jws:
    """A compact JWS taken apart; its payload may be anything."""

    header: dict[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes


def take_apart(token: str) -> Jws:
    """The parts of a compact JWS, strictly (RFC 7515 §5.2).  Raises NotAJwt."""
    if len(token) > MAX_TOKEN:
        raise NotAJwt("it is longer than 64 KiB")
    parts = token.split(".")
    if len(parts) != 3:
        raise NotAJwt(f"it has {plural(len(parts), 'part')}, not 3")
    header = _object(unb64(parts[0]), "header")
    if "crit" in header:
        raise NotAJwt("its header has critical extensions, and none is understood here")  # RFC 7515 §4.1.11
    return Jws(header, unb64(parts[1]), f"{parts[0]}.{parts[1]}".encode(), unb64(parts[2]))


@memo("message", 2048, longest=LONGEST_KEPT)
def decode(token: str) -> Decoded:
    """Take a compact JWT apart, strictly (RFC 7519 §7.2).  Raises NotAJwt.  Do not change what it returns: it is shared."""
    jws = take_apart(token)
    return Decoded(jws.header, _object(jws.payload, "payload"), jws.signed, jws.signature)


def _object(part: bytes, name: str) -> dict[str, Any]:
    try:
        value = read(part)
    except NotJson as fault:
        raise NotAJwt(f"its {name} {fault}") from None
    if not isinstance(value, dict):
        raise NotAJwt(f"its {name} is not a JSON object")
    return value


@memo("key", 512)
def _public(jwk_json: str, alg: str) -> Any:
    return PyJWK.from_json(jwk_json, "EdDSA" if alg in ED25519 else alg).key


def _same(one: object, other: str) -> bool:
    """Whether two names of algorithms mean the same."""
    return one == other or (one in ED25519 and other in ED25519)


def public_key(jwk: Mapping[str, Any], alg: str) -> Any:
    """The key object of a public JWK, or None if it cannot serve this algorithm for verifying (RFC 7517 §4.2 to §4.4)."""
    if jwk.get("kty") != KEY_TYPES.get(alg) or jwk.get("use", "sig") != "sig" or not _same(jwk.get("alg", alg), alg):
        return None
    if alg == "Ed25519" and jwk.get("crv") != "Ed25519":
        return None
    if "key_ops" in jwk and not (isinstance(jwk["key_ops"], list) and "verify" in jwk["key_ops"]):
        return None
    try:
        key = _public(json.dumps({k: v for k, v in jwk.items() if k != "key_ops"}, sort_keys=True), alg)
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    return None if alg == "RS256" and key.key_size < MIN_RSA else key


def pem(jwk: Mapping[str, Any]) -> bytes:
    """A public key as the text of a PEM file; empty if it is no public key."""
    kty_alg = {"EC": "ES256", "RSA": "RS256", "OKP": "EdDSA"}.get(str(jwk.get("kty")), "")
    key = public_key({k: v for k, v in jwk.items() if k in ("kty", "crv", "x", "y", "n", "e")}, kty_alg)
    if key is None:
        return b""
    return bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def signature_fits(token: Decoded, key: Any, alg: str) -> bool:
    """Whether the signature was made with this key and algorithm.  `key`: a public key object, or bytes for HS256."""
    try:
        return bool(ALGORITHMS[alg].verify(token.signed, key, token.signature))
    except (KeyError, ValueError, TypeError, AttributeError, PyJWTError):
        return False


LATEST = 1e12  # seconds: about the year 33 000; what is later is no date, but somebody's `never`


EARLIEST_MILLISECOND = 1e11  # March 1973, if milliseconds are counted; as seconds it would be the year 5138


BACKCHANNEL_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"  # the event of a logout token


def number(value: Any) -> float | None:
    """A NumericDate, or None if it is anything else (RFC 7519 §2)."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) and -LATEST <= value <= LATEST else None


def no_date(value: Any) -> str:
    """Why a value is no NumericDate, the number of seconds since 1970 that RFC 7519 §2 asks for; '' if it may be one."""
    if isinstance(value, str):
        return "text, not a number"
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        return "not a number"
    if EARLIEST_MILLISECOND <= value < 1000 * EARLIEST_MILLISECOND:
        return "milliseconds, not seconds"
    return "" if -LATEST <= value <= LATEST else "far beyond any date"


def dated(claims: Mapping[str, Any], name: str) -> str:
    """A date among claims for people: in UTC, and why it is none if it is none; `none` where there is no such claim."""
    if name not in claims:
        return "none"
    fault = no_date(claims[name])
    return f"{clock_time(claims[name])} ({fault})" if fault else clock_time(claims[name])
