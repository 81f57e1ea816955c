"""Proof of possession: DPoP (RFC 9449).  Making a proof, and the ordered list of checks on one.

Called by clients and attackers (making), and by the authorization server and the resource servers (checking).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.core.wire import Request, split
from sandbox.protocol.checks import Checklist
from sandbox.protocol.tokens import KEY_TYPES, Decoded, Key, NotAJwt, decode, number, public_key, sha256, signature_fits, thumbprint

WINDOW = 60  # seconds for which a proof is fresh
MAX_JTI = 256  # characters; RFC 9449 §11.1 warns of proofs that fill the memory
LEEWAY = 10  # seconds that a proof may be ahead of the clock

USUAL_PORTS = {"http": 80, "https": 443}
ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
PROOF_ALGORITHMS = tuple(alg for alg in KEY_TYPES if alg != "HS256")  # a proof is signed with a private key (RFC 9449 §4.2)


def target(url: str) -> str:
    """`htu`: the address without query and fragment (RFC 9449 §4.2)."""
    u = split(url)
    return f"{u.scheme}://{u.netloc}{u.path}"


def normal(url: str) -> str:
    """The address without query and fragment, in the one spelling that all its spellings share (RFC 9449 §4.3; RFC 3986 §6.2.2, §6.2.3)."""
    u = split(url)
    try:
        port = u.port
    except ValueError:
        return url
    host = (u.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    at = f":{port}" if port not in (None, USUAL_PORTS.get(u.scheme)) else ""
    path = ESCAPE.sub(lambda found: _spelled(found[0]), u.path) or "/"
    user = f"{u.netloc.rpartition('@')[0]}@" if "@" in u.netloc else ""
    return f"{u.scheme}://{user}{host}{at}{_without_dots(path)}"


def _without_dots(path: str) -> str:
    """The path without `.` and `..` (RFC 3986 §5.2.4)."""
    kept: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        if step == "..":
            del kept[-1:]
        elif step != ".":
            kept.append(step)
    return "/" + "/".join([*kept, ""] if steps[-1:] in (["."], [".."]) else kept)


def _spelled(escape: str) -> str:
    """An escape in capitals, or the character itself where it need not be escaped (RFC 3986 §6.2.2.2)."""
    character = chr(int(escape[1:], 16))
    return character if character.isascii() and (character.isalnum() or character in "-._~") else escape.upper()


def prove(key: Key, method: str, url: str, now: int, jti: str, access_token: str | None = None, nonce: str = "") -> str:
    """A DPoP proof for one request (RFC 9449 §4.2), with the nonce that the server has given, if any (§8)."""
    public = {k: v for k, v in (key.jwk or {}).items() if k in ("kty", "crv", "x", "y", "n", "e")}
    claims = {"jti": jti, "htm": method, "htu": target(url), "iat": now}
    if access_token is not None:
        claims["ath"] = sha256(access_token)
    claims |= {"nonce": nonce} if nonce else {}
    return Key(key.alg, "", key.secret).sign(claims, "dpop+jwt", jwk=public)  # the key itself is in the header: no kid


@dataclass
class SeenProofs:
    """The proofs that were used within the window, by key and jti."""

    until: dict[tuple[str, str], int] = field(default_factory=dict)

    def first_use(self, jkt: str, jti: str, now: int) -> bool:
        """Whether this proof is new; remembers it."""
        while self.until and next(iter(self.until.values())) < now:  # the oldest come first, as time runs forwards
            del self.until[next(iter(self.until))]
        if (jkt, jti) in self.until:
            return False
        self.until[jkt, jti] = now + WINDOW + LEEWAY
        return True


def check_proof(checks: Checklist, request: Request, now: int, seen: SeenProofs | None, access_token: str | None = None) -> str | None:
    """Run the checks of RFC 9449 §4.3 in order; the thumbprint of the proof's key, or None after the first that failed.

    `seen` is None where the party does not remember proofs.
    """
    sent = [v for k, v in request.headers if k.lower() == "dpop"]
    if not checks.test("proof_present", len(sent) == 1, "one DPoP header", f"{len(sent)}"):
        return None
    proof = _read(sent[0])
    if not checks.test(
        "proof_valid", isinstance(proof, Decoded), "a dpop+jwt signed by its own key", proof if isinstance(proof, str) else "genuine"
    ):
        return None
    assert isinstance(proof, Decoded)
    jkt = thumbprint(proof.header["jwk"])
    steps: tuple[Callable[[], bool], ...] = (
        lambda: _target_fits(checks, proof, request),
        lambda: _is_fresh(checks, proof, now),
        lambda: (
            access_token is None
            or checks.test("proof_token", proof.claims.get("ath") == sha256(access_token), sha256(access_token), proof.claims.get("ath"))
        ),
        lambda: _is_unused(checks, proof, jkt, now, seen),
    )
    return jkt if all(step() for step in steps) else None


def _read(text: str) -> Decoded | str:
    try:
        proof = decode(text)
    except NotAJwt as error:
        return str(error)
    alg, jwk = proof.header.get("alg"), proof.header.get("jwk")
    if proof.header.get("typ") != "dpop+jwt":
        return f"typ {proof.header.get('typ')!r}"
    if not isinstance(alg, str) or alg not in PROOF_ALGORITHMS or not isinstance(jwk, dict) or "d" in jwk:
        return "no public key of an asymmetric algorithm"
    key = public_key(jwk, str(alg))
    if key is None or not signature_fits(proof, key, str(alg)):
        return "the signature does not fit the key"
    jti = proof.claims.get("jti")
    if not isinstance(jti, str) or len(jti) > MAX_JTI:
        return "no jti, or one that is too long"
    return proof


def _target_fits(checks: Checklist, proof: Decoded, request: Request) -> bool:
    method, address = proof.claims.get("htm"), proof.claims.get("htu")
    fits = method == request.method and isinstance(address, str) and normal(address) == normal(request.url)
    return checks.test("proof_target", fits, f"{request.method} {target(request.url)}", f"{method} {address}")


def _is_fresh(checks: Checklist, proof: Decoded, now: int) -> bool:
    made = number(proof.claims.get("iat"))
    ok = made is not None and now - WINDOW <= made <= now + LEEWAY
    return checks.test("proof_fresh", ok, f"at most {WINDOW} s old", f"{now - made:.0f} s" if made is not None else "no iat")


def _is_unused(checks: Checklist, proof: Decoded, jkt: str, now: int, seen: SeenProofs | None) -> bool:
    if seen is None:
        checks.skip("proof_unused", "proofs are not remembered")
        return True
    return checks.test("proof_unused", seen.first_use(jkt, proof.claims["jti"], now), "a new jti", proof.claims["jti"])


def challenge(error: str | None, **more: str) -> str:
    """A DPoP challenge with the algorithms that a proof may use (RFC 9449 §7.1)."""
    said = {"error": error, **more, "algs": " ".join(PROOF_ALGORITHMS)}
    return "DPoP " + ", ".join(f'{name}="{value}"' for name, value in said.items() if value is not None)


def bearer_challenge(error: str | None, **more: str) -> str:
    """A Bearer challenge, for clients that prove nothing.  It needs a parameter, a realm if there is nothing to say (RFC 6750 §3)."""
    said = {name: value for name, value in {"error": error, **more}.items() if value is not None} or {"realm": "api"}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in said.items())
