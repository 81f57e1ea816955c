"""What is sent before a question is answered: nothing that would answer it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.views.stepper import closed, document
from sandbox.views.stepper.closed import ASKED, questions
from tests.support import sample_runs as samples

ASKING = [s.id for s in (*library.flows(), *library.attacks()) if any(step.predict or step.ask for step in s.steps)]


def text(doc: dict[str, Any]) -> str:
    return json.dumps(doc, ensure_ascii=False)


def test_verdict_outcome_and_right_answer_are_not_in_it() -> None:
    whole = document([samples.blocked()])
    doc = closed(whole, {})
    pane = doc["panes"][0]
    assert doc["open"] == "replay"
    assert [m["n"] for m in pane["moments"]] == list(range(1, 23))
    assert len(doc["timeline"]) == 22
    for secret in ("Attack blocked", "401", "invalid_token", '"right": '):
        assert secret in text(whole)
        assert secret not in text(doc), secret


def test_an_answer_opens_the_rest_whatever_it_is() -> None:
    whole = document([samples.blocked()])
    for said in ("accepted", "refused"):
        doc = closed(whole, {"replay": said, "other": "accepted"})
        assert doc == whole | {"answers": {"replay": said}, "open": None}
    assert closed(whole, {"replay": "perhaps"})["open"] == "replay"


def test_questions_are_opened_one_by_one() -> None:
    whole = document([simulation.run(library.get("code-pkce"))])
    first, second = questions(whole)
    assert closed(whole, {second: "accepted"})["open"] == first
    doc = closed(whole, {first: "accepted"})
    assert doc["open"] == second
    assert doc["panes"][0]["steps"][first]["questions"][0]["right"] == "accepted"
    assert "right" not in doc["panes"][0]["steps"][second]["questions"][0]


def test_what_was_seen_is_asked_at_the_end_of_its_step_and_later_questions_are_not_there() -> None:
    whole = document([simulation.run(library.get("missing-aud-replay"))])
    asked = [q["question"] for q in questions(whole).values()]
    for count, key in enumerate(questions(whole), 1):
        doc = closed(whole, dict(list({"replay": "accepted", "replay.1": "a", "replay.2": "a"}.items())[: count - 1]))
        assert doc["open"] == key
        assert [text(doc).count(json.dumps(each, ensure_ascii=False)) for each in asked] == [1] * count + [0] * (3 - count)
        assert doc["panes"][0]["verdict"]["word"] == ("" if count == 1 else "Attack succeeded")


@pytest.mark.slow
@pytest.mark.parametrize("name", ASKING)
def test_every_shipped_question_closes_what_follows_and_keeps_the_request(name: str) -> None:
    whole = document([simulation.run(library.get(name))])
    answers: dict[str, str] = {}
    for key, question in questions(whole).items():
        doc = closed(whole, answers)
        pane = doc["panes"][0]
        assert (doc["open"], pane["moments"][-1]["step"]) == (key, question["step"])
        assert pane["verdict"]["word"] in ("", whole["panes"][0]["verdict"]["word"] if question["when"] == "after" else "")
        later = [m["id"] for m in whole["panes"][0]["moments"][len(pane["moments"]) :]]
        assert not any(f'"{id_}"' in text(doc) for id_ in later)
        assert "right" not in pane["steps"][question["step"]]["questions"][-1]
        answers[key] = "".join(o["id"] for o in question["options"]) if question["ordered"] else question["options"][-1]["id"]
    assert closed(whole, answers)["open"] is None


@pytest.mark.parametrize("name", ASKING)
def test_the_request_that_is_asked_about_stays_drawn_in_every_shipped_story(name: str) -> None:
    run = simulation.run(library.get(name))
    whole, answers = document([run]), {}
    every = whole["panes"][0]["moments"]
    for key, question in questions(whole).items():
        if question["when"] == "before":
            step = run.scenario.step(question["step"])
            sent = [m for m in every if m["step"] == step.id and m["kind"] == "request" and not m.get("routine")]
            about = step.predict.about if step.predict else None
            assert about or len(sent) < 2, f"{name}, {step.id}: add `about:` to its predict, one of {[m['id'] for m in sent]}"
            shown = closed(whole, answers)["panes"][0]["moments"][-1]
            if every[question["at"] - 1]["kind"] == "request":
                assert (shown["id"], shown["kind"]) == (about or sent[0]["id"], "request")
                assert shown["message"] == every[question["at"] - 1]["message"]
        answers[key] = "".join(o["id"] for o in question["options"]) if question["ordered"] else question["options"][-1]["id"]


@pytest.mark.parametrize("name", ["token-in-url-log", "weak-hmac-secret", "implicit-fragment-leak"])
def test_where_no_request_is_asked_about_nothing_tells_what_is_found(name: str) -> None:
    run = simulation.run(library.get(name))
    whole = document([run])
    (question,) = [q for q in questions(whole).values() if q["when"] == "before"]
    told = whole["panes"][0]["moments"][question["at"] - 1]
    assert told["kind"] != "request"
    doc = closed(whole, {})
    shown = doc["panes"][0]["moments"][-1]
    assert (shown["title"], shown["n"], doc["timeline"][-1]["id"]) == (ASKED, question["at"], shown["id"])
    assert shown["asked"], "“Nobody learns anything new” beside the question would be an answer"
    for secret in (told["title"], told["id"], *(value for _, _, value in told["learns"])):
        known = text({"moments": whole["panes"][0]["moments"][: question["at"] - 1]})
        assert json.dumps(secret, ensure_ascii=False) not in text(doc) or json.dumps(secret, ensure_ascii=False) in known


def test_a_run_without_questions_is_whole() -> None:
    whole = document([samples.completed()])
    assert closed(whole, {}) == whole | {"answers": {}, "open": None}
