"""A token that somebody has copied into a file: with `Bearer` before it, a line end after it, or in the middle of something."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.reality import token_facts
from sandbox.reality.documents.paths import here
from sandbox.reality.finding import Evidence, Finding, found
from sandbox.reality.token_facts import Token


def findings(written: str, label: str, length: int) -> Iterator[Finding]:
    """What a single token shows."""
    token = Token(written, label, length, (Evidence("the token"),))
    if token.is_id_token:
        aud = token.claims.get("aud", "a client")
        yield found(
            "id_token_seen", f"This is an ID token for {aud}, and NOT an access token: an API must not take it", [here("the token")]
        )
        yield from (f for f in token_facts.signed(token) if f.id in ("dev_keys", "unsigned"))
        yield from token_facts.identity(token)
        return
    if token.jwt and not token.from_server and "iss" not in token.claims:
        yield found("home_made", "Neither iss nor client_id nor scope: a token of a login endpoint of one's own, most likely", token.places)
    elif token.jwt:
        yield found("oauth_token", "client_id, scope or iss: what an authorization server writes", token.places)
    for f in token_facts.access(token):
        if f.id != "bearer" or token.from_server:
            yield f
