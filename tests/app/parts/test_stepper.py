"""Events of the stepper become edits, each once."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from sandbox.app import state
from sandbox.app.parts import stepper


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
