"""The tokens that can be made: from nothing, and from one of her own."""

from __future__ import annotations

from sandbox.attacker.forgeries import forgeries, ingredients, victims
from sandbox.attacker.values import Value
from sandbox.verbs.forging import GUESSES
from tests.support.questions import FIXED, READ, asked, target

OWN = Value("$a.access_token", "token", "t", "the access token of mallory", "mallory", "app")
JWK = Value("$b.json.keys.0", "jwk", {"kid": "k"}, "the public key k")
QUESTION = asked("oauth-basic", {}, (), READ)


def test_from_nothing_she_tries_each_word_of_the_list() -> None:
    keys = [f.args["key"] for f in forgeries(QUESTION, ())]
    assert set(GUESSES) <= set(map(str, keys))
    assert "guessed" not in keys
    assert not any("from" in f.args for f in forgeries(QUESTION, ()))


def test_from_her_own_she_looks_for_the_word_and_copies_the_rest() -> None:
    found = [f for f in forgeries(QUESTION, (OWN,)) if "from" in f.args]
    assert "guessed" in [f.args["key"] for f in found]
    assert {f.args["claims"]["sub"] for f in found} == {"alice"}


def test_a_public_key_can_be_a_word() -> None:
    assert any(f.args["key"] == JWK.ref for f in forgeries(QUESTION, (JWK,)))
    assert ingredients((JWK, OWN)) == (OWN, JWK)


def test_a_key_set_of_her_own_has_to_be_served() -> None:
    assert [f.said for f in forgeries(QUESTION, ()) if f.served] == [
        "a token for alice, from nothing, signed by her key, which it says where to find"
    ]


def test_nobody_forges_a_token_for_herself() -> None:
    assert victims(asked("oauth-basic", {}, (), FIXED, target(read="mallory:account-2"))) == ()
