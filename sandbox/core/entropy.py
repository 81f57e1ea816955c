"""Randomness and keys.  The only module that may make either; simulated runs draw from a seed, so they repeat exactly."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import defaultdict
from itertools import count
from math import gcd, prod
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
KeyType = Literal["ES256", "EdDSA", "RS256"]

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# The RSA key is the same in every run and public in this file: a teaching key, never to be used for anything else.
# Deriving one from a seed would cost half a second of prime search per run; only the keys that follow it are derived.
RSA_P = int(
    "ded54143c9384b6dd06efefe96a22e50fb9cf6a4f89e17100709f9434c301970b544d9a385ea24b5a9ee4fb7d64c9ffd5809961b98c7df60cfa8f8f8aaf495e9"
    "33bfc419c537b201e144fe2eee9514142d98c8140ea1f41f3ad4c6894ce6c7eada4233f918a50ada8ec4fac7516ae90d2e684c97355aef6b9cddec05de43fab5",
    16,
)
RSA_Q = int(
    "c4f97b7b596a1cc10ebbda6a05f760db7b336194f7ef331520794c0ba3017973525034f37db1058cb600e8c4e7df5b254bb52e6c4b8ee7c9113f11b85129cd22"
    "dac54c2e3b5aa1851c3a31e430ab37e5484e9b138cf60fbd3cd111daf2015e35da8b1cf48de4e4654cedaeda93b3a191886b2c1dbcf6fd066d15d7975ea1c84d",
    16,
)

# A second one, for everybody who is not ConnectSphere's issuer.
OTHER_RSA_P = int(
    "eaa849d64c1156bb5bdcae84c00c8d5e929412a768a0ae2c1eb6ab460fbbab9ee25defe3f82b7ba60f18566a8637bdc5ab8e1ba5cd90322850adce0d90330b1e"
    "62e1ac9d86ddafa4c3b60e0740dcac02ca15390aed12a84fa479aebb8c848a9b16f7d6b978fdf6d745325b616386faf4bf9a96ef1f598a6d2cfc14eb270defe5",
    16,
)
OTHER_RSA_Q = int(
    "ee2ffc3ebc1ca1a765da198d8114b9bf3d2f87f56651692d527ecdcda8a2740c8b66ebee5f4cf66527cdfa180f6cffc04ab7954b01069e316d627cfd10476618"
    "e77aa7b48a421626233a61e20e53a9065543e4db4e7010d5008a45157e21a7d22ffdb1a46051de1c3ab665935adb1438958c44e230a7c1949ead3c88b96ba5b5",
    16,
)
ISSUERS = ("auth", "backend")
RSA_E = 65537
SMALL_PRIMES = prod(n for n in range(3, 2000, 2) if all(n % d for d in range(3, 45, 2) if d < n))


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class Entropy:
    """Named streams of bytes derived from a seed: a draw added to one stream shifts no other.

    `words` are the random texts that it has given, and their hashes (RFC 7636 §4.2), for whoever asks whether two worlds differ in
    anything else.
    """

    def __init__(self, seed: int | str) -> None:
        self.seed = str(seed)
        self.words: set[str] = set()
        self._drawn: defaultdict[str, int] = defaultdict(int)

    def bytes(self, stream: str, size: int) -> bytes:
        self._drawn[stream] += 1
        return hashlib.shake_256(f"{self.seed}|{stream}|{self._drawn[stream]}".encode()).digest(size)

    def token(self, stream: str, size: int = 32) -> str:
        """`size` random bytes as base64url without padding."""
        word = _text(self.bytes(stream, size))
        self._remember(word)
        return word

    def _remember(self, word: str) -> None:
        self.words |= {word, _text(hashlib.sha256(word.encode()).digest())}


class ChosenEntropy(Entropy):
    """For parties that are really served from a seed that somebody has chosen: whoever knows it knows every key, code and token."""

    def _remember(self, word: str) -> None:
        """It may run for months, too."""


class SystemEntropy(Entropy):
    """Real randomness, for parties that are really served.  The seed is random, too: keys are derived from it."""

    def __init__(self) -> None:
        super().__init__(secrets.token_hex(32))

    def bytes(self, stream: str, size: int) -> bytes:
        return secrets.token_bytes(size)

    def _remember(self, word: str) -> None:
        """A server that runs for months keeps no list of its secrets."""


def secret(seed: str, owner: str) -> bytes:
    """256 random bits of this owner in worlds of this seed: what HS256 wants at the least (RFC 7518 §3.2)."""
    return hashlib.shake_256(f"{seed}|secret|{owner}".encode()).digest(32)


def fresh_rsa() -> rsa.RSAPrivateKey:
    """An RSA key that nobody else has: the teaching key is public."""
    return rsa.generate_private_key(65537, 2048)


def private_key(seed: str, owner: str, kind: KeyType) -> PrivateKey:
    """The key of this owner in worlds of this seed; `auth 1` owns the key that follows the one of `auth`."""
    if kind == "RS256":
        return _rsa(*_primes(seed, owner))
    material = hashlib.shake_256(f"{seed}|key|{owner}|{kind}".encode()).digest(40)
    if kind == "EdDSA":
        return ed25519.Ed25519PrivateKey.from_private_bytes(material[:32])
    return ec.derive_private_key(int.from_bytes(material, "big") % (P256_ORDER - 1) + 1, ec.SECP256R1())


def _primes(seed: str, owner: str) -> tuple[int, int]:
    issuer, _, turn = owner.partition(" ")
    if issuer not in ISSUERS:
        return OTHER_RSA_P, OTHER_RSA_Q
    return (_prime(f"{seed}|p|{owner}"), _prime(f"{seed}|q|{owner}")) if turn else (RSA_P, RSA_Q)


def _rsa(p: int, q: int) -> rsa.RSAPrivateKey:
    d = pow(RSA_E, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(RSA_E, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)  # our own primes: the check costs 38 ms of every start


def _prime(name: str) -> int:
    """The first suitable prime at or after the 1024-bit number that this name gives."""
    start = int.from_bytes(hashlib.shake_256(name.encode()).digest(128), "big") | 3 << 1022 | 1
    return next(n for n in count(start, 2) if gcd(n, SMALL_PRIMES) == 1 and gcd(n - 1, RSA_E) == 1 and _is_prime(n))


def _is_prime(n: int) -> bool:
    """The test of Miller and Rabin with twelve bases: enough for an odd number that nobody has chosen to deceive it."""
    twos = ((n - 1) & -(n - 1)).bit_length() - 1
    return all(_is_witness(n, base, twos) for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37))


def _is_witness(n: int, base: int, twos: int) -> bool:
    """Whether the number behaves to this base as a prime does.  `twos`: how often 2 divides n - 1."""
    x = pow(base, n >> twos, n)
    return x == 1 or any(pow(x, 1 << i, n) == n - 1 for i in range(twos))
