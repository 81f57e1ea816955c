"""“Your turn” on a page, as far as it can be had without a browser: positions as links, events, hints, and the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import streamlit as st

from sandbox.app.parts import stepper, turn
from sandbox.app.state import DEFEND, START, View, parse
from sandbox.attacker.game import Hint
from sandbox.attacker.turns import MOST, name
from sandbox.language import library
from sandbox.language.loader import loads
from sandbox.studies.claims import check

AUD = library.get("missing-aud-replay")
VIEW = View(AUD.id, turn=START)


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> Any:
    class Session(dict[str, Any]):
        __getattr__ = dict.__getitem__
        __setattr__ = dict.__setitem__

    fake = Session(view=VIEW, playable=AUD)
    monkeypatch.setattr(st, "session_state", fake)
    return fake


def taken(view: View, *said: str) -> View:
    for each in said:
        choice = next(c for c in turn.playing(AUD, view).turns.choices() if each in c.say)
        view = turn.take(AUD, view, {"do": "take", "name": name(choice)})
    return view


def won(view: View = VIEW) -> View:
    return taken(view, "Alice connects", "Budget fetches", "as GET /transactions at Transactions.")


def test_each_move_is_in_the_link_and_the_link_leads_there_in_another_session(session: Any) -> None:
    view = taken(VIEW, "Alice connects", "unsigned, alg none")
    assert len(view.turn.split(".")) == 2
    here = turn.document(AUD, view)
    session.clear()
    again, problems = parse(view.params())
    assert (again, problems) == (view, [])
    assert turn.arrived(AUD, again) == view
    assert turn.document(AUD, view) == here


@pytest.mark.parametrize(
    ("text", "kept", "said"),
    [
        ("aaaaaa", START, "it can be followed for 0"),
        ("aaaaaa." * 200, START, "it can be followed for 0"),
        ("x", START, "the first 0 can be read"),
        ("<script>alert(1)</script>", START, "the first 0 can be read"),
        ("start.start", START, "the first 0 can be read"),
        ("\x00..%00", START, "the first 0 can be read"),
        ("ａａａａａａ", START, "the first 0 can be read"),
    ],
)
def test_a_link_that_does_not_fit_says_how_far_it_leads(session: Any, text: str, kept: str, said: str) -> None:
    view, problems = parse({"scenario": AUD.id, "turn": text})
    session.problems = problems
    assert len(view.turn) < 8 * MOST
    assert turn.arrived(AUD, view).turn == kept
    assert any(said in problem for problem in session.problems)
    assert all(len(problem) < 300 for problem in session.problems)


def test_a_link_keeps_what_can_be_followed(session: Any) -> None:
    view = taken(VIEW, "Alice connects")
    there = turn.arrived(AUD, replace(view, turn=f"{view.turn}.aaaaaa.bbbbbb"))
    assert there == view
    assert session.problems == ["The link has 3 moves; it can be followed for 1, and this is where it leads."]


def test_taking_back_and_leaving() -> None:
    view = taken(VIEW, "Alice connects")
    assert turn.take(AUD, view, {"do": "back"}) == VIEW
    assert turn.take(AUD, VIEW, {"do": "leave"}) == replace(VIEW, turn="")
    assert turn.take(AUD, VIEW, {"do": "defend"}).turn == DEFEND


@pytest.mark.parametrize(
    "event", [{}, {"do": "take"}, {"do": "take", "name": ["x"]}, {"do": "take", "name": "nobody"}, {"do": 7}, {"do": "back"}]
)
def test_what_means_nothing_changes_nothing(event: dict[str, Any]) -> None:
    assert turn.take(AUD, VIEW, event) == VIEW


def test_events_come_through_the_stepper(session: Any) -> None:
    session.view = View(AUD.id)
    stepper.take([{"seq": 1, "event": "turn", "do": "begin"}])
    assert session.view.turn == START
    choice = next(turn.playing(AUD, session.view).turns.choices())
    stepper.take([{"seq": 2, "event": "turn", "do": "take", "name": name(choice)}])
    assert session.view.turn == name(choice)


def test_a_flow_and_a_design_without_the_mechanism_cannot_be_played() -> None:
    flow = library.get("code-pkce")
    assert turn.closed(flow, View(flow.id)).startswith("Nobody attacks")
    code = library.get("code-injection")
    naive = View(code.id, "naive-jwt")
    assert turn.closed(code, naive)
    assert turn.take(code, naive, {"do": "begin"}) == naive
    assert turn.closed(AUD, VIEW) == ""


def test_what_is_reached_is_replayed_judged_and_saved_as_a_file_that_is_true() -> None:
    assert not turn.won(AUD)
    view = won()
    end = turn.document(AUD, view)["turn"]["end"]
    assert (end["word"], end["left"], end["name"]) == ("Attack succeeded", [], f"{AUD.id}-as-played.yaml")
    assert end["href"].startswith("workshop?files=")
    assert all(claim.ok for claim in check(loads(end["file"], end["name"])))
    assert turn.won(AUD)


def test_a_hint_is_looked_for_a_moment_at_a_time_and_counted() -> None:
    view = turn.take(AUD, VIEW, {"do": "hint"})
    work = turn.thinking(AUD, view)
    assert work is not None
    assert "0 states, 0 of 10 seconds" in turn.document(AUD, view)["turn"]["thinking"]
    while not work.over:
        work.go_on()
    turn.thought(AUD, view)
    beside = turn.document(AUD, view)["turn"]
    assert (beside["hints"], beside["thinking"], turn.thinking(AUD, view)) == (1, "", None)
    assert beside["hint"]["name"] in [name(c) for c in turn.playing(AUD, view).turns.choices()]
    view = turn.take(AUD, view, {"do": "take", "name": beside["hint"]["name"]})
    assert turn.document(AUD, view)["turn"]["hint"] is None


def test_a_hint_can_be_stopped_and_does_not_think_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    view = turn.take(AUD, VIEW, {"do": "hint"})
    turn.take(AUD, view, {"do": "stop"})
    assert turn.thinking(AUD, view) is None
    monkeypatch.setattr(turn, "SECONDS", 0.0)
    monkeypatch.setattr(turn, "SLICE", 0.0)
    endless = turn.Thinking(iter(Hint, None))
    endless.go_on()
    assert endless.over


def test_another_setting_is_another_game() -> None:
    view = taken(VIEW, "Alice connects")
    other = replace(view, profile="oauth-bcp", turn=START)
    assert turn.playing(AUD, other).turns.names == ()
