"""Tokens however broken they are, read both ways."""

from __future__ import annotations

import json

import pytest

from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import b64, packed
from sandbox.studies.token_lab import MAX, BadInput, pretty, read
from tests.support.token_lab import loaded

DOUBLED = b'{"a":1,"a":2}'


@pytest.mark.parametrize(
    ("token", "strict", "lenient"),
    [
        ("eyJhbGciOiJub25lIn0=.e30.", "a part is not base64url", True),
        (f"{packed({})}.{packed({})}", "it has 2 parts, not 3", True),
        (f"{packed([])}.{packed({})}.", "its header is not a JSON object", False),
        (f"{b64(b'{')}.{packed({})}.", "its header is not JSON", False),
        (f"{b64(b'{}')}.{b64(DOUBLED)}.", "its payload has a name twice in one object", True),
        ('{"alg":"none"}.{"sub":"alice"}.', "a part is not base64url", True),
    ],
)
def test_broken_tokens_are_read_both_ways(token, strict, lenient):
    reading = read(token)
    assert (reading.strict, reading.lenient) == (strict, lenient)
    assert any(p.fault for p in reading.parts) or "parts" in strict


def test_whatever_is_read_can_be_sent_to_a_page_and_read_back():
    claims = {"sub": "\ud800 lone é", "\udfff": 1}
    text = pretty(read(f"{packed({'alg': 'none'})}.{packed(claims)}.").claims)
    assert json.loads(text.encode()) == claims
    assert "é" in text


def test_what_surrounds_a_token_is_taken_off():
    token, *_ = loaded(Settings.of("oauth-basic"))
    reading = read(f"Authorization: Bearer {token[:40]}\n  {token[40:]}\n")
    assert reading.token == token
    assert len(reading.notes) == 3


def test_a_pasted_text_is_bounded():
    with pytest.raises(BadInput, match="16 KiB"):
        read("a" * (MAX + 1))
