"""The record of a run: events in order, and a trace that forgets."""

from __future__ import annotations

import json

from sandbox.core.wire import Request, Response
from sandbox.protocol.trace import Answered, Noted, RecentTrace, Sent, StateChanged, TimePassed, Trace, as_json, of


def test_a_recent_trace_forgets_and_goes_on_counting() -> None:
    trace = RecentTrace(size=3)
    for i in range(10):
        trace.add(Noted, "auth", str(i))
    assert [(e.index, e.text) for e in trace.since(8)] == [(8, "8"), (9, "9")]  # type: ignore[attr-defined]
    assert (len(trace.since(0)), trace.events) == (3, [])


def test_an_event_is_stamped_with_its_place_time_and_step() -> None:
    trace = Trace(100)
    trace.step = "login"
    trace.add(Noted, "auth", "one")
    trace.now = 160
    trace.add(Noted, "auth", "two")
    assert [(e.index, e.time, e.step) for e in trace.events] == [(0, 100, "login"), (1, 160, "login")]


def test_state_is_recorded_as_what_differs_from_the_last_time() -> None:
    trace = Trace()
    for state in ({"a": "1", "b": "2"}, {"a": "1", "b": "2"}, {"a": "3"}):
        trace.state("auth", state)
    assert [e.entries for e in of(trace.events, StateChanged)] == [(("a", "1"), ("b", "2")), (("a", "3"), ("b", None))]
    quiet = Trace(states=False)
    quiet.state("auth", {"a": "1"})
    assert quiet.events == []


def test_events_are_found_by_kind_and_step() -> None:
    trace = Trace()
    for step in ("one", "two"):
        trace.step = step
        trace.add(Noted, "auth", step)
        trace.add(TimePassed, 60)
    assert [e.text for e in of(trace.events, Noted, "two")] == ["two"]
    assert len(list(of(trace.events, TimePassed))) == 2


def test_an_event_is_plain_data() -> None:
    trace = Trace(7)
    request = Request("GET", "https://a.example/", (("A", "1"),), "", certificate="c")
    asked = trace.add(Sent, 0, "m", "a", "b", "back", request)
    answered = trace.add(Answered, 0, "n", "b", "a", "back", Response(200, (), "x"))
    assert as_json(asked)["request"] == {
        "method": "GET",
        "url": "https://a.example/",
        "headers": [["A", "1"]],
        "body": "",
        "certificate": "c",
    }
    assert as_json(answered)["response"] == {"status": 200, "headers": [], "body": "x"}
    assert json.loads(json.dumps(as_json(asked))) == as_json(asked)
