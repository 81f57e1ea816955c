"""A key set (RFC 7517 §5): which keys sign, how long they are, and whether they may be known to everybody."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from cryptography import x509

from sandbox.reality.documents.paths import here, items, members, missing
from sandbox.reality.finding import Finding, found
from sandbox.reality.token_facts import demonstration

PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "k")  # RFC 7518 §6
SHORTEST_RSA = 2048  # bits


def is_key_set(data: dict[str, Any]) -> bool:
    """Whether an object is a key set, or a single key."""
    return isinstance(data.get("keys"), list) or isinstance(data.get("kty"), str)


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """What the keys show."""
    single = "kty" in data
    keys = [("$" if single else f"$.keys[{n}]", members(k)) for n, k in enumerate([data] if single else items(data.get("keys")))]
    signing = [(path, k) for path, k in keys if k.get("use") in (None, "sig")]
    named = [here(f"{path}.kid", k["kid"]) for path, k in signing if isinstance(k.get("kid"), str)]
    kinds = [str(k.get("kty")) for _, k in signing]
    if kinds == ["RSA"]:
        yield found("one_rsa_key", "One RSA key for signatures", [here(signing[0][0]), *named])
    elif signing:
        yield found(
            "signing_keys", f"{len(signing)} keys for signatures: {', '.join(kinds)}", [*(here(path) for path, _ in signing), *named]
        )
    if len(signing) == 1:
        yield found("no_rotation_visible", "A single key: rotation cannot be judged", [here("$.keys")])
    for path, key in keys:
        kid = str(key.get("kid", ""))
        if not kid and len(keys) > 1:
            yield found("no_kid", "A key without kid among several: a verifier has to try them all", [missing(f"{path}.kid")])
        if since := _since(key):
            yield found("key_since", f"The certificate of {kid or 'a key'} is from {since}", [here(f"{path}.x5c", since)])
        for f in demonstration(kid, [here(f"{path}.kid", kid)]):
            yield found(f.id, f"kid {kid}: the demonstration key of the software, known to everybody", f.evidence)
        if bits := _short(key):
            yield found("short_key", f"An RSA key of about {bits} bits: {SHORTEST_RSA} are the least", [here(f"{path}.n")])
        if secret := [name for name in PRIVATE if name in key]:
            yield found(
                "private_key",
                f"The private half of a key is in the file ({', '.join(secret)}): whoever has the file can sign",
                [here(f"{path}.{name}") for name in secret],
            )


def _since(key: dict[str, Any]) -> str:
    """The day from which the certificate of a key is good, as 2026-11-30; '' if it has none that can be read."""
    chain = items(key.get("x5c"))
    try:
        return x509.load_der_x509_certificate(base64.b64decode(str(chain[0]), validate=True)).not_valid_before_utc.date().isoformat()
    except (IndexError, ValueError):
        return ""


def _short(key: dict[str, Any]) -> int:
    """The bits of an RSA key that is too short; 0 if it is not."""
    n = key.get("n")
    bits = len(n.rstrip("=")) * 6 if key.get("kty") == "RSA" and isinstance(n, str) else 0
    return bits // 8 * 8 if 0 < bits < SHORTEST_RSA else 0
