"""What a client signs with its own key: who it is (client assertion, RFC 7523 §2.2), and what it asks for (request object, RFC 9101 §4).

Making both, and whether a registered key has signed one.  Called by clients (making) and by the authorization server, whose own lists
of checks are in `assertions.py` and `request_objects.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jwt.algorithms import RSAPSSAlgorithm
from jwt.exceptions import PyJWTError

from sandbox.core.wire import Pairs, compact
from sandbox.protocol.tokens import Decoded, Key, public_key, signature_fits

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_PARAMETERS = ("client_assertion_type", "client_assertion")
PRIVATE_KEY_JWT = "private_key_jwt"
SIGNED_BY_CLIENTS = ("ES256", "PS256", "EdDSA", "Ed25519")  # those of FAPI 2.0; RS256 is none of them
LIFE = 60  # seconds that a client here gives to what it signs
LONGEST = 3600  # seconds that anybody may give
LEEWAY = 10  # seconds that a client's clock may be ahead
MAX_JTI = 256  # characters
REMEMBERED = 50_000  # assertions; far more than honest clients can have in use
ABOUT_THE_JWT = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})  # no parameters of the request (RFC 9101 §9.1)
PSS = RSAPSSAlgorithm(RSAPSSAlgorithm.SHA256)


def client_assertion(key: Key, client_id: str, issuer: str, now: int, jti: str) -> str:
    """The client says who it is, to this server and to nobody else (RFC 7523 §3; the audience: RFC 10070 §4)."""
    claims = {"iss": client_id, "sub": client_id, "aud": issuer, "jti": jti, "iat": now, "exp": now + LIFE}
    return key.sign(claims, "client-authentication+jwt")


def request_object(key: Key, client_id: str, issuer: str, parameters: Pairs, now: int, jti: str) -> str:
    """The parameters of an authorization request as signed claims (RFC 9101 §4).  Several values of one become a list."""
    claims: dict[str, Any] = {"iss": client_id, "aud": issuer, "jti": jti, "nbf": now, "exp": now + LIFE}
    for name, _ in parameters:
        values = [v for n, v in parameters if n == name]
        claims[name] = values[0] if len(values) == 1 else values
    return key.sign(claims, "oauth-authz-req+jwt")


def parameters(claims: Mapping[str, Any]) -> Pairs:
    """The parameters of an authorization request that these claims are (RFC 9101 §6.3)."""
    out: list[tuple[str, str]] = []
    for name, value in claims.items():
        if name not in ABOUT_THE_JWT and value is not None:
            out += [(name, _text(one)) for one in (value if isinstance(value, list) else [value])]
    return tuple(out)


def _text(value: Any) -> str:
    """A value as it would stand in an address."""
    return value if isinstance(value, str) else compact(value)


def signed_by(jwk: Mapping[str, Any], token: Decoded, alg: str) -> bool:
    """Whether this public key has signed this token, by an algorithm that clients may use."""
    if alg not in SIGNED_BY_CLIENTS:
        return False
    if alg != "PS256":
        key = public_key(jwk, alg)
        return key is not None and signature_fits(token, key, alg)
    key = public_key({**jwk, "alg": "RS256"}, "RS256") if jwk.get("alg", alg) == alg else None  # RSA keys are of one kind
    try:
        return key is not None and bool(PSS.verify(token.signed, key, token.signature))
    except (ValueError, TypeError, PyJWTError):
        return False


@dataclass
class SeenAssertions:
    """The assertions that were used and have not expired, by client and jti."""

    until: dict[tuple[str, str], float] = field(default_factory=dict)

    def first_use(self, client_id: str, jti: str, expires: float, now: int) -> bool:
        """Whether this assertion is new; remembers it until it expires."""
        while self.until and next(iter(self.until.values())) < now:
            del self.until[next(iter(self.until))]
        if (client_id, jti) in self.until:
            return False
        self.until[client_id, jti] = expires
        while len(self.until) > REMEMBERED:
            del self.until[next(iter(self.until))]
        return True
