"""Forty people in one room at two servers with a store, four of them in real browsers behind the recipe for haproxy: all follow, each
answer counts once, one server is killed, and the store is started again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.room.redis_log import RedisLog
from sandbox.room.rooms import Rooms
from sandbox.serve.redis_store import RedisStore
from tests.app.test_place import RUN
from tests.support.browsing import READY, at, new_context
from tests.support.needs import chromium, need
from tests.support.paths import ROOT
from tests.support.proxies import haproxy, recipe
from tests.support.redis_server import RedisServer, redis_server
from tests.support.room_sessions import Session
from tests.support.rooms import ASKED, FILES, RIGHT, WRONG
from tests.support.serving import FLAGS, answers, free_port
from tests.support.waiting import until

PEOPLE, BROWSERS, MOVES = 40, 4, 8


@contextmanager
def servers(store: RedisServer) -> Iterator[list[tuple[str, subprocess.Popen[bytes]]]]:
    """Two of them, each with its process."""
    ports = [free_port() for _ in range(2)]
    made = []
    try:
        for letter, port in zip("ab", ports, strict=True):
            command = [*RUN, "--port", str(port), "--replica", letter, "--store", store.url]
            made.append(
                (f"http://127.0.0.1:{port}", subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            )
        for app, _ in made:
            until(lambda app=app: answers(app), f"the server at {app}")  # type: ignore[misc]
        yield made
    finally:
        for _, process in made:
            process.kill()
            process.wait(60)


def opened(store: RedisServer) -> tuple[str, str]:
    """A room in this store: its code, and the instructor's key."""
    client = RedisStore(store.url)
    log = RedisLog(client)
    try:
        return Rooms(WallClock(), SystemEntropy(), log).open("An hour", FILES)
    finally:
        log.close()
        client.close()


@contextmanager
def browsers(made: list[tuple[str, subprocess.Popen[bytes]]], code: str) -> Iterator[list[Any]]:
    """People in browsers that have joined, as many at one server as at the other; they come through a proxy."""
    need("chromium")
    need("haproxy")
    from playwright.sync_api import sync_playwright

    front = free_port()
    ports = [(f"127.0.0.1:{old}", app.removeprefix("http://")) for old, (app, _) in zip((8501, 8502), made, strict=True)]
    app = f"http://127.0.0.1:{front}"
    with haproxy(recipe("haproxy.cfg", ("bind :80", f"bind 127.0.0.1:{front}"), *ports), front), sync_playwright() as p:
        until(lambda: answers(app), "the proxy")
        launched = p.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        pages = []
        for n in range(BROWSERS):
            context = new_context(launched, reduced_motion="reduce")
            context.add_cookies([{"name": "replica", "value": "ab"[n % 2], "url": app}])
            pages.append(context.new_page())
            pages[-1].goto(f"{app}/attacks?room={code}")
        for n, page in enumerate(pages):
            page.get_by_label("Your name in this room").fill(f"B {n}")
            page.get_by_role("button", name="Join", exact=True).click()
        for page in pages:
            page.wait_for_selector(f".room[data-role=learner] {READY}")
        yield pages
        launched.close()


@pytest.mark.slow
@pytest.mark.browser
def test_what_a_class_has_said_outlives_a_server_and_the_store() -> None:
    with ThreadPoolExecutor(1) as alone:  # Playwright may have an event loop in this thread
        alone.submit(forty_people).result()


def forty_people() -> None:
    with ExitStack() as stack:
        store = stack.enter_context(redis_server())
        made = stack.enter_context(servers(store))
        pool = stack.enter_context(ThreadPoolExecutor(8))
        code, key = opened(store)
        (one, _), (other, dies) = made
        desk = Session(one, code, "desk")
        assert desk.post("claim", {"key": key}).ok
        desk.listen()
        pages = stack.enter_context(browsers(made, code))
        people = [Session((one, other)[n % 2], code) for n in range(PEOPLE - BROWSERS)]
        assert set(pool.map(lambda n: people[n].do(do="join", name=f"P {n}"), range(len(people)))) == {200}
        for person in people:
            person.listen()
        for step in range(2, MOVES):
            assert desk.do(do="move", to={"item": 1, "step": step}) == 200
            for person in people:
                person.sees(lambda view, step=step: view["position"]["step"] == step, f"step {step}")  # type: ignore[misc]
            for page in pages:
                at(page, step)
        assert desk.do(do="move", to={"item": 1, "step": 999}) == 200

        assert set(pool.map(lambda person: person.do(do="say", question=ASKED, said=WRONG), people)) == {200}
        assert set(pool.map(lambda person: person.do(do="say", question=ASKED, said=RIGHT), people[::2])) == {200}
        for n in range(0, BROWSERS, 2):
            pages[n].locator(".answers button").nth(n // 2).click()
        desk.sees(lambda view: view["answered"] == PEOPLE - BROWSERS // 2, "answers")
        dies.kill()
        dies.wait(60)
        for n in range(1, BROWSERS, 2):  # whose server is gone: what they say waits in the browser
            pages[n].locator(".answers button").nth(n // 2).click()
        assert people[1].do(do="say", question=ASKED, said=RIGHT) == 0
        for person in people[1::2]:
            person.move_to(one)
        assert set(pool.map(lambda person: person.do(do="say", question=ASKED, said=WRONG), people[1::2])) == {200}  # once more, to be sure
        for n, page in enumerate(pages):  # those that were there come back by themselves
            page.locator(".room[data-connected=true]", has_text=f"You said: {('Yes', 'No')[n // 2]}").wait_for()
        desk.sees(lambda view: view["answered"] == PEOPLE, "all answers")
        assert [row[1] for row in desk.view["asks"]["spread"]["rows"]] == [PEOPLE // 2, PEOPLE // 2]

        store.kill()
        assert desk.do(do="reveal", question=ASKED) == 503
        store.start()
        until(lambda: desk.do(do="reveal", question=ASKED) in (200, 409), "the store to be back")
        for person in people:
            person.sees(lambda view: view["spreads"][ASKED]["rows"][0][1] == PEOPLE // 2, "the spread")
        for page in pages:
            page.locator(".spread .short", has_text=f"{PEOPLE // 2} of {PEOPLE}: Yes").wait_for()  # folded: these windows are low
        told = desk.get("report.json").json()
        assert sorted(told["questions"][0]["said"].values()) == [PEOPLE // 2, PEOPLE // 2]
        assert len({person["name"] for person in told["people"]}) == PEOPLE
        for session in (desk, *people):
            session.close()
