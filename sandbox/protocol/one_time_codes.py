"""Codes of an authenticator app: six digits that server and phone compute from a secret they share and the time (RFC 6238, RFC 4226)."""

from __future__ import annotations

import base64
import hashlib
import hmac

STEP = 30  # seconds for which an authenticator shows a code (RFC 6238 §5.2)
DIGITS = 6


def code_at(secret: str, now: int) -> str:
    """What an authenticator with this secret (base32) shows at this second."""
    return _hotp(secret, now // STEP)


def step_of(secret: str, code: str, now: int) -> int | None:
    """The time step whose code this is: the current one, or the one before for those who type slowly (RFC 6238 §5.2); None if neither."""
    return next((step for step in (now // STEP, now // STEP - 1) if hmac.compare_digest(_hotp(secret, step), code)), None)


def _hotp(secret: str, counter: int) -> str:
    """RFC 4226 §5.3: a keyed hash of the counter, cut down to so many digits."""
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 0xF
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"
