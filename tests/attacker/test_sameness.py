"""Two moments are the same if they differ in nothing but the names of random values."""

from __future__ import annotations

from sandbox.attacker import sameness
from sandbox.engine.player import Stage
from sandbox.language.document import Step
from tests.support.questions import READ, asked

QUESTION = asked("oauth-bcp", {"client.bff": "off"}, (), READ)
IN_APP = {"id": "a", "do": "app.sign_in", "with": {"browser": "laptop", "scope": "read"}, "say": "x"}
IN_BUDGET = {"id": "b", "do": "budget.sign_in", "with": {"browser": "laptop", "scope": "read"}, "say": "x"}
ON_PHONE = {"id": "c", "do": "mobile.sign_in", "with": {"browser": "phone", "scope": "read"}, "say": "x"}
HER_OWN = {"id": "d", "do": "app.sign_in", "with": {"browser": "mallory_browser", "user": "mallory", "scope": "read"}, "say": "x"}
OUT = {"id": "e", "do": "laptop.log_out", "with": {"client": "app"}, "say": "x"}


def key(*steps, profile: str = "oauth-bcp") -> object:
    question = asked(profile, {"client.bff": "off"}, (), READ)
    stage = Stage.opened(question.case)
    for step in steps:
        stage.world.net.trace.step = step["id"]
        stage.take(Step.model_validate(step))
    return sameness.state(stage.world, (), False)[0]


def test_the_order_of_independent_sign_ins_does_not_count() -> None:
    assert key(ON_PHONE, HER_OWN) == key(HER_OWN, ON_PHONE)


def test_who_signed_in_where_counts() -> None:
    keys = [key(), key(IN_APP), key(HER_OWN), key(ON_PHONE), key(IN_APP, IN_BUDGET), key(IN_APP, OUT)]
    assert len(set(keys)) == len(keys)


def test_signing_out_is_no_way_back_where_something_is_remembered() -> None:
    assert key(IN_APP, OUT) != key()


def test_a_design_without_authorization_server_has_a_key_too() -> None:
    assert key(profile="naive-jwt") != key(IN_APP, profile="naive-jwt")


def test_random_words_are_those_that_were_drawn_and_what_follows_from_them() -> None:
    stage = Stage.opened(QUESTION.case)
    stage.world.net.trace.step = "a"
    stage.take(Step.model_validate(IN_APP))
    words = stage.world.net.entropy.words
    assert words < sameness.random_words(stage.world)


def test_a_walk_numbers_words_and_opens_tokens() -> None:
    walk = sameness.Walk({"randomrandom"}, frozenset())
    assert walk.text("https://a.example/?code=randomrandom&x=randomrandom") == "https://a.example/?code=#0&x=#0"
    walk.add({"a": [1, None, True, ("short", "randomrandom")], "b": {"randomrandom"}})
    assert walk.out == ["{", "a", "[", "1", "None", "True", "[", "short", "#0", "b", "(", "#0"]
