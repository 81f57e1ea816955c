"""Work of fixed size, measured in the same run as everything else: a busy or a slower machine shows here first.

None of it is ours, so that it stays the same from one version to the next.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ROUNDS = 25
KEY, ECDSA = ec.derive_private_key(2027, ec.SECP256R1()), ec.ECDSA(SHA256())


def python() -> None:
    """A loop in which only the interpreter has work."""
    total = 0
    for n in range(100_000):
        total += n * n % 7


def crypto() -> None:
    """Fifty signatures, each verified."""
    for n in range(50):
        message = n.to_bytes(8, "big")
        KEY.public_key().verify(KEY.sign(message, ECDSA), message, ECDSA)


def measured(work: Callable[[], None]) -> str:
    """Milliseconds of the best round and of the worst: far apart on a busy machine."""
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return f"{min(found):.1f} ms (at worst {max(found):.1f})"


def line() -> str:
    """The state of the machine, for the head and the foot of a report."""
    loads = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"Machine: load {loads}; control: 100 000 turns of a loop {measured(python)}, 50 ES256 signatures and verifications {measured(crypto)}."
