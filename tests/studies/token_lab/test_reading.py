"""Tokens however broken they are, read both ways."""

from __future__ import annotations

import json

import pytest

from sandbox.protocol.tokens import b64, packed
from sandbox.studies.token_lab import pretty, read

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


TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9."


def test_what_was_taken_off_is_handed_on() -> None:
    reading = read(f"Bearer {TOKEN}")
    assert (reading.token, reading.taken) == (TOKEN, ("“Bearer” was taken off.",))
    assert read(json.dumps({"access_token": TOKEN, "id_token": f"{TOKEN}a"})).others == (("id_token of the JSON", f"{TOKEN}a"),)


@pytest.mark.parametrize(
    ("pasted", "name"),
    [
        ('{"sub": "alice", "aud": "x.y.z", "name": "Alice Liddell"}', "claims"),
        ('{"alg": "none", "typ": "JWT"}', "header"),
        ('{"alg": "none", "iss": "https://a.example"}', "claims"),
        ("eyJzdWIiOiJhbGljZSJ9", "claims"),
        ("eyJhbGciOiJub25lIn0", "header"),
        ("{}", "claims"),
    ],
)
def test_half_a_token_is_called_what_it_is(pasted: str, name: str) -> None:
    reading = read(pasted)
    assert [p.name for p in reading.parts] == [name]
    assert (reading.claims if name == "claims" else reading.header) is not None
    assert (reading.header if name == "claims" else reading.claims) is None
    assert not reading.lenient
    assert f"it is {name} alone" in reading.strict


def test_a_blank_in_claims_alone_is_kept() -> None:
    assert (read('{"sub": "1", "name": "Alice Liddell"}').claims or {})["name"] == "Alice Liddell"


def test_what_has_another_number_of_parts_is_counted() -> None:
    assert read(f"{TOKEN}a.b.c").strict == "it has 5 parts, not 3"
    assert read("abc").strict == "it has 1 part, not 3"
