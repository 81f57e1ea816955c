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


TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9."


@pytest.mark.parametrize(
    ("pasted", "where"),
    [
        (f"https://app.example/cb#access_token={TOKEN}&token_type=Bearer", "access_token in the fragment"),
        (f"https://app.example/cb?x=1#id_token={TOKEN}", "id_token in the fragment"),
        (f"https://api.example/accounts?access_token={TOKEN}", "access_token in the query"),
        (f"https://auth.example/end?id_token_hint={TOKEN.replace('.', '%2E')}&state=1", "id_token_hint in the query"),
        (f"grant_type=x&assertion={TOKEN}", "assertion in the form"),
        (f'{{"access_token": "{TOKEN}", "token_type": "Bearer"}}', "access_token of the JSON"),
        (f'{{"id_token":"{TOKEN}"}}', "id_token of the JSON"),
    ],
)
def test_a_token_is_found_where_it_was_pasted_from(pasted: str, where: str) -> None:
    reading = read(pasted)
    assert (reading.token, reading.claims) == (TOKEN, {"sub": "alice"})
    assert f"Taken from {where}." in reading.notes


@pytest.mark.parametrize("around", ['"{}"', "'{}'", "`{}`", "“{}”", "\ufeff{}", "{}\u200b", '"{}",', "<{}>", '  "{}" \n', "«{}»"])
def test_what_stands_around_a_token_is_taken_off(around: str) -> None:
    assert read(around.format(TOKEN)).token == TOKEN


def test_a_token_without_anything_around_it_has_no_notes() -> None:
    assert read(TOKEN).notes == ()


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


def test_an_encrypted_token_is_said_to_be_encrypted() -> None:
    jwe = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY.Y2lwaGVy.dGFn"
    reading = read(jwe)
    assert reading.strict == "it is encrypted, and no API here has a key for it"
    assert (reading.header, reading.claims) == ({"alg": "dir", "enc": "A256GCM"}, None)
    assert [p.name for p in reading.parts][1:] == ["encrypted key", "initialization vector", "ciphertext", "authentication tag"]
    assert any("JWE (RFC 7516 §3)" in note for note in reading.notes)


def test_five_parts_that_are_not_encrypted_are_not_said_to_be() -> None:
    assert read(f"{TOKEN}a.b.c").strict == "it has 5 parts, not 3"
    assert read("abc").strict == "it has 1 part, not 3"
