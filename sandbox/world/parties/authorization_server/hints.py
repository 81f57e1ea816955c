"""ID tokens that come back as a hint: whether this server has issued them, and for whom; that they have expired does not matter."""

from __future__ import annotations

from typing import Any

from sandbox.protocol.tokens import Decoded, Key, NotAJwt, decode, public_key, signature_fits
from sandbox.world.parties.authorization_server.core import Core


def hinted(core: Core, hint: str) -> dict[str, Any] | None:
    """The claims of a token that this server has signed with a key of its own; None if it is none of ours."""
    try:
        token = decode(hint)
    except NotAJwt:
        return None
    keys = (*core.keys, *core.signing.verifying)
    return token.claims if token.claims.get("iss") == core.issuer and any(_signed(token, key) for key in keys) else None


def is_id_token(hint: str) -> bool:
    """Whether a token says that it is no other kind: access tokens and logout tokens have types of their own."""
    return bool(decode(hint).header.get("typ", "JWT") == "JWT")


def _signed(token: Decoded, key: Key) -> bool:
    """Whether this key has signed this token."""
    public = public_key(key.jwk, key.alg) if key.jwk else key.secret
    return token.header.get("alg") == key.alg and signature_fits(token, public, key.alg)
