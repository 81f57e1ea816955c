"""Verifiers that are broken on purpose.  Each is a mistake that real libraries or services have made.

Only a resource server whose switches ask for the mistake calls this module; nothing here may ever verify a real token.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.protocol.tokens import ALGORITHMS, Decoded, pem, public_key, signature_fits


def header_algorithm(token: Decoded) -> str:
    """The mistake of CVE-2015-9235: the token says how it wants to be verified.  `none` in any spelling is the empty string."""
    alg = str(token.header.get("alg"))
    return "" if alg.lower() == "none" else alg


def brought_key(token: Decoded) -> Mapping[str, Any] | None:
    """The mistake of CVE-2018-0114: the key in the token's own header (RFC 7515 §4.1.3) is taken for a trusted one."""
    jwk = token.header.get("jwk")
    return jwk if isinstance(jwk, dict) else None


def accepts(token: Decoded, secret: bytes | None, jwks: Sequence[Mapping[str, Any]], brought: Mapping[str, Any] | None = None) -> bool:
    """Verify with whatever algorithm the token names and whatever key is at hand, one `brought` by the token included.

    No algorithm: no signature is wanted.  HS256: the shared word is tried and, the worst of it, each public key, as the text of
    its PEM file, in place of a password.
    """
    alg = header_algorithm(token)
    if not alg:
        return True
    if alg == "HS256":
        words = [secret] if secret is not None else [pem(jwk) for jwk in jwks]
        return any(hmac.compare_digest(hmac.new(w, token.signed, hashlib.sha256).digest(), token.signature) for w in words)
    kid = token.header.get("kid")
    chosen = [*(jwk for jwk in jwks if jwk.get("kid") == kid), *([brought] if brought is not None else [])]
    return any(alg in ALGORITHMS and (key := public_key(jwk, alg)) is not None and signature_fits(token, key, alg) for jwk in chosen)
