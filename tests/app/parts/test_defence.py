"""The defender's side on a page, as far as it can be had without a browser."""

from __future__ import annotations

import json
from typing import Any

import pytest
import streamlit as st

from sandbox.app.parts import defence
from sandbox.app.state import DEFEND, START, View
from sandbox.core import memo
from sandbox.language import library
from sandbox.studies import adaptive, foretelling
from sandbox.studies.defending import HOLDS

pytestmark = pytest.mark.slow

AUD = library.get("missing-aud-replay")
VIEW = View(AUD.id, turn=DEFEND)


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> Any:
    class Session(dict[str, Any]):
        __getattr__ = dict.__getitem__
        __setattr__ = dict.__setitem__

    memo.of(adaptive._looked).forget()
    fake = Session(view=VIEW)
    monkeypatch.setattr(st, "session_state", fake)
    return fake


def beside(view: View) -> dict[str, Any]:
    told: dict[str, Any] = defence.document(AUD, view)["turn"]
    return told


def picked(changes: dict[str, str], view: View = VIEW) -> None:
    assert defence.take(AUD, view, {"do": "pick", "set": changes}) == view


def foretold(answer: str, view: View = VIEW) -> View:
    return defence.take(AUD, view, {"do": "foretell", "answer": answer})


def test_what_was_picked_is_foretold_before_it_is_seen() -> None:
    picked({"AUD": "on"})
    told = beside(VIEW)
    assert told["stand"]["word"] == "Attack succeeded"
    assert "transactions.audience" in [o[0] for o in told["asked"]["options"]]
    assert "Attack blocked" not in json.dumps(told)
    assert foretold("nobody knows") == VIEW
    view = foretold("transactions.audience")
    assert dict(view.changes)["rs.check_aud"] == "on"
    told = beside(view)
    assert (told["asked"], told["foretold"]["right"], told["stand"]["word"]) == (None, True, "Attack blocked")
    assert told["stand"]["waits"]
    assert told["thinking"]


def test_the_search_answers_a_moment_at_a_time_and_then_it_holds() -> None:
    picked({"AUD": "on"})
    view = foretold("through")
    work = defence.searching(AUD, view)
    assert work is not None
    defence.take(AUD, view, {"do": "stop"})
    assert defence.searching(AUD, view) is None
    defence.take(AUD, view, {"do": "look"})
    assert defence.searching(AUD, view) is work
    while not work.over:
        work.go_on()
    defence.searched(AUD, view)
    told = beside(view)
    assert (told["stand"]["held"], told["stand"]["holds"], told["thinking"]) == (True, HOLDS, "")
    assert not told["foretold"]["right"]
    assert defence.take(AUD, view, {"do": "attack"}).turn == START


def test_taking_back_leads_to_the_stand_before() -> None:
    picked({"rs.check_aud": "on"})
    view = foretold("nothing")
    assert beside(view)["stand"]["broken"]
    assert defence.searching(AUD, view) is None
    assert beside(view)["back"]
    assert defence.take(AUD, view, {"do": "back"}) == VIEW
    assert defence.take(AUD, VIEW, {"do": "back"}) == VIEW


@pytest.mark.parametrize("changes", [{"nobody.knows": "on"}, {"rs.check_aud": "maybe"}, {"x" * 5000: "y"}, {}, {"rs.check_aud": "off"}])
def test_what_cannot_be_turned_is_said(changes: dict[str, str]) -> None:
    picked(changes)
    told = beside(VIEW)
    assert told["asked"] is None
    assert 0 < len(told["problem"]) <= 301


@pytest.mark.parametrize(
    "event", [{}, {"do": "pick"}, {"do": "pick", "set": 3}, {"do": "foretell", "answer": []}, {"do": "look"}, {"do": 1}]
)
def test_what_means_nothing_changes_nothing(event: dict[str, Any]) -> None:
    assert defence.take(AUD, VIEW, event) == VIEW


def test_a_link_to_a_stand_opens_it() -> None:
    view = View(AUD.id, changes=(("as.stamp_aud", "on"), ("client.resource_param", "on"), ("rs.check_aud", "on")), turn=DEFEND)
    told = beside(view)
    assert (told["stand"]["word"], [name for name, *_ in told["turned"]]) == ("Attack blocked", [n for n, _ in view.changes])
    assert defence.defended(AUD, view).search is not None


def test_another_way_is_told_with_a_link_that_steps_through_it() -> None:
    leak = library.get("token-in-url-log")
    view = View(leak.id, "oauth-basic", turn=DEFEND)
    work = defence.searching(leak, view)
    assert work is not None
    while not work.over:
        work.go_on()
    defence.searched(leak, view)
    told = defence.document(leak, view)["turn"]
    assert told["ways"]
    assert all(way["href"].startswith("workshop?files=") for way in told["ways"])
    assert (told["stand"]["held"], told["stand"]["tone"]) == (False, "warn")


def test_all_that_can_be_foretold_is_bounded() -> None:
    picked(dict.fromkeys(("AUD", "DPOP", "TYP"), "on"))
    options = beside(VIEW)["asked"]["options"]
    assert len(options) <= foretelling.MOST + len(foretelling.LAST)
