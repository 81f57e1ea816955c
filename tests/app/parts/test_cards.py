"""Cards of the lists: what they say, where they lead, and which choices there are."""

from __future__ import annotations

from sandbox.app.parts import cards
from sandbox.language import library
from sandbox.studies import path

AUD = library.get("missing-aud-replay")


def test_a_card_opens_each_design_in_which_the_attack_can_be_tried() -> None:
    card = cards.card(AUD, {"naive-jwt": "succeeded", "jwt-done-properly": "blocked", "oauth-basic": "not-applicable"})
    assert [d["to"] and d["to"]["params"] for d in card["designs"]] == [
        {"scenario": AUD.id, "profile": "naive-jwt"},
        {"scenario": AUD.id, "profile": "jwt-done-properly"},
        None,
    ]
    assert card["to"] == {"page": "play", "params": {"scenario": AUD.id}}
    assert (card["aim"], card["attacker"]) == ("The token in use", "a compromised resource server")


def test_a_card_has_its_place_on_the_path_if_it_has_one() -> None:
    first = path.stops()[0]
    assert cards.card(library.get(first.id), {})["number"] == 1
    assert cards.card(library.get("denylist"), {})["number"] == 0


def test_only_what_some_card_is_can_be_chosen() -> None:
    flows = cards.document([cards.card(flow, {}) for flow in library.flows()])
    assert flows["targets"] == flows["designs"] == []
    attack = cards.document([cards.card(AUD, {"naive-jwt": "succeeded"})])
    assert attack["targets"] == [["token", "The token in use"]]
    assert attack["levels"] == [["beginner", "Beginner"]]
    assert attack["designs"][0][0] == "naive-jwt"
