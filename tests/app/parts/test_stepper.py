"""Events of the stepper become edits, each once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import streamlit as st

from sandbox.app import cache, state
from sandbox.app.parts import lesson, stepper
from sandbox.core import memo
from sandbox.language import library
from tests.support import apps


def event(seq: int, kind: str = "edit", **more: Any) -> dict[str, Any]:
    return {"seq": seq, "event": kind, "message": "m", "field": f"form.f{seq}", "value": "v"} | more


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Any:
    class Session(dict[str, Any]):
        __getattr__ = dict.__getitem__
        __setattr__ = dict.__setitem__

    fake = Session(view=state.View("x"))
    monkeypatch.setattr(st, "session_state", fake)
    return fake


def test_events_are_applied_once_and_in_order(session: Any) -> None:
    stepper.take([event(1), event(2)])
    stepper.take([event(1), event(2), event(3), "nonsense", {"seq": "9"}, event(4, "unedit", field="form.f1")])
    assert [e.field for e in session.view.edits] == ["form.f2", "form.f3"]
    assert session["ack"] == 4
    stepper.take([event(5, "unedit-all")])
    assert session.view.edits == ()


def test_an_edit_that_cannot_be_is_said_and_acknowledged(session: Any) -> None:
    stepper.take([event(1, value="x" * 30_000), event(2)])
    assert session["problems"] == ["The edit was not made: a value has at most 20000 characters."]
    assert (session["ack"], len(session.view.edits)) == (2, 1)


@pytest.mark.slow
def test_what_one_learner_was_shown_is_made_for_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    memo.forget("run")
    first = [apps.shown(apps.opened("play", scenario=apps.AUD, profile=profile)) for profile in ("", "oauth-bcp")]
    made: list[str] = []
    for module, name in ((stepper, "packed"), (cache, "moments"), (cache, "_document")):
        monkeypatch.setattr(module, name, lambda *_, name=name, **__: made.append(name))
    second = [apps.shown(apps.opened("play", scenario=apps.AUD, profile=profile)) for profile in ("", "oauth-bcp")]
    assert (second, made) == (first, [])


def test_what_differs_for_one_learner_is_not_what_another_gets() -> None:
    run = cache.run(state.View(apps.AUD).case(library.get(apps.AUD)))
    asking = stepper.Shown(run.case, None, lesson.Told((), ""), True, 0)
    answered = replace(asking, told=lesson.Told((("replay", "refused"),), ""))
    shown = [apps.unpacked(stepper._shown(what)) for what in (asking, answered, replace(asking, ack=7), replace(asking, told=None))]
    assert [doc.get("open") for doc in shown] == ["replay", "replay.1", "replay", None]
    assert [doc["ack"] for doc in shown] == [0, 0, 7, 0]
    assert ["game" in doc for doc in shown] == [False, False, False, True]
    assert "game" not in apps.unpacked(stepper._shown(replace(asking, told=None, playable=False)))
