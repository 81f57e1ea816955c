"""A file is known by what is in it, and masked before it is read."""

import io

import pytest

from sandbox.reality.masking import Masker
from sandbox.reality.reading import found_token, learn, parsed, understood
from sandbox.reality.unreadable import LONGEST_YAML, Unreadable
from tests.support.reality import OWN, document, har, jwt, redeem


def kind(raw):
    return learn("a file", io.BytesIO(raw), Masker()).kind


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        pytest.param(har(redeem()), "recording", id="har"),
        pytest.param((OWN / "oidc-provider.json").read_bytes(), "metadata", id="metadata"),
        pytest.param((OWN / "key-set.json").read_bytes(), "key set", id="keys"),
        pytest.param(b'{"realm": "x", "clients": []}', "realm", id="realm"),
        pytest.param(b"openapi: 3.0.0\npaths: {}\n", "API description", id="openapi"),
        pytest.param(b"spring.security.oauth2.resourceserver.jwt.issuer-uri: https://a.example\n", "client configuration", id="spring"),
        pytest.param(b'{"authority": "https://a.example", "client_id": "a"}', "client configuration", id="oidc-client-ts"),
        pytest.param((OWN / "id-token.txt").read_bytes(), "token", id="token"),
        pytest.param(b'{"access_token": "' + jwt({"a": 1}).encode() + b'"}', "token", id="token answer"),
    ],
)
def test_the_kind_is_recognised(raw, wanted):
    assert kind(raw) == wanted


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        b"{" * 5000,
        b'{"a": ' * 100 + b"1" + b"}" * 100,
        b'{"log": {}}',
        b'{"issuer": 1}',
        b"a: &a [*a]",
        b"\x00" * 100,
        b"[1, 2]",
        b"x: [" * 400,
    ],
    ids=["empty", "word", "utf-16", "open", "deep", "no entries", "odd", "alias", "zeros", "list", "yaml deep"],
)
def test_anything_else_is_refused_in_words_of_our_own(raw):
    with pytest.raises(Unreadable) as error:
        kind(raw)
    assert "hello" not in str(error.value)


def test_aliases_cannot_blow_it_up():
    bomb = (
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True))
        + "paths: *h\nopenapi: 3\n"
    )
    with pytest.raises(Unreadable, match="values"):
        parsed(bomb)


def test_long_yaml_is_refused():
    with pytest.raises(Unreadable, match="JSON"):
        parsed("a: b\n" * (LONGEST_YAML // 4))


def test_a_token_is_found_in_a_text():
    token = jwt({"a": 1})
    assert found_token(f"Authorization: Bearer {token}\n") == token
    assert found_token("nothing") == ""


def test_findings_bear_the_name_of_their_file():
    masker = Masker()
    file = learn("keys.json", io.BytesIO((OWN / "key-set.json").read_bytes()), masker)
    assert {f.files for f in understood(file, masker.ready()).findings} == {("keys.json",)}
    assert document('{"keys": []}').findings == ()
