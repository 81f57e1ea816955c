"""HTTP Basic as clients use it: id and secret, each form-encoded before they are joined (RFC 6749 §2.3.1, RFC 7617 §2)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, unquote_plus

from authlib.oauth2.rfc6749 import InvalidClientError

from sandbox.world.parties.authorization_server.store import Client

Query = Callable[[str], Client | None]
READINGS: tuple[Callable[[str], str], ...] = (unquote_plus, unquote, str)  # as the RFC has it; and as many clients do it


def credentials(header: str, query: Query) -> tuple[str | None, str | None]:
    """Id and secret in the way of reading in which they are right, or as the RFC reads them; nothing if this is no Basic."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        name, found, secret = base64.b64decode(value.strip()).decode().partition(":")
    except (binascii.Error, ValueError):
        return None, None
    if not found:
        return None, None
    read = [(reading(name), reading(secret)) for reading in READINGS]
    return next((both for both in read if (client := query(both[0])) and both[1] and client.check_client_secret(both[1])), read[0])


def by_basic(query: Query, request: Any) -> Client | None:
    """Authlib's way of authenticating a client by HTTP Basic, with our reading of the header."""
    name, secret = credentials(request.headers.get("Authorization") or "", query)
    if not name or not secret:
        return None
    client = query(name)
    if client is None:
        raise InvalidClientError(status_code=401, description="The client does not exist on this server.")
    return client if client.check_client_secret(secret) else None
