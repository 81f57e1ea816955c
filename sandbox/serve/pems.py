"""Private keys that an operator brings, in PEM files."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.core.entropy import KeyType
from sandbox.core.text import short
from sandbox.protocol.tokens import MIN_RSA, Key, from_private

LARGEST = 16 * 1024  # bytes of a file
LONGEST_RSA = 4096  # bits; a longer one makes each answer wait


class NoKey(ValueError):
    """There is no such key in the file; the message says why, `cure` what to do."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(message)
        self.cure = cure


def from_file(path: Path, alg: KeyType) -> Key:
    """The private key in a file, for this algorithm.  Raises NoKey."""
    name, content = short(str(path)), _bytes(path)
    try:
        private = load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NoKey(f"{name} has no private key that can be read", "make one: openssl genpkey, in PEM and without a password") from None
    if alg == "ES256":
        fits = isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1)
    elif alg == "EdDSA":
        fits = isinstance(private, ed25519.Ed25519PrivateKey)
    else:
        fits = isinstance(private, rsa.RSAPrivateKey) and MIN_RSA <= private.key_size <= LONGEST_RSA
    if not fits:
        raise NoKey(f"the key in {name} is none for {alg}", f"{alg} needs {NEEDS[alg]}")
    assert isinstance(private, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey)
    return from_private(private, alg)


NEEDS: dict[KeyType, str] = {
    "ES256": "an EC key on the curve P-256",
    "EdDSA": "an Ed25519 key",
    "RS256": f"an RSA key of {MIN_RSA} to {LONGEST_RSA} bits",
}


def _bytes(path: Path) -> bytes:
    """What is in the file.  Raises NoKey; devices and pipes are never opened."""
    try:
        found = None
        if path.is_file():
            with path.open("rb") as file:
                found = file.read(LARGEST + 1)
    except (OSError, ValueError):
        raise NoKey(f"{short(str(path))} cannot be read", "look at its path and at who may read it") from None
    if found is None:
        raise NoKey(f"there is no file {short(str(path))}", "write its path from the folder of this file")
    if len(found) > LARGEST:
        raise NoKey(f"{short(str(path))} is larger than {LARGEST // 1024} KiB", "write the file of one private key in PEM")
    return found
