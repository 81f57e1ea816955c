"""The curve that does not look at its numbers: right about every signature, and wrong about one that is none."""

from __future__ import annotations

import hashlib

import pytest

from sandbox.protocol import loose_curve
from sandbox.protocol.loose_curve import N
from sandbox.protocol.tokens import decode, key_for

KEY = key_for("0", "auth", "ES256")
OTHER = key_for("0", "a stranger", "ES256")


def point(key) -> tuple[int, int]:
    numbers = key.secret.public_key().public_numbers()
    return numbers.x, numbers.y


def signed(number: int) -> tuple[bytes, int, int]:
    token = decode(KEY.sign({"sub": f"user {number}"}))
    return hashlib.sha256(token.signed).digest(), int.from_bytes(token.signature[:32], "big"), int.from_bytes(token.signature[32:], "big")


@pytest.mark.parametrize("number", range(4))
def test_it_accepts_what_the_library_has_signed_and_nothing_near_it(number: int) -> None:
    digest, r, s = signed(number)
    assert loose_curve.fits(point(KEY), digest, r, s)
    assert loose_curve.fits(point(KEY), digest, r, N - s), "as ECDSA allows"
    assert not loose_curve.fits(point(OTHER), digest, r, s)
    assert not loose_curve.fits(point(KEY), hashlib.sha256(digest).digest(), r, s)
    assert not loose_curve.fits(point(KEY), digest, r + 1, s)
    assert not loose_curve.fits(point(KEY), digest, r, s + 1)


@pytest.mark.parametrize(("r", "s"), [(0, 0), (N, 0), (0, N), (N, N)])
def test_zero_is_a_signature_of_everything(r: int, s: int) -> None:
    assert loose_curve.fits(point(KEY), signed(0)[0], r, s)
    assert loose_curve.fits(point(OTHER), b"anything", r, s)


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (1, 1)])
def test_one_zero_alone_is_none(r: int, s: int) -> None:
    assert not loose_curve.fits(point(KEY), signed(0)[0], r, s)
