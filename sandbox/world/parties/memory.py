"""A server that was started anew without its memory: whatever was issued before is void, and it says so.

What is only looked up is unknown by itself; a JWT would still be accepted, although what was revoked since is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.core.clock import clock_time
from sandbox.core.wire import Response, json_response
from sandbox.protocol.checks import Checklist
from sandbox.protocol.tokens import number

UNKNOWN = ("invalid_grant", "invalid_token")


def lost(since: int) -> str:
    """Why something from before is void."""
    return f"Sign-ins and tokens from before {clock_time(since)} UTC are gone: this server was started anew then. Sign in again."


def remembered(checks: Checklist, claims: Mapping[str, Any], since: int) -> bool:
    """Whether a token is not older than the server's memory (RFC 7519 §4.1.6), if it says when it was made."""
    if not since:
        return True
    issued = number(claims.get("iat"))
    return issued is None or checks.test("issued_since", issued >= since, f"at {clock_time(since)} or later", clock_time(int(issued)))


def explained(answer: Response, since: int) -> Response:
    """A refusal of something unknown, with what may be the reason."""
    said = answer.json
    if not since or answer.error not in UNKNOWN or not isinstance(said, dict):
        return answer
    before = f"{said['error_description']} " if said.get("error_description") else ""
    kept = tuple(h for h in answer.headers if h[0].lower() != "content-type")
    return json_response(answer.status, said | {"error_description": f"{before}{lost(since)}"}, *kept)
