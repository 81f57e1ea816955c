"""Codes of an authenticator: the RFC's own numbers, and when a code is taken."""

from __future__ import annotations

import base64

import pytest

from sandbox.protocol.one_time_codes import STEP, code_at, step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("now", "code"), [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_the_numbers_of_rfc_6238_appendix_b(now: int, code: str) -> None:
    assert code_at(SECRET, now) == code


def test_a_code_is_taken_in_its_own_time_step_and_in_the_next() -> None:
    now = 1_000_000 * STEP
    code = code_at(SECRET, now)
    assert [step_of(SECRET, code, now + late) for late in (0, STEP - 1, STEP, 2 * STEP - 1)] == [1_000_000] * 4
    assert [step_of(SECRET, code, now + late) for late in (-1, 2 * STEP)] == [None, None]


@pytest.mark.parametrize("code", ["", "0", "abcdef", "1234567"])
def test_anything_else_is_no_code(code: str) -> None:
    assert step_of(SECRET, code, 59) is None
