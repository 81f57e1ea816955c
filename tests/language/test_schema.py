"""The published schema: it accepts what loads, and offers every name of the tables."""

from __future__ import annotations

import json

import jsonschema
import pytest

from sandbox.language import library
from sandbox.language.reading import read
from sandbox.language.schema import hints, playlists, schema
from sandbox.language.source import decode
from sandbox.protocol.checks import CHECKS
from sandbox.verbs.verb import OUTPUTS
from tests.support.files import ATTACK

FILES = sorted(library.files().values())


@pytest.mark.slow
def test_the_schema_is_valid_and_accepts_every_shipped_file():
    published = schema()
    jsonschema.Draft202012Validator.check_schema(published)
    validator = jsonschema.Draft202012Validator(published)
    for path in FILES:
        document = read(decode(path.read_bytes(), path.name))[0].value
        assert [e.message for e in validator.iter_errors(document)] == []
        document["steps"][0].setdefault("with", {})["no_such_argument"] = 1
        assert not validator.is_valid(document)


def test_the_schema_knows_what_each_verb_needs():
    validator = jsonschema.Draft202012Validator(schema())
    document = read(decode(ATTACK, "x"))[0].value
    assert validator.is_valid(document)
    del document["steps"][0]["with"]
    assert not validator.is_valid(document)


def test_the_schema_offers_every_check_marker_and_route():
    published = schema()
    offered = published["$defs"]["By"]["anyOf"][0]["enum"]
    assert {by.partition(".")[2] for by in offered} == set(CHECKS)
    assert "alice:account-1" in published["$defs"]["Goal"]["properties"]["read"]["examples"]
    assert "/users/alice/transactions/7" in published["$defs"]["CallApi"]["properties"]["path"]["examples"]
    assert all(f"{name}: " in published["$defs"]["Step"]["properties"]["with"]["description"] for name in OUTPUTS)


@pytest.mark.parametrize("by", ["accounts.audiance", "acounts.audience", "audience"])
def test_the_schema_refuses_a_check_that_there_is_not(by):
    document = read(decode(library.get("missing-aud-replay").source, "x"))[0].value
    validator = jsonschema.Draft202012Validator(schema())
    assert validator.is_valid(document)
    document["blocked_by"][0]["by"] = by
    assert not validator.is_valid(document)


def test_the_schema_of_playlists_accepts_what_loads_and_no_unknown_key():
    published = playlists()
    jsonschema.Draft202012Validator.check_schema(published)
    validator = jsonschema.Draft202012Validator(published)
    document = {
        "title": "T",
        "items": [{"scenario": "code-pkce", "setting": {"profile": "oauth-bcp", "switches": {"AUD": "on"}}, "minutes": 5}],
    }
    assert validator.is_valid(document)
    assert not validator.is_valid(document | {"items": []})
    assert not validator.is_valid({"title": "T", "items": [{"scenario": "x", "minute": 5}]})


def test_the_hints_of_the_editor_have_every_name_and_are_small():
    found = hints()
    assert found["checks"].keys() == CHECKS.keys()
    assert found["outputs"] == OUTPUTS
    assert "auth" in found["parties"]
    assert set(library.ids()) == set(found["playlist"]["$defs"]["Item"]["properties"]["scenario"]["examples"])
    assert len(json.dumps(found)) < 150_000
