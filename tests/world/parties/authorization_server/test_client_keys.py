"""What an assertion and a request object have in common: keys and times."""

from __future__ import annotations

import pytest

from sandbox.protocol.tokens import Decoded, decode, key_for
from sandbox.world.parties.authorization_server.client_keys import read, signed, timely, typed
from sandbox.world.parties.authorization_server.store import Client

ONE, TWO = key_for("0", "one"), key_for("0", "two")
NOW = 1_800_000_000


def client(*keys: dict[str, object]) -> Client:
    return Client(client_id="c", title="C", redirect_uris=(), scope="", keys=keys)


def failed(steps) -> list[str]:
    return [check for check, ok, _, _ in steps if not ok]


def test_any_registered_key_that_fits_its_name_will_do() -> None:
    token = decode(TWO.sign({}))
    assert failed(signed(client(ONE.jwk, TWO.jwk), token)) == []
    assert failed(signed(client(ONE.jwk | {"kid": TWO.kid}, TWO.jwk), token)) == [], "two keys may have one name"
    assert failed(signed(client(ONE.jwk), token)) == ["client_key", "signature"]
    assert failed(signed(client({k: v for k, v in TWO.jwk.items() if k != "kid"}), token)) == ["client_key", "signature"]
    assert failed(signed(client(ONE.jwk, TWO.jwk), decode(TWO.sign({}, kid=None)))) == [], "without a name each is tried"
    assert failed(signed(client(), token)) == ["client_key", "signature"]
    assert failed(signed(client(TWO.jwk), token, "PS256")) == ["algorithm"]


@pytest.mark.parametrize("header", [{"alg": None}, {"alg": {}}, {"alg": "none"}, {"kid": {}}, {"kid": ["x"]}, {"kid": 7}])
def test_hostile_headers_are_refused(header) -> None:
    assert failed(signed(client(ONE.jwk), decode(ONE.sign({}, **header))))


@pytest.mark.parametrize(
    ("claims", "since", "wrong"),
    [
        ({"exp": NOW + 60}, False, []),
        ({"exp": NOW + 60, "iat": NOW + 10}, False, []),
        ({"exp": NOW + 60, "iat": NOW + 11}, False, ["not_before"]),
        ({"exp": NOW + 60, "nbf": None}, False, ["not_before"]),
        ({"exp": NOW}, False, ["expiry"]),
        ({"exp": True}, False, ["expiry"]),
        ({"exp": NOW + 3610}, False, []),
        ({"exp": NOW + 3611}, False, ["expiry"]),
        ({}, False, ["expiry"]),
        ({"exp": NOW + 60}, True, ["not_before"]),
        ({"exp": NOW + 60, "nbf": NOW}, True, []),
        ({"exp": NOW + 3600, "nbf": NOW}, True, []),
        ({"exp": NOW + 3601, "nbf": NOW}, True, ["expiry"]),
        ({"exp": NOW + 60, "nbf": NOW - 3600}, True, ["expiry"]),
        ({"exp": NOW + 60, "nbf": NOW - 3601}, True, ["not_before", "expiry"]),
    ],
)
def test_times_are_bounded_on_both_sides(claims, since, wrong) -> None:
    assert failed(timely(claims, NOW, since)) == wrong


def test_a_type_may_be_left_out_and_must_not_be_another() -> None:
    typs = {None: True, "JWT": True, "oauth-authz-req+jwt": True, "application/oauth-authz-req+jwt": True, "at+jwt": False, "": False}
    for typ, ok in typs.items():
        token = Decoded({"typ": typ} if typ is not None else {}, {}, b"", b"")
        assert typed(token, "oauth-authz-req+jwt") is ok, typ
    assert not typed(Decoded({"typ": 5}, {}, b"", b""), "jwt")


def test_what_is_no_jwt_is_said() -> None:
    assert read("a.b") == "it has 2 parts, not 3"
    assert isinstance(read(ONE.sign({})), Decoded)
