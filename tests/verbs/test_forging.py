"""Forged tokens: the header says what is written, the signature is made with the key that is given."""

from __future__ import annotations

import pytest

from sandbox.protocol.tokens import decode, signature_fits
from tests.support.short_stories import told


@pytest.mark.parametrize(("more", "alg"), [("", "HS256"), (", header: {alg: ES256}", "ES256"), (", header: {alg: null}", None)])
def test_a_word_signs_whatever_the_header_says(more: str, alg: str | None) -> None:
    token = decode(told(f"it mallory.forge {{key: sunshine{more}}}").outputs["it"]["token"])
    assert token.header.get("alg") == alg
    assert signature_fits(token, b"sunshine", "HS256")
