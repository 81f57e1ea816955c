"""A move becomes a step like any other."""

from __future__ import annotations

from sandbox.attacker.moves import Move
from sandbox.attacker.taking import Taker, is_generated
from sandbox.engine.player import Stage
from tests.support.questions import READ, asked

KEYS = Move("mallory.send", {"method": "GET", "url": "https://auth.connectsphere.example/jwks"}, "gain", "read", "She fetches the keys.")


def test_a_move_is_taken_and_what_it_gives_is_known() -> None:
    stage, taker = Stage.opened(asked("oauth-bcp", {}, (), READ).case), Taker()
    step = taker.step(KEYS)
    assert taker.take(stage, step) == 0
    assert stage.record.outputs[step.id]["status"] == 200
    assert (taker.taken, is_generated(step)) == (1, True)


def test_a_move_of_a_chain_is_linked_to_those_before_it() -> None:
    taker = Taker()
    first = taker.step(KEYS)
    use = Move("mallory.send", {"url": "$1.json.uri", "form": {"a": "$1.status", "b": "$mine.jwk"}}, "probe", "call", "x")
    assert taker.linked(use, (first,)).args == {"url": f"${first.id}.json.uri", "form": {"a": f"${first.id}.status", "b": "$mine.jwk"}}
    assert taker.linked(use, ()) is use


def test_what_she_has_not_learned_she_does_not_use() -> None:
    question = asked("oauth-bcp", {"client.bff": "off"}, (), READ)
    stage, taker = Stage.opened(question.case), Taker()
    taker.take(stage, question.schedule[0])
    args = {"api": "accounts", "path": "/accounts", "token": "$alice_in.access_token"}
    step = taker.step(Move("mallory.call_api", args, "probe", "call", "x"))
    taker.take(stage, step)
    assert step.id not in stage.record.outputs
