"""What the stepper shows of a live world: its latest requests, in a window that moves."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

import pytest

from sandbox.core.wire import split
from sandbox.protocol.trace import Answered, Sent, of
from sandbox.reality.inspection import inspect
from sandbox.serve.live import EVENTS, Live
from sandbox.serve.live_document import BROWSER, CLIENT, SHOWN, document, saved, window
from sandbox.serve.worlds import Worlds
from tests.support.hostile import BAD
from tests.support.live_worlds import ask, titles


def test_nothing_is_drawn_before_the_first_request(live: Live) -> None:
    assert document(live) is None


def test_requests_are_drawn_as_they_arrive(worlds: Worlds, live: Live) -> None:
    ask(worlds, f"{live.base}/accounts/accounts", authorization="Bearer x")
    first = document(live)
    assert first is not None
    assert titles(live) == ["GET /accounts", "Checks: format fails", "401 invalid_token"]
    assert document(live) is first  # nothing new, nothing drawn
    ask(worlds, f"{live.base}/budget/login", accept="text/html")
    second = document(live)
    assert second is not None
    names = [p["name"] for p in second["panes"][0]["parties"]]
    assert names[:2] == [BROWSER, CLIENT]
    assert second["follow"] is True
    assert second["panes"][0]["verdict"]["sentence"].startswith("2 requests")
    says = [s["say"] for s in second["panes"][0]["steps"].values()]
    assert says[0] == "Your client asks Accounts: GET /accounts, answered with 401 invalid_token."


@pytest.mark.slow
def test_names_of_moments_stay_however_the_window_moves(worlds: Worlds, live: Live) -> None:
    for _ in range(SHOWN):
        ask(worlds, f"{live.base}/accounts/accounts", authorization="Bearer x")
    before = [t["id"] for t in document(live)["timeline"]]  # type: ignore[index]
    ask(worlds, f"{live.base}/accounts/accounts", authorization="Bearer x")
    after = [t["id"] for t in document(live)["timeline"]]  # type: ignore[index]
    assert len(set(after)) == len(after) == len(before)
    assert after[:-3] == before[3:]
    assert document(live)["panes"][0]["verdict"]["sentence"].startswith(f"The latest {SHOWN} requests")  # type: ignore[index]


def test_the_record_is_bounded_and_its_torn_end_is_not_shown(worlds: Worlds, live: Live) -> None:
    for _ in range(EVENTS // 2):
        ask(worlds, f"{live.base}/accounts/accounts", authorization="Bearer x")
    assert len(live.trace.recent) == EVENTS
    events = window(live.events, 10_000)
    assert [e.index for e in events] == list(range(len(events)))
    assert type(events[0]).__name__ == "Sent"


def test_only_what_is_settled_is_shown(worlds: Worlds, live: Live) -> None:
    ask(worlds, f"{live.base}/accounts/accounts")
    live.trace.add(
        type(live.trace.recent[0]),
        *(getattr(live.trace.recent[0], n) for n in ("exchange", "message", "sender", "receiver", "channel", "request")),
    )
    assert titles(live)[-1].startswith("401")
    assert len([t for t in titles(live) if t == "GET /accounts"]) == 1


def test_clearing_shows_only_what_comes_afterwards(worlds: Worlds, live: Live) -> None:
    ask(worlds, f"{live.base}/accounts/accounts")
    live.clear()
    assert document(live) is None
    ask(worlds, f"{live.base}/auth/jwks")
    assert titles(live)[0] == "GET /jwks"


@pytest.mark.slow
@pytest.mark.parametrize("text", BAD)
def test_a_hostile_request_is_drawn(worlds: Worlds, live: Live, text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    safe = quote(raw)
    ask(worlds, f"{live.base}/auth/authorize?client_id={safe}&state={safe}", accept="text/html")
    ask(worlds, f"{live.base}/accounts/{safe}?x={safe}", authorization="Bearer " + safe)
    ask(worlds, f"{live.base}/auth/token", {"grant_type": raw, raw: raw})
    doc = document(live)
    assert doc is not None
    assert len(doc["panes"][0]["steps"]) == 3
    assert doc["panes"][0]["moments"]


def test_what_was_saved_is_read_back_as_it_was_sent(worlds: Worlds, live: Live) -> None:
    worlds.send(live)
    sent = [e.request for e in of(live.events, Sent)]
    found = inspect([("live.har", BytesIO(saved(live).encode()))])
    back = found.story.exchanges if found.story else []
    assert [(e.request.method, e.path.rpartition("/")[2]) for e in back] == [(r.method, split(r.url).path.rpartition("/")[2]) for r in sent]
    assert [e.response.status for e in back] == [e.response.status for e in sorted(of(live.events, Answered), key=lambda e: e.exchange)]
    assert found.story is not None
    assert {"metadata", "authorize", "sign_in", "token", "api", "keys"} <= {found.story.kind(e) for e in back}
    assert {"flow_code", "pkce_s256"} <= {f.id for f in found.findings}
