"""Forty people in one room at two servers with a store: all follow, each answer counts once, one server is killed, the store started again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from sandbox.core.clock import WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.room.redis_log import RedisLog
from sandbox.room.rooms import Rooms
from sandbox.serve.redis_store import RedisStore
from tests.app.test_place import RUN
from tests.support.paths import ROOT
from tests.support.redis_server import RedisServer, redis_server
from tests.support.room_sessions import Session
from tests.support.rooms import ASKED, FILES, RIGHT, WRONG
from tests.support.serving import answers, free_port
from tests.support.waiting import until

PEOPLE, MOVES = 40, 8


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


@pytest.mark.slow
def test_what_a_class_has_said_outlives_a_server_and_the_store() -> None:
    with redis_server() as store, servers(store) as made, ThreadPoolExecutor(8) as pool:
        code, key = opened(store)
        (one, _), (other, dies) = made
        desk = Session(one, code, "desk")
        assert desk.post("claim", {"key": key}).ok
        desk.listen()
        people = [Session((one, other)[n % 2], code) for n in range(PEOPLE)]
        assert set(pool.map(lambda n: people[n].do(do="join", name=f"P {n}"), range(PEOPLE))) == {200}
        for person in people:
            person.listen()
        for step in range(2, MOVES):
            assert desk.do(do="move", to={"item": 1, "step": step}) == 200
            for person in people:
                person.sees(lambda view, step=step: view["position"]["step"] == step, f"step {step}")  # type: ignore[misc]

        assert set(pool.map(lambda person: person.do(do="say", question=ASKED, said=WRONG), people)) == {200}
        assert set(pool.map(lambda person: person.do(do="say", question=ASKED, said=RIGHT), people[::2])) == {200}
        dies.kill()
        dies.wait(60)
        assert people[1].do(do="say", question=ASKED, said=RIGHT) == 0
        for person in people[1::2]:
            person.move_to(one)
        assert set(pool.map(lambda person: person.do(do="say", question=ASKED, said=WRONG), people[1::2])) == {200}  # once more, to be sure
        desk.sees(lambda view: view["answered"] == PEOPLE, "all answers")
        assert [row[1] for row in desk.view["asks"]["spread"]["rows"]] == [PEOPLE // 2, PEOPLE // 2]

        store.kill()
        assert desk.do(do="reveal", question=ASKED) == 503
        store.start()
        until(lambda: desk.do(do="reveal", question=ASKED) in (200, 409), "the store to be back")
        for person in people:
            person.sees(lambda view: view["spreads"][ASKED]["rows"][0][1] == PEOPLE // 2, "the spread")
        told = desk.get("report.json").json()
        assert sorted(told["questions"][0]["said"].values()) == [PEOPLE // 2, PEOPLE // 2]
        assert len({person["name"] for person in told["people"]}) == PEOPLE
        for session in (desk, *people):
            session.close()
