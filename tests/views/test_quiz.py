"""The questions of a step in one form, with the right answers of this very run."""

from __future__ import annotations

import pytest

from sandbox.engine import simulation
from sandbox.language import library
from sandbox.views import quiz

AUD, FLOW = library.get("missing-aud-replay"), library.get("code-flow")


def said(question: quiz.Doc) -> list[str]:
    """The texts of the right answers."""
    texts = {option["id"]: option["text"] for option in question["options"]}
    return [texts[id] for id in quiz.chosen(question, question["right"])]


def test_the_question_before_a_step_and_those_after_it() -> None:
    questions = quiz.questions(simulation.run(AUD), "replay")
    assert [(q["kind"], q["when"], q["many"], q["ordered"]) for q in questions] == [
        ("predict", "before", False, False),
        ("stops", "after", False, False),
        ("refuses", "after", False, False),
    ]
    assert questions[0]["right"] == "accepted"
    assert said(questions[1]) == ["The API's name in the token, and a look at it"]
    assert said(questions[2]) == ["Transactions"]


def test_each_has_a_key_and_only_what_can_be_an_answer_fits() -> None:
    questions = quiz.questions(simulation.run(FLOW), "use")
    (order,) = (q for q in questions if q["ordered"])
    assert order["key"] == "use.1"
    assert quiz.fits(order, order["right"])
    assert quiz.fits(order, order["right"][::-1])
    assert quiz.text(order, order["right"]).count(" → ") == len(order["options"]) - 1
    for said in ("", "a", "aaaaa", order["right"] + "a", "z" * 5, None, 3, ["a"], "accepted"):
        assert not quiz.fits(order, said)
    predict, stops, _ = quiz.questions(simulation.run(AUD), "replay")
    assert [predict["key"], stops["key"]] == ["replay", "replay.1"]
    assert quiz.fits(predict, "refused")
    assert not quiz.fits(predict, "a")
    assert quiz.fits(stops, "b")
    assert not quiz.fits(stops, "ab")
    several = next(q for q in quiz.questions(simulation.run(library.get("code-interception")), "redeem") if q["many"])
    assert quiz.fits(several, "ac")
    assert not quiz.fits(several, "ax")


def test_in_another_setting_the_answers_are_others_and_what_makes_no_sense_is_not_asked() -> None:
    safe = quiz.questions(simulation.run(AUD, AUD.settings.but({"AUD": "on"})), "replay")
    assert [q["kind"] for q in safe] == ["predict", "refuses"]
    assert safe[0]["right"] == "refused"


def test_elsewhere_nothing_is_asked_that_needs_other_runs() -> None:
    assert [len(quiz.asked(simulation.run(AUD, settings), "replay")) for settings in (None, AUD.settings.but({"AUD": "on"}))] == [3, 1]


def test_messages_are_offered_in_an_order_that_says_nothing() -> None:
    (question,) = quiz.questions(simulation.run(FLOW), "use")
    shown = [option["id"] for option in question["options"]]
    assert shown == sorted(shown)
    assert sorted(question["right"]) == shown != list(question["right"])
    assert question["ordered"]
    assert said(question)[0] == "Alice's browser to Authorization server: GET /authorize"
    assert said(question)[-1] == "Budget to Accounts: GET /accounts"


def test_several_things_may_be_known() -> None:
    run = simulation.run(library.get("code-interception"))
    question = next(q for q in quiz.questions(run, "redeem") if q["kind"] == "knows")
    assert question["many"]
    assert said(question) == ["The code", "An access token for Alice's accounts"]


def test_a_run_without_events_asks_nothing_and_an_unknown_step_is_an_error() -> None:
    idle = simulation.run(FLOW, library.get("naive-jwt").settings)
    assert [quiz.questions(idle, step.id) for step in FLOW.steps] == [[] for _ in FLOW.steps]
    with pytest.raises(KeyError):
        quiz.questions(idle, "nothing")
