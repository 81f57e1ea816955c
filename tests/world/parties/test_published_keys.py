"""Published keys: asked for once, and again for a key id that is new."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.world.parties.published_keys import PublishedKeys


class Server:
    """Publishes what it is told to, and counts how often it is asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self) -> Any:
        self.asked += 1
        return self.answers.pop(0)


def test_a_known_key_is_not_asked_for_again_and_a_new_one_is() -> None:
    one, two = {"kid": "1"}, {"kid": "2"}
    keys, server = PublishedKeys(), Server({"keys": [one]}, {"keys": [one, two]}, {"keys": [two]})
    assert [keys.named("1", server), keys.named("1", server), server.asked] == [[one], [one], 1]
    assert [keys.named("2", server), keys.named("1", server), server.asked] == [[two], [one], 2]
    assert [keys.named("3", server), server.asked] == [[], 3]
    assert [keys.keys, keys.shown()] == [[two], {"keys of the issuer": "2…"}]


@pytest.mark.parametrize("answer", [None, [], "text", {}, {"keys": "text"}, {"keys": None}, {"keys": ["text", None, 7]}])
def test_what_is_no_key_set_counts_as_an_empty_one(answer: Any) -> None:
    keys = PublishedKeys()
    assert keys.named("1", Server(answer)) == []
    assert keys.shown() == {}


def test_keys_of_one_id_are_all_found() -> None:
    both = [{"kid": None, "kty": "EC"}, {"kty": "OKP"}]
    assert PublishedKeys().named(None, Server({"keys": both})) == both


def test_where_a_key_set_has_an_end_it_is_asked_for_again_though_the_key_is_known() -> None:
    one = {"kid": "1"}
    keys, server = PublishedKeys(300), Server({"keys": [one]}, {"keys": []})
    assert [keys.named("1", server, 1000), keys.named("1", server, 1299), server.asked] == [[one], [one], 1]
    assert [keys.named("1", server, 1300), server.asked] == [[], 2]
