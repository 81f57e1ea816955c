"""Authlib's way of authenticating a client by an assertion: what `assertions.py` has found out is what counts.

Authlib's own class (authlib.oauth2.rfc7523) asks the real clock, takes a list of audiences, and knows neither PS256 nor Ed25519 nor why
it refuses; so the checks are ours, and Authlib decides which of its methods of authentication a client may use where.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError

from sandbox.protocol.client_jwts import ASSERTION_PARAMETERS

Query = Callable[[str], Any]


def brought(request: Any) -> bool:
    """Whether the request has an assertion, or a part of one."""
    return any(request.payload.data.get(name) for name in ASSERTION_PARAMETERS)


def by_assertion(query: Query, request: Any) -> Any:
    """The client that an assertion has proved.  Raises InvalidClientError if it proves nothing."""
    if request.asserted is None:
        raise InvalidClientError(status_code=401, description="The client assertion proves nothing here.")
    return request.asserted
