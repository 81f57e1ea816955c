"""Two moments are the same if they differ in nothing but the names of random values."""

from __future__ import annotations

import base64
import hashlib

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
    hashes = {base64.urlsafe_b64encode(hashlib.sha256(word.encode()).digest()).decode().rstrip("=") for word in words}
    assert hashes & words, "what is made of a word comes with it"
    assert words <= sameness.random_words(stage.world)


def test_a_walk_numbers_words_and_leaves_names_alone() -> None:
    walk = sameness.Walk({"randomrandom", "wordagain"}, frozenset())
    walk.meet("only met: wordagain")
    walk.add({"a": [1, None, True, ("https://a.example/?code=randomrandom", "wordagain")], "b": {"randomrandom", "x"}})
    walk.number()
    said = "\x1f".join(walk.done).split("\x1f")
    assert said == ["{", "a", "[", "1", "None", "True", "[", "https://a.example/?code=#1", "#0", "]", "]", "b", "(", "#1", "x", ")", "}"]


def test_a_token_counts_by_what_it_says() -> None:
    one, other = (key({**IN_APP, "with": {"browser": "laptop", "scope": scope}}) for scope in ("read", "read write"))
    assert one != other


def test_where_a_request_is_held_counts() -> None:
    held = {**HER_OWN, "with": HER_OWN["with"] | {"hold": "app"}}
    assert key(held) != key({**held, "with": held["with"] | {"hold": "auth"}})


def test_a_page_that_was_only_looked_at_leaves_no_trace_that_counts() -> None:
    """The authorization server gives whoever has none a cookie that names the browser, and a client a session in which nothing begins."""
    looked = {"id": "f", "do": "laptop.visit", "with": {"url": "https://auth.connectsphere.example/authorize?client_id=app"}, "say": "x"}
    assert key(looked) == key()
    assert key({**looked, "with": {"url": "https://budget.example/me"}}) == key()


def test_what_her_browser_shows_depends_on_her_own_sessions_and_on_the_records() -> None:
    def shown(*steps: dict) -> bytes:
        stage = Stage.opened(QUESTION.case)
        for step in steps:
            stage.take(Step.model_validate(step))
        return sameness.view(stage.world, "mallory_browser")

    assert shown() == shown(IN_APP) == shown(IN_BUDGET)
    promoted = {"id": "g", "do": "admin.set_user", "with": {"user": "mallory", "roles": ["admin"]}, "say": "x"}
    assert len({shown(), shown(HER_OWN), shown(promoted)}) == 3
