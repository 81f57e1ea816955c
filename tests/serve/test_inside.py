"""Asking a served world from inside the process: the same door, and the server's own event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import Request, form_request
from sandbox.protocol.settings import Settings
from sandbox.serve.inside import Door
from sandbox.serve.live import Live
from sandbox.serve.worlds import Worlds
from tests.support.live_worlds import ORIGIN, titles


@pytest.fixture
def worlds() -> Worlds:
    return Worlds(WallClock(), SystemEntropy())


@pytest.fixture
def live(worlds: Worlds) -> Live:
    return worlds.open(ORIGIN, Settings.of("oauth-basic"))


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread of its own, as a server's does."""
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever)
    thread.start()
    yield running
    running.call_soon_threadsafe(running.stop)
    thread.join(10)
    running.close()


def test_an_answer_is_the_one_that_everybody_gets(worlds: Worlds, live: Live) -> None:
    answer = Door(worlds, None).handle(Request("GET", f"{live.base}/auth/.well-known/openid-configuration"))
    assert (answer.status, answer.json["issuer"]) == (200, f"{live.base}/auth")
    assert answer.header("content-type") == "application/json"
    assert titles(live)[0] == "GET /.well-known/openid-configuration"


def test_a_body_query_and_headers_arrive(worlds: Worlds, live: Live) -> None:
    door = Door(worlds, None)
    refused = door.handle(form_request(f"{live.base}/auth/token", {"grant_type": "x y"}))
    assert (refused.status, refused.json["error"]) == (400, "unsupported_grant_type")
    door.handle(Request("GET", f"{live.base}/accounts/a%20b?c=%26d", (("Authorization", "Bearer x"),)))
    sent = [e for e in live.events if getattr(e, "request", None)][-1].request  # type: ignore[attr-defined]
    assert (sent.url, sent.credential()) == (f"{live.base}/accounts/a%20b?c=%26d", ("bearer", "x"))


def test_it_is_served_where_all_others_are(loop: asyncio.AbstractEventLoop) -> None:
    seen = list[object]()

    async def app(scope: object, receive: object, send: object) -> None:
        seen.append(asyncio.get_running_loop())
        await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[operator]

    assert Door(app, loop).handle(Request("GET", "http://127.0.0.1/")).status == 204  # type: ignore[arg-type]
    assert seen == [loop]
