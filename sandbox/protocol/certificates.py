"""Client certificates for mutual TLS (RFC 8705): making self-signed ones, and the thumbprint that a token is bound to.

A certificate is a fact about a connection, not a header: TLS has proved that the peer holds the key.  So the simulation lets only
its holder put it on a request (`Request.certificate`), and nobody copies it along with a message.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sandbox.core.clock import START
from sandbox.core.entropy import private_key
from sandbox.protocol.tokens import b64

LIFE = timedelta(days=3650)


def certificate(seed: str, owner: str) -> str:
    """The certificate that this owner has made for itself, valid from the first second of the run: base64 of DER."""
    key: Any = private_key(seed, f"{owner} certificate", "ES256")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner[:64])])
    begin = datetime.fromtimestamp(START, UTC)
    serial = int.from_bytes(hashlib.sha256(f"{seed}|serial|{owner}".encode()).digest()[:16], "big") >> 1  # positive, at most 20 octets
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial, begin, begin + LIFE)
    signed = builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    return base64.b64encode(signed.public_bytes(Encoding.DER)).decode()


def certificate_thumbprint(text: str) -> str:
    """`x5t#S256`: base64url(SHA-256(DER)) (RFC 8705 §3.1); '' for text that is no certificate at all."""
    try:
        return b64(hashlib.sha256(base64.b64decode(text, validate=True)).digest()) if text else ""
    except binascii.Error:
        return ""


def bound_certificate(claims: Mapping[str, Any]) -> str | None:
    """The thumbprint in a token's `cnf`, if it is bound to a certificate (RFC 8705 §3.1)."""
    cnf = claims.get("cnf")
    found = cnf.get("x5t#S256") if isinstance(cnf, dict) else None
    return found if isinstance(found, str) else None
