"""Clients that authenticate with a JWT that they have signed: `private_key_jwt` (RFC 7523 §2.2, OIDC Core §9).

The checks in their order; `asserted.py` tells Authlib what came out.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.protocol.client_jwts import ASSERTION_TYPE, MAX_JTI
from sandbox.protocol.tokens import Decoded, number
from sandbox.world.parties.authorization_server.client_keys import Step, read, signed, timely, typed
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.requests import ASRequest

ALG = "token_endpoint_auth_signing_alg"
Data = dict[str, str]


def proved(core: Core, request: ASRequest) -> Iterator[Step]:
    """The checks on an assertion (RFC 7523 §3); if all pass, the request is its client's."""
    data: Data = request.payload.data
    token = read(data.get("client_assertion", ""))
    client = core.query_client(_names(token))
    fault = _fault(data, token)
    yield "assertion", not fault and client is not None, "a JWT of a registered client about itself", fault or _names(token)
    assert isinstance(token, Decoded)
    assert client is not None
    yield from signed(client, token, client.algs.get(ALG, ""))
    audience = token.claims.get("aud")
    yield "assertion_audience", audience == core.issuer, f"{core.issuer}, alone and as a text", audience if audience is not None else "none"
    now, jti = core.net.clock.now(), token.claims.get("jti")
    yield from timely(token.claims, now)
    named = isinstance(jti, str) and 0 < len(jti) <= MAX_JTI
    ends = number(token.claims.get("exp")) or now
    new = named and core.store.assertions.first_use(client.client_id, str(jti), ends, now)
    yield "assertion_unused", new, "a jti that was not used before", jti if named else "no jti, or one that is too long"
    request.asserted = client


def _names(token: Decoded | str) -> str:
    """The client that an assertion is about, whether that is true or not."""
    sub = token.claims.get("sub") if isinstance(token, Decoded) else None
    return sub if isinstance(sub, str) else ""


def _fault(data: Data, token: Decoded | str) -> str:
    """What keeps this from being an assertion of the client about itself; '' if nothing does."""
    if data.get("client_assertion_type") != ASSERTION_TYPE:
        return f"client_assertion_type {data.get('client_assertion_type') or 'none'}"
    if isinstance(token, str):
        return token
    if not typed(token, "client-authentication+jwt"):
        return f"typ {token.header.get('typ')}"
    about, issuer = _names(token), token.claims.get("iss")
    if not about or issuer != about:
        return f"sub {about or 'none'} from {issuer}"
    return "" if data.get("client_id", about) == about else f"client_id {data['client_id']} with an assertion about {about}"
