"""Setup files: what single values and single clients may be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sandbox.serve.setup_file import Lives, OwnClient, OwnIssuer, Person, SetupFile, known_scopes, nearest_scope

HERE = "http://127.0.0.1:3000/cb"
KEY = {"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}
KEYS = {"keys": [KEY]}
PUBLIC = ("authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code")


@pytest.mark.parametrize(
    ("given", "method", "grants"),
    [
        ({"redirect_uris": [HERE]}, "none", PUBLIC),
        ({"redirect_uris": [HERE], "client_secret": "s"}, "client_secret_basic", (*PUBLIC, "client_credentials")),
        ({"redirect_uris": [HERE], "jwks": KEYS}, "private_key_jwt", (*PUBLIC, "client_credentials")),
        ({"redirect_uris": [HERE], "jwks_uri": "https://c.example/jwks"}, "private_key_jwt", (*PUBLIC, "client_credentials")),
        ({"redirect_uris": [HERE], "client_secret": "s", "jwks": KEYS}, "client_secret_basic", (*PUBLIC, "client_credentials")),
        ({"client_secret": "s", "grant_types": ["client_credentials"]}, "client_secret_basic", ("client_credentials",)),
        ({"grant_types": [PUBLIC[2]]}, "none", (PUBLIC[2],)),
    ],
)
def test_what_a_client_has_decides_how_it_says_who_it_is(given: dict[str, Any], method: str, grants: tuple[str, ...]) -> None:
    client = OwnClient(client_id="c", **given)
    assert (client.method, client.grants) == (method, grants)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, "client_id"),
        ({"redirect_uris": [HERE], "jwks": KEYS, "jwks_uri": "https://c.example/jwks"}, "jwks_uri"),
        ({"redirect_uris": [HERE], "token_endpoint_auth_method": "client_secret_post"}, "token_endpoint_auth_method"),
        ({"redirect_uris": [HERE], "token_endpoint_auth_method": "private_key_jwt"}, "token_endpoint_auth_method"),
        ({"redirect_uris": [HERE], "token_endpoint_auth_method": "none", "client_secret": "s"}, "client_secret"),
        ({"redirect_uris": [HERE], "grant_types": ["client_credentials"]}, "grant_types"),
        ({"client_secret": "s", "grant_types": ["authorization_code"]}, "grant_types"),
        ({"redirect_uris": [HERE], "require_signed_request_object": True}, "require_signed_request_object"),
        ({"redirect_uris": [HERE], "jwks": {"keys": [{"kty": "oct", "k": "AA"}]}}, "jwks"),
        ({"redirect_uris": [HERE], "jwks": {"keys": [{**KEY, "d": "AA"}]}}, "jwks"),
        ({"redirect_uris": [HERE], "jwks": {}}, "jwks"),
        ({"redirect_uris": [HERE], "jwks_uri": "http://c.example/jwks"}, "jwks_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "redirect_uris"),
        ({"redirect_uris": [HERE + "#f"]}, "redirect_uris"),
        ({"redirect_uris": [HERE], "backchannel_logout_uri": "http://c.example/"}, "backchannel_logout_uri"),
        ({"redirect_uris": [HERE], "client_secret": "a\nb"}, "client_secret"),
        ({"redirect_uris": [HERE], "client_id": "é"}, "client_id"),
    ],
)
def test_a_client_that_does_not_fit_together_is_refused_at_the_place(given: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as error:
        OwnClient(**({"client_id": "c"} | given))
    assert error.value.errors()[0]["loc"][0] == place
    assert error.value.errors()[0]["ctx"]["cure"]


@pytest.mark.parametrize(("text", "seconds"), [("5m", 300), (90, 90), ("1h", 3600)])
def test_lifetimes_are_durations(text: str | int, seconds: int) -> None:
    assert Lives.model_validate({"access_token": text}).access_token == seconds


@pytest.mark.parametrize("value", ["soon", 0, -1, True, 1.5, None, [], "400000d"])
def test_what_is_no_duration_is_none(value: Any) -> None:
    with pytest.raises(ValidationError):
        Lives.model_validate({"code": value})


@pytest.mark.parametrize("claims", [{"iss": "x"}, {"sub": "x"}, {"aud": 1}, {"exp": 1}, {"a b": 1}, {"": 1}, {"x" * 101: 1}])
def test_nobody_says_what_the_server_says(claims: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Person(username="u", password="p", claims=claims)


@pytest.mark.parametrize("name", ["", "a b", "../admin", "-x", "é", "x" * 65])
def test_names_of_people_are_plain(name: str) -> None:
    with pytest.raises(ValidationError):
        Person(username=name, password="p")


@pytest.mark.parametrize("secret", ["abc", "NBSWY3DPO5XXE3D!", "A" * 65])
def test_a_secret_of_an_authenticator_is_base32(secret: str) -> None:
    with pytest.raises(ValidationError):
        Person(username="u", password="p", authenticator=secret)


@pytest.mark.parametrize("url", ["api", "https://", "https://a.example/#f", "https://a b.example", "https://é.example/"])
def test_an_api_is_named_by_an_address(url: str) -> None:
    with pytest.raises(ValidationError):
        OwnIssuer.model_validate({"resources": [url]})


def test_scopes_are_the_usual_ones_and_those_of_the_file() -> None:
    issuer = OwnIssuer.model_validate({"scopes": [{"name": "invoices", "allows": "see them"}]})
    assert {"openid", "invoices"} <= set(known_scopes(issuer))
    assert nearest_scope("invoice", issuer) == "did you mean `invoices`?"


@pytest.mark.parametrize("name", ["A", "a/b", "..", "", "operator!", "x" * 32])
def test_the_name_of_an_issuer_is_a_part_of_an_address(name: str) -> None:
    with pytest.raises(ValidationError):
        SetupFile.model_validate({"issuers": [{"name": name}]})
