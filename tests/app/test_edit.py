"""Edit and continue on the page: edits in links."""

from __future__ import annotations

import pytest

from sandbox.app import state
from sandbox.protocol.edits import Edit
from tests.support.apps import fine, link, opened, page_text, shown, verdict

pytestmark = pytest.mark.slow

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


def test_edits_too_long_for_a_link_stay_out_of_it() -> None:
    view = state.View("x", edits=(Edit("m", "f", "v" * 7000),))
    assert "edit" not in view.params()
