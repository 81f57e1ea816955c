"""A token or a lifetime in a few words, and what a PKCE verifier commits to."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from sandbox.reality.shapes import EMAIL


def s256(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("utf-8", "replace")).digest()).decode().rstrip("=")


def about_token(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """A JWT in a few words: `JWT, RS256, 5 min, aud=https://api.example`."""
    words = ["JWT", str(header.get("alg", "no alg"))[:10]]
    exp, iat = claims.get("exp"), claims.get("iat")
    if isinstance(exp, int | float) and isinstance(iat, int | float):
        words.append(lasting(int(exp - iat)))
    aud = claims.get("aud")
    if isinstance(aud, str) and len(aud) < 80 and not EMAIL.search(aud):
        words.append(f"aud={aud}")
    return ", ".join(words)


def lasting(seconds: int) -> str:
    """A lifetime in short words."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds // length} {unit}"
    return f"about {round(seconds / 86400)} d" if seconds > 2 * 86400 else f"{seconds} s"
