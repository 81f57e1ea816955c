"""A scenario as a value, and the published schema of its file."""

from __future__ import annotations

import copy
import pickle
from typing import get_args

import pytest

from sandbox.language import library
from sandbox.language.document import DIFFICULTIES, TARGETS, Difficulty, Scenario, Target
from sandbox.language.loader import loads
from sandbox.protocol.settings import Settings
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


def test_each_target_and_difficulty_has_a_name_for_people():
    assert tuple(TARGETS) == get_args(Target)
    assert tuple(DIFFICULTIES) == get_args(Difficulty)
