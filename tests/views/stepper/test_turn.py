"""“Your turn” as a document: the words of the moves divided, what came of the last one, and the diagram of what was played."""

from __future__ import annotations

import json
import re

import pytest

from sandbox.attacker.game import GROUPS, NO_WAY, STORY, Choice, Hint, Line
from sandbox.attacker.question import of_scenario
from sandbox.attacker.turns import Turns, name
from sandbox.engine import simulation
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.views.stepper import turn
from tests.support.effort import some


def game(id: str, *said: str) -> Turns:
    one = Turns(of_scenario(library.get(id)))
    for each in said:
        assert one.take(name(next(c for c in one.choices() if each in c.say))), each
    return one


def offered(doc: turn.Doc) -> dict[str, str]:
    return {choice[0]: choice[2] for g in doc["turn"]["groups"] for line in g["lines"] for choice in line["choices"]}


@pytest.mark.parametrize("id", some([s.id for s in library.attacks()], 6))
def test_every_choice_is_offered_once_and_the_parts_of_its_sentence_make_it(id: str) -> None:
    one = Turns(of_scenario(library.get(id)))
    while True:
        doc = turn.drawn(one)
        choices = {name(c): c.say for c in one.choices()}
        assert offered(doc) == choices
        for g in doc["turn"]["groups"]:
            assert g["says"] in {*GROUPS.values(), turn.GO_ON, turn.WAIT}
            for line in g["lines"]:
                said = re.findall(r"\w+", line["says"])
                assert len({text for _, text, _, _ in line["choices"]}) == len(line["choices"])
                for _, text, say, _ in line["choices"]:
                    mine = re.findall(r"\w+", text)
                    assert mine
                    assert sorted(re.findall(r"\w+", say)) in (sorted(mine), sorted([*said, *mine]))
        honest = [c for c in one.choices() if not c.chain]
        if not honest:
            return
        one.take(name(honest[0]))


def test_many_that_begin_alike_get_lines_of_their_own() -> None:
    choices = tuple(Choice(f"Alice asks for {what}, to be sent to {place}.", "lure") for what in "abc" for place in ("one", "two", "three"))
    parts = list(turn.divided(choices))
    assert [len(part) for part in parts] == [3, 3, 3]
    assert turn.parted([c.say for c in parts[1]]) == ("Alice asks for b, to be sent to", ["one", "two", "three"])
    assert list(turn.divided(choices[:4])) == [list(choices[:4])]
    assert turn.parted(["A day passes.", "A minute passes."]) == ("", ["A day passes", "A minute passes"])
    assert turn.parted(["She waits."]) == ("", ["She waits."])


def test_what_all_have_in_the_middle_is_said_once() -> None:
    token = "with the access token of Alice for Budget, scope read"
    said = [f"Mallory asks for GET /a at Accounts {token}.", f"Mallory asks for GET /a at Accounts, replica 2 {token}, by the gateway."]
    assert turn.parted(said) == (f"Mallory asks for GET /a at{turn.MORE} {token}", ["Accounts", "Accounts, replica 2, by the gateway"])


def test_a_line_whose_sentences_have_nothing_in_common_keeps_them_whole() -> None:
    (row,) = turn.rows(Line("wait", "Let time pass ...", (Choice("A day passes.", "wait"), Choice("An hour passes.", "wait"))), {})
    assert (row["says"], [c[1] for c in row["choices"]]) == (f"Let time pass{turn.MORE}", ["A day passes", "An hour passes"])


def test_a_refusal_names_who_refused_the_check_and_what_was_found() -> None:
    one = game("missing-aud-replay", "unsigned, alg none", "with a token for alice, from nothing, unsigned, alg none.")
    news = turn.news(one)
    assert news is not None
    assert news["outcome"] == "refused"
    assert {k: news["refused"][k] for k in ("who", "check", "answer", "found")} == {
        "who": "Transactions",
        "check": "algorithm",
        "answer": "401 invalid_token",
        "found": "none",
    }
    doc = turn.drawn(one)
    tried = [c for g in doc["turn"]["groups"] for line in g["lines"] for c in line["choices"] if c[3]]
    assert [(c[0], c[3]) for c in tried] == [(one.names[-1], "refused")]


def test_the_diagram_is_the_record_with_her_moves_as_the_players() -> None:
    one = game("missing-aud-replay", "Alice connects", "Budget fetches", "unsigned, alg none")
    doc = turn.drawn(one, ("transactions",))
    moments = doc["panes"][0]["moments"]
    assert [m["n"] for m in moments if m.get("mine")] == [moments[-1]["n"]]
    assert "transactions" in [p["id"] for p in doc["panes"][0]["parties"]]
    assert not any(step["questions"] for step in doc["panes"][0]["steps"].values())
    assert doc["turn"]["known"][0] == ["A token for alice", "from nothing, unsigned, alg none", True]
    json.dumps(doc)


def test_before_the_first_move_there_is_nothing_but_the_moves() -> None:
    doc = turn.drawn(game("alg-none"))
    assert (doc["timeline"], doc["turn"]["news"], doc["turn"]["back"]) == ([], None, False)
    assert doc["turn"]["groups"]
    assert "In this story Alice opens no link of yours." in doc["turn"]["closed"]


def test_the_end_has_the_verdict_of_the_replay_and_no_moves() -> None:
    one = game("missing-aud-replay", "Alice connects", "Budget fetches", "as GET /transactions at Transactions.")
    doc = turn.drawn(one)["turn"]
    assert (doc["goals"][0][1], doc["groups"], doc["closed"], doc["news"]["outcome"]) == (True, [], [], "reached")
    text = one.game.saved()
    end = turn.reached(simulation.run(loads(text, "played.yaml")).verdict, text)
    assert (end["word"], end["file"]) == ("Attack succeeded", text)
    assert "Found by a player" in text


def test_a_hint_is_said_with_the_choice_that_it_means_or_that_it_is_too_far() -> None:
    one = game("alg-none")
    first = next(one.choices())
    assert turn.hinted(one, Hint(first.say, far=False)) == {"say": first.say, "name": name(first)}
    assert turn.hinted(one, Hint()) == {"say": NO_WAY, "name": ""}
    one = Turns(of_scenario(library.get("audience-swap")), Case.of(library.get("audience-swap")))
    hint = turn.hinted(one, Hint())
    assert hint["say"].startswith(f"{STORY}The app signs Alice in")
    assert one.take(hint["name"])


def test_what_does_not_replay_is_no_success() -> None:
    end = turn.unplayable("the run is judged blocked", "")
    assert (end["tone"], "a fault of ours: the run is judged blocked." in end["sentence"]) == ("none", True)
