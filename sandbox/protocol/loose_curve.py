"""Verifying ECDSA over P-256 as Java 15 to 18 did: right, but for one look at the two numbers of the signature.

A verifier has to begin with the check that r and s lie between 1 and n-1.  Without it, zero is a good value for both: the inverse of
zero comes out as zero, both multiples as the point at infinity, and its first coordinate as zero.  Only `flaws.py` may use this.
"""

from __future__ import annotations

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296, 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)

Jacobian = tuple[int, int, int]  # x/z², y/z³; z = 0 is the point at infinity
INFINITY: Jacobian = (0, 1, 0)


def fits(public: tuple[int, int], digest: bytes, r: int, s: int) -> bool:
    """Whether (r, s) is a signature of this digest by this public point; the range of r and s is not checked."""
    w = pow(s, N - 2, N)  # the inverse by Fermat: of zero, it is zero
    e = int.from_bytes(digest, "big")
    return _x(_sum(_times(e * w % N, (*G, 1)), _times(r * w % N, (*public, 1)))) % N == r % N


def _x(point: Jacobian) -> int:
    """The first coordinate; of the point at infinity, with the same inverse by Fermat, zero."""
    x, _, z = point
    return x * pow(z * z, P - 2, P) % P


def _times(k: int, point: Jacobian) -> Jacobian:
    out = INFINITY
    for bit in bin(k)[2:] if k else "":
        out = _double(out)
        out = _sum(out, point) if bit == "1" else out
    return out


def _double(a: Jacobian) -> Jacobian:
    x, y, z = a
    if not z:
        return INFINITY
    m, t = 3 * (x - z * z) * (x + z * z) % P, 4 * x * y * y % P
    u = (m * m - 2 * t) % P
    return u, (m * (t - u) - 8 * y**4) % P, 2 * y * z % P


def _sum(a: Jacobian, b: Jacobian) -> Jacobian:
    if not a[2] or not b[2]:
        return b if not a[2] else a
    (x1, y1, z1), (x2, y2, z2) = a, b
    u1, u2, s1, s2 = x1 * z2 * z2 % P, x2 * z1 * z1 % P, y1 * z2**3 % P, y2 * z1**3 % P
    if u1 == u2:
        return _double(a) if s1 == s2 else INFINITY
    h, r = u2 - u1, s2 - s1
    x3 = (r * r - h**3 - 2 * u1 * h * h) % P
    return x3, (r * (u1 * h * h - x3) - s1 * h**3) % P, h * z1 * z2 % P
