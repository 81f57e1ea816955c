"""Edit and continue on the page: events of the stepper, edits in links, the Export menu."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from sandbox.app import cache, state
from sandbox.app.parts import export_menu, stepper
from sandbox.engine.case import Case
from sandbox.protocol.edits import Edit
from sandbox.views import har, pictures
from tests.support.apps import fine, link, opened, page_text, shown, verdict

FLOW = "naive-jwt"
PROPER = {"scenario": FLOW, "profile": "jwt-done-properly"}
CALL = "accounts/laptop>accounts:GET /accounts#1"
AUD = f"{CALL}~headers.authorization.claims.aud~https://print.example"


def test_a_link_with_an_edit_opens_that_run() -> None:
    at = opened("play", **PROPER, edit=f"{AUD};{CALL}~headers.authorization.signature~issuer")
    assert verdict(at) == "failed"
    document = shown(at)
    assert [e["field"] for e in document["edits"]] == ["headers.authorization.claims.aud", "headers.authorization.signature"]
    assert document["panes"][0]["moments"][document["edited"]["at"] - 1]["title"] == "Checks: audience fails"
    assert link(at)["edit"].startswith(AUD)


def test_an_edit_that_does_not_fit_is_said_at_the_edit() -> None:
    document = shown(opened("play", **PROPER, edit=f"{CALL}~json.x~1;nowhere~path~/x"))
    assert [e["problem"] for e in document["edits"]] == ["there is no JSON in this message", "this message is not sent in this run"]


@pytest.mark.parametrize("edit", ["x", "a~b~c~d", "~~", "<img src=//evil.example/x>", f"m~f~{'x' * 30_000}"])
def test_a_broken_edit_in_a_link_is_said(edit: str) -> None:
    at = opened("play", **PROPER, edit=edit)
    assert "An edit in the link was left out" in page_text(at)
    assert (verdict(at), shown(at)["edits"]) == ("completed", [])
    assert "<img" not in page_text(at)


def test_other_settings_keep_the_edits() -> None:
    at = opened("play", **PROPER, edit=AUD)
    at.segmented_control(key="profile").set_value("naive-jwt").run()
    assert [e["problem"] for e in shown(fine(at))["edits"]] == [""]
    assert link(at)["edit"] == AUD


def test_the_step_and_the_field_of_a_link_are_the_browser_s() -> None:
    assert link(opened("play", **PROPER, step="4", field="path")) == PROPER


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


def test_edits_too_long_for_a_link_stay_out_of_it() -> None:
    view = state.View("x", edits=(Edit("m", "f", "v" * 7000),))
    assert "edit" not in view.params()


def test_the_menu_has_every_file_and_each_can_be_made() -> None:
    at = opened("play", scenario=FLOW)
    at.session_state["export"] = True
    fine(at.run())
    assert [b.proto.label for b in at.get("download_button")] == [f.label for f in export_menu.FILES]
    from sandbox.language import library

    run = cache.run(Case.of(library.get(FLOW), edits=(Edit(CALL, "headers.x", "1"),)))
    made = {f.label: f.make(run) for f in export_menu.FILES}
    assert all(made.values())
    assert "Nothing else changes" in str(made["HTML"])
    assert made["SVG"] == pictures.svg(run)
    assert har.har(run)["log"]["version"] == "1.2"
