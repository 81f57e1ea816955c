"""How much a party reads, and how much it remembers: what keeps a stranger from filling a server.

The numbers are far above anything honest; forgetting begins with the oldest.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sandbox.core.wire import Request, Response, json_response

MAX_URL = 64 * 1024  # characters
MAX_HEADERS = 64 * 1024  # characters, all together
MAX_BODY = 256 * 1024  # characters
KEPT = 1000  # of each kind of thing that anybody can make a party remember: log lines, pending sign-ins, sessions
ISSUED = 50_000  # codes, grants, tokens: an authorization server forgets later


def too_large(request: Request) -> Response | None:
    """The refusal of a request that is too large to be read (RFC 9110 §15.5.14 and §15.5.15, RFC 6585 §5)."""
    headers = sum(len(name) + len(value) for name, value in request.headers)
    for status, what, size, most in (
        (414, "address", len(request.url), MAX_URL),
        (431, "header section", headers, MAX_HEADERS),
        (413, "body", len(request.body), MAX_BODY),
    ):
        if size > most:
            text = f"The {what} has {size} characters; at most {most} are read."
            return json_response(status, {"error": "invalid_request", "error_description": text})
    return None


def forget_oldest(held: dict[Any, Any], most: int = KEPT) -> None:
    """Drop the first entries of a dictionary until `most` are left."""
    while len(held) > most:
        del held[next(iter(held))]


def full(held: Collection[Any], most: int = KEPT) -> bool:
    return len(held) >= most
