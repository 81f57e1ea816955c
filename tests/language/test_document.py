"""A scenario as a value, and the published schema of its file."""

from __future__ import annotations

import copy
import pickle

import jsonschema
import pytest

from sandbox.language import library
from sandbox.language.document import Scenario
from sandbox.language.loader import loads
from sandbox.language.reading import read
from sandbox.language.schema import schema
from sandbox.language.source import decode
from sandbox.protocol.checks import CHECKS
from sandbox.protocol.settings import Settings
from sandbox.verbs.verb import OUTPUTS
from tests.support.files import ATTACK

FILES = sorted(library.files().values())


def test_a_valid_file():
    scenario = loads(ATTACK, id="an-attack")
    assert (scenario.id, scenario.kind, scenario.is_flow) == ("an-attack", "attack", False)
    assert scenario.lesson == "Something is learned."
    assert scenario.settings == Settings.of("oauth-basic", {"AUD": "on", "transactions.check_aud": "off"})
    assert scenario.blocked_by[0].answer == "401"
    step = scenario.step("forge")
    assert (step.actor, step.verb, step.args.key) == ("mallory", "forge", "$mine")
    assert scenario.is_hers("accounts")
    assert not scenario.is_hers("transactions")
    assert scenario.source == ATTACK
    with pytest.raises(KeyError):
        scenario.step("nothing")


def test_scenarios_are_keys_of_caches_by_id_and_text():
    one, same, other = loads(ATTACK, id="a"), loads(ATTACK, id="a"), loads(f"{ATTACK}# more\n", id="a")
    assert one == same
    assert hash(one) == hash(same)
    assert one not in (other, loads(ATTACK, id="b"))
    for twin in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert twin == one
        assert isinstance(twin, Scenario)


# ---- the published schema


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
