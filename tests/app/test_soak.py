"""The app with a store under learners and clients who come and go, while the store is killed and started again: no answer is wrong, and
what the app keeps in memory stays bounded.  Seconds in `make test`; ten minutes in `make long`, which prints the figures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from tests.serve.test_endurance import resident
from tests.support.dice import dice
from tests.support.effort import effort
from tests.support.learner import Learner
from tests.support.paths import ROOT
from tests.support.redis_server import RedisServer, redis_server
from tests.support.serving import answers, free_port
from tests.support.signing_in import calls, signed_in
from tests.support.waiting import passing, until

SECONDS = effort(12, long=600)
LEARNERS, FLOWS = 6, 8  # at once; sign-ins in one world
DEATHS = effort(1, long=6)  # of the store
WARM = 0.4  # of the time; what is loaded once is there by then
KEPT = 120  # seconds for which Streamlit keeps the session of a page that was left
PLATEAU, SLACK, PER_PAGE = 1.15, 24 * 1024, 1_000  # of the memory after the warm-up; KiB of caches; KiB for each more of those sessions
OBJECTS = 3_000  # for each more of those sessions
PROFILES = ("oauth-basic", "jwt-done-properly", "oauth-basic", "oauth-bcp")
COUNTS = """
import gc, json, signal
from sandbox.app.live_worlds import WORLDS
def told(*_):
    gc.collect()
    with open({file!r}, "a") as out:
        print(json.dumps([len(gc.get_objects()), len(WORLDS._live), len(WORLDS.keeper._closed)]), file=out)
signal.signal(signal.SIGUSR1, told)
from sandbox.cli.main import main
main()
"""


class Sample(NamedTuple):
    """What the app holds: memory in KiB, objects of Python, worlds, and worlds that the store has still to forget."""

    memory: int
    objects: int
    worlds: int
    closed: int


class App(NamedTuple):
    url: str
    pid: int
    file: Path

    def sample(self) -> Sample:
        before = self._lines()
        os.kill(self.pid, signal.SIGUSR1)
        until(lambda: len(self._lines()) > len(before), "the counts")
        return Sample(resident(self.pid), *json.loads(self._lines()[-1]))

    def _lines(self) -> list[str]:
        return self.file.read_text(encoding="utf-8").splitlines()


@contextmanager
def app(store: RedisServer, folder: Path) -> Iterator[App]:
    """The app with this store, which says what it holds when it is asked by a signal."""
    port, file, said = free_port(), folder / "counts", folder / "said"
    file.touch()
    command = [sys.executable, "-c", COUNTS.format(file=str(file))]
    with said.open("w") as out:
        process = subprocess.Popen([*command, "--port", str(port), "--store", store.url], cwd=ROOT, stdout=out, stderr=out)
        try:
            until(lambda: process.poll() is not None or answers(f"http://127.0.0.1:{port}"), "the app")
            yield App(f"http://127.0.0.1:{port}", process.pid, file)
        finally:
            process.terminate()
            process.wait(60)
    assert "Traceback" not in said.read_text(encoding="utf-8"), said.read_text(encoding="utf-8")[-3000:]


class Crowd:
    """Learners at once, each of whom opens one world after the other; `wrong`: what should not have happened."""

    def __init__(self, where: App) -> None:
        self.where, self.enough = where, threading.Event()
        self.done, self.wrong = Counter[str](), list[str]()

    def learner(self, number: int) -> None:
        rng = dice(number)
        while not self.enough.is_set():
            try:
                with Learner(self.where.url) as page:
                    self.done["pages"] += 1
                    self.world(page.visit(profile=rng.choice(PROFILES)), rng.random() < 0.5)
            except Exception as error:  # whatever it is, it is no right answer
                self.wrong.append(f"{type(error).__name__}: {error}")

    def world(self, page: Learner, again: bool) -> None:
        """A world from its first day to its last."""
        page.press("Open my world")
        if not page.world:
            assert any("does not answer" in text for text in page.texts), page.texts[1:]
            self.done["not opened: the store is away"] += 1
            return
        self.done["worlds"] += 1
        world, profile = f"{self.where.url}/world/{page.world}", page.query["profile"]
        for _ in range(FLOWS):
            if profile == "oauth-basic":
                assert calls(world, signed_in(world)).json()["owner"] == "alice"
            else:
                assert calls(world, "x.y.z").status_code == 401
            self.done["flows"] += 1
        if again:
            page.look().press("Send again" if "Send again" in page.buttons else "Clear").until("stepper")
        page.press("Close")
        gone = requests.get(f"{world}/accounts/accounts", timeout=60)
        said = gone.status_code, gone.json()["error"]
        assert said in ((404, "not_found"), (503, "temporarily_unavailable")), gone.text
        self.done["closed" if gone.status_code == 404 else "closed, and the store is away"] += 1


@pytest.mark.slow
def test_no_answer_is_wrong_and_memory_is_bounded_while_the_store_dies_and_returns(tmp_path: Path) -> None:
    with redis_server() as store, app(store, tmp_path) as where:
        crowd, warm, deaths, pages = Crowd(where), None, 0, list[tuple[float, int]]()
        threads = [threading.Thread(target=crowd.learner, args=(number,)) for number in range(LEARNERS)]
        for thread in threads:
            thread.start()
        try:
            until(lambda: crowd.done["closed"] >= LEARNERS or crowd.wrong, "the first worlds: a busy machine takes longer to be warm")
            for part in passing(SECONDS):
                pages.append((part * SECONDS, crowd.done["pages"]))
                if warm is None and part >= WARM:
                    warm, kept = where.sample(), recent(pages)
                if part >= (deaths + 1) / (DEATHS + 1):
                    deaths += 1
                    opened = crowd.done["not opened: the store is away"]
                    store.kill()
                    until(lambda opened=opened: crowd.done["not opened: the store is away"] > opened or crowd.wrong, "a refusal")  # type: ignore[misc]
                    store.start()
                crowd.enough.wait(0.1)
        finally:
            crowd.enough.set()
            for thread in threads:
                thread.join()
        assert crowd.wrong == [], "\n".join(crowd.wrong)  # before what they have left behind is waited for
        assert warm is not None
        until(lambda: settled(where), "the store to be told of all")
        end = where.sample()
    more = max(0, recent(pages) - kept)
    print(
        f"\n{SECONDS} s, {deaths} deaths of the store, {len(crowd.wrong)} wrong; {dict(crowd.done)}\n  warm {warm}, {kept} sessions\n  end  {end}, {recent(pages)} sessions"
    )
    assert min(crowd.done[name] for name in ("worlds", "flows", "closed", "not opened: the store is away")) > 0
    assert deaths == DEATHS
    assert (end.worlds, end.closed) == (0, 0)
    assert end.memory <= warm.memory * PLATEAU + SLACK + PER_PAGE * more
    assert end.objects <= warm.objects * PLATEAU + OBJECTS * more


def recent(pages: list[tuple[float, int]]) -> int:
    """How many pages were opened in the latest seconds for which their sessions are kept."""
    now, number = pages[-1]
    return number - next(before for at, before in pages if at >= now - KEPT)


def settled(where: App) -> bool:
    """Whether all worlds are gone, and the store has been told of it; somebody who comes makes the app ask it."""
    with Learner(where.url) as page:
        page.visit()
        page.press("Open my world")
        if page.world:
            page.press("Close")
    found = where.sample()
    return (found.worlds, found.closed) == (0, 0)
