"""Verifiers that are broken on purpose.  Each is a mistake that real libraries or services have made.

Only a resource server whose switches ask for the mistake calls this module; nothing here may ever verify a real token.
"""

from __future__ import annotations

import hashlib
import hmac
import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.core.strict_json import NotJson, read
from sandbox.protocol import loose_curve
from sandbox.protocol.tokens import ALGORITHMS, MAX_TOKEN, Decoded, NotAJwt, decode, pem, public_key, signature_fits, unb64

KEY_FOLDER = "/srv/api/keys"  # where the verifier that takes a key id for a file name has its keys
KNOWN_FILES = {"/dev/null": b"", "/srv/api/static/robots.txt": b"User-agent: *\nDisallow:\n"}  # files whose content everybody knows
LONGEST = 2048  # characters of an address or a file name that are looked at


def header_algorithm(token: Decoded) -> str:
    """The mistake of CVE-2015-9235: the token says how it wants to be verified.  `none` in any spelling is the empty string."""
    alg = str(token.header.get("alg"))
    return "" if alg.lower() == "none" else alg


def brought_key(token: Decoded) -> Mapping[str, Any] | None:
    """The mistake of CVE-2018-0114: the key in the token's own header (RFC 7515 §4.1.3) is taken for a trusted one."""
    jwk = token.header.get("jwk")
    return jwk if isinstance(jwk, dict) else None


def named_address(token: Decoded) -> str:
    """The address in the token's own header at which its keys are said to be (`jku`, RFC 7515 §4.1.2); '' if there is none."""
    url = token.header.get("jku")
    return url if isinstance(url, str) and url.startswith("https://") and len(url) <= LONGEST else ""


def fetched_key(found: Any, token: Decoded) -> Mapping[str, Any] | None:
    """The mistake of CVE-2018-0114 from afar: a key of the set that was fetched from such an address is taken for a trusted one."""
    keys = found.get("keys") if isinstance(found, dict) else None
    named = (k for k in keys or () if isinstance(k, dict) and k.get("kid") == token.header.get("kid")) if isinstance(keys, list) else ()
    return next(iter(named), None)


def named_file(token: Decoded) -> bytes | None:
    """The content of the file that the key id leads to, if it is taken for a file name (RFC 8725 §3.10); None if there is no such file."""
    kid = token.header.get("kid")
    if not isinstance(kid, str) or len(kid) > LONGEST:
        return None
    return KNOWN_FILES.get(posixpath.normpath(posixpath.join(KEY_FOLDER, kid)))


def loosely_fits(token: Decoded, key: Any) -> bool:
    """The mistake of CVE-2022-21449: an ES256 signature, whose two numbers may be anything, zero included."""
    if len(token.signature) != 64:
        return False
    r, s = int.from_bytes(token.signature[:32], "big"), int.from_bytes(token.signature[32:], "big")
    numbers = key.public_numbers()
    return loose_curve.fits((numbers.x, numbers.y), hashlib.sha256(token.signed).digest(), r, s)


def two_readings(token: str) -> tuple[Decoded, dict[str, Any]] | None:
    """The mistake of CVE-2022-39227: what is verified is a token in JSON (RFC 7515 §7.2.2), and the claims are what stands between the
    first two dots of the same text.  None for a text that is no such JSON, or that cannot be read in both ways."""
    if not token.startswith("{") or len(token) > MAX_TOKEN:
        return None
    try:
        whole = read(token.encode())
        genuine = decode(".".join(str(whole.get(part)) for part in ("protected", "payload", "signature")))
        claims = read(unb64(token.split(".")[1]))
    except (NotJson, NotAJwt, IndexError, AttributeError):
        return None
    return (genuine, claims) if isinstance(claims, dict) else None


def accepts(
    token: Decoded,
    secret: bytes | None,
    jwks: Sequence[Mapping[str, Any]],
    brought: Mapping[str, Any] | None = None,
    filed: bytes | None = None,
) -> bool:
    """Verify with whatever algorithm the token names and whatever key is at hand, one `brought` by the token included.

    No algorithm: no signature is wanted.  HS256: the shared word is tried, the content of a file that the token names (`filed`) and,
    the worst of it, each public key, as the text of its PEM file, in place of a password.
    """
    alg = header_algorithm(token)
    if not alg:
        return True
    if alg == "HS256":
        words = [secret] if secret is not None else [pem(jwk) for jwk in jwks]
        words += [filed] if filed is not None else []
        return any(hmac.compare_digest(hmac.new(w, token.signed, hashlib.sha256).digest(), token.signature) for w in words)
    kid = token.header.get("kid")
    chosen = [*(jwk for jwk in jwks if jwk.get("kid") == kid), *([brought] if brought is not None else [])]
    return any(alg in ALGORITHMS and (key := public_key(jwk, alg)) is not None and signature_fits(token, key, alg) for jwk in chosen)
