"""The published schema of setup files agrees with the reader."""

from __future__ import annotations

import jsonschema
import pytest
from ruamel.yaml import YAML

from sandbox.serve.setup_reading import SetupError, loads
from sandbox.serve.setup_schema import schema
from tests.support.paths import PACKAGE

VALIDATOR = jsonschema.Draft202012Validator(schema())


def valid(text: str) -> bool:
    return bool(VALIDATOR.is_valid(YAML(typ="safe", pure=True).load(text)))


def test_it_is_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_example_is_valid() -> None:
    assert valid((PACKAGE / "serve" / "example_setup.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "profile: oauth-bcp",
        "lifetimes: {code: 30, access_token: 5m}",
        "switches: {as.pkce: required, transactions.check_aud: 'off', PAR: 'on'}",
        "issuers: [{name: a, profile: naive-jwt}]",
        "keys: [{alg: EdDSA}]",
    ],
)
def test_what_is_right_is_right_for_both(text: str) -> None:
    assert valid(text)
    assert loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "profile: oauth",
        "usrs: []",
        "lifetimes: {code: soon}",
        "switches: {as.pkce: maybe}",
        "keys: [{alg: HS256}]",
        "issuers: [{}]",
        "users: [{}]",
    ],
)
def test_what_is_wrong_is_wrong_for_both(text: str) -> None:
    assert not valid(text)
    with pytest.raises(SetupError):
        loads(text)
