"""Questions before outcomes, what was said, and where one goes after the last step."""

from __future__ import annotations

import json
from typing import Any

import pytest
import streamlit as st

from sandbox.app import cache, state
from sandbox.app.parts import claims, lesson
from sandbox.app.state import View
from sandbox.language import library
from sandbox.protocol.defences import without
from tests.support import apps
from tests.support.apps import opened, page_text

AUD = library.get("missing-aud-replay")
OWN = View(AUD.id)


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> Any:
    class Session(dict[str, Any]):
        __getattr__ = dict.__getitem__
        __setattr__ = dict.__setitem__

    fake = Session()
    monkeypatch.setattr(st, "session_state", fake)
    return fake


def shown(view: View = OWN) -> dict[str, Any]:
    run = cache.run(view.case(AUD))
    return lesson.document(run, lesson.told(run, view))


def test_in_its_own_setting_a_lesson_asks_first() -> None:
    run = cache.run(OWN.case(AUD))
    assert lesson.open_question(run, OWN)
    assert (shown()["open"], shown()["panes"][0]["verdict"]["word"]) == ("replay", "")
    assert all(secret not in json.dumps(shown()) for secret in (AUD.lesson, claims.defences(AUD)[0].label))
    for key, answer in (("replay", "refused"), ("replay.1", "a"), ("replay.2", "b")):
        assert (lesson.open_question(run, OWN), shown()["open"]) == (True, key)
        lesson.take(OWN, {"event": "answer", "question": key, "answer": answer})
    assert not lesson.open_question(run, OWN)
    assert (shown()["open"], shown()["answers"]) == (None, {"replay": "refused", "replay.1": "a", "replay.2": "b"})
    assert shown()["end"]["lesson"] == AUD.lesson


def test_the_first_answer_counts_and_nonsense_does_not() -> None:
    for event in (
        {"question": "replay", "answer": "<b>"},
        {"question": "replay.1", "answer": "accepted"},
        {"question": "nowhere", "answer": "refused"},
        {"question": ["x"]},
        {},
    ):
        lesson.take(OWN, {"event": "answer"} | event)
    assert lesson.answers(AUD.id) == {}
    lesson.take(OWN, {"event": "answers", "answers": {"replay": "accepted", 3: "x"}})
    lesson.take(OWN, {"event": "answer", "question": "replay", "answer": "refused"})
    assert lesson.answers(AUD.id) == {"replay": "accepted"}


def test_whoever_wants_all_of_it_gets_all_of_it() -> None:
    lesson.take(OWN, {"event": "reveal"})
    assert shown().get("open") is None
    assert shown()["panes"][0]["verdict"]["word"] == "Attack succeeded"


@pytest.mark.parametrize("view", [View(AUD.id, "oauth-bcp"), View(AUD.id, changes=(("rs.dpop", "require"),))])
def test_in_another_setting_nothing_is_asked(view: View) -> None:
    assert shown(view).get("open") is None


def test_an_attack_is_offered_again_with_each_of_its_defences_and_a_flow_without_those_that_checked_something() -> None:
    offer = lesson.again(AUD, AUD.settings)[0]
    assert (offer.says, offer.code) == (claims.defences(AUD)[0].label, "AUD")
    flow = library.get("code-pkce")
    offers = lesson.again(flow, flow.settings)
    assert 0 < len(offers) <= lesson.MOST_AGAIN
    assert all(offer.says == without(offer.code) and offer.settings != flow.settings for offer in offers)
    assert "PKCE" in [offer.code for offer in offers]


def test_again_changes_the_setting_and_keeps_the_story() -> None:
    view = lesson.take(OWN, {"event": "again", "which": 0})
    assert view.scenario == AUD.id
    assert view.changes
    for which in (99, -1, "0", None):
        assert lesson.take(OWN, {"event": "again", "which": which}) == OWN


def test_events_come_through_the_stepper(session: Any) -> None:
    from sandbox.app.parts import stepper

    session["view"] = state.View(AUD.id)
    stepper.take([{"seq": 1, "event": "answer", "question": "replay", "answer": "refused"}, {"seq": 2, "event": "again", "which": 0}])
    assert lesson.answers(AUD.id) == {"replay": "refused"}
    assert session["view"].changes


@pytest.mark.slow
def test_until_the_question_is_answered_nothing_on_the_page_tells_the_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    at = opened("play", asked=True, scenario=AUD.id)
    document = apps.shown(at)
    assert (document["open"], document["panes"][0]["verdict"]["word"]) == ("replay", "")
    assert AUD.lesson not in page_text(at)
    assert not [pills for pills in at.get("button_group") if pills.proto.label == "What blocks it"]
    whole = opened("play", scenario=AUD.id)
    assert apps.shown(whole)["panes"][0]["verdict"]["word"] == "Attack succeeded"
    assert AUD.lesson in page_text(whole)
